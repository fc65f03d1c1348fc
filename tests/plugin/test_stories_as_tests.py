"""The pytest plugin, run as users do: pytest --storytime PACKAGE."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support import write_files

type Run = Callable[..., subprocess.CompletedProcess[str]]

EXAMPLES = Path(__file__).parents[2] / "examples"

BUTTON = """
from string.templatelib import Template


def Button(*, label: str = "Go") -> Template:
    return t"<button>{label}</button>"
"""

STORIES = """
from storytime import Story, Subject
from shop.button.button import Button


def is_a_button(story):
    assert "<button>" in story


def says_buy(story):
    assert "Buy" in story, "not for sale"


def this_subject() -> Subject:
    return Subject(
        title="Button",
        target=Button,
        items=[
            Story(title="Primary", props={"label": "Buy"}, assertions=[is_a_button, says_buy]),
            Story(title="Plain", assertions=[is_a_button], tags=["quiet"]),
        ],
    )
"""

ROOT = """
from storytime import Site


def this_site() -> Site:
    return Site(title="Shop")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a package of stories, and tests of its own."""
    return write_files(
        tmp_path / "project",
        {
            "pyproject.toml": "[tool.storytime]\npackage = 'shop'\n",
            "shop/__init__.py": "",
            "shop/stories.py": ROOT,
            "shop/button/__init__.py": "",
            "shop/button/button.py": BUTTON,
            "shop/button/stories.py": STORIES,
            "tests/test_own.py": "def test_of_their_own():\n    pass\n",
        },
    )


@pytest.fixture
def run(run_pytest: Run, project: Path) -> Run:
    """Run pytest in the project."""

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return run_pytest(project, "-p", "no:cacheprovider", *arguments, variables=variables)

    return run


def change(file: Path, before: str, after: str) -> None:
    """Replace a text in a file, which must contain it."""
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))


def ids(result: subprocess.CompletedProcess[str]) -> list[str]:
    """The tests that --collect-only lists."""
    return [line for line in result.stdout.splitlines() if "::" in line]


# -- what is collected -------------------------------------------------------------------------------------------------


def test_nothing_is_collected_or_imported_unless_it_is_asked_for(run: Run, project: Path) -> None:
    spy = "def test_nothing_of_ours():\n    import sys\n    assert 'storytime' not in sys.modules\n"
    write_files(project, {"tests/test_spy.py": spy})
    result = run("tests")
    assert result.returncode == 0, result.stdout
    assert "2 passed" in result.stdout


def test_a_story_is_a_test_and_each_assertion_one_more(run: Run) -> None:
    result = run("--storytime", "shop", "--collect-only")
    assert ids(result) == [
        "tests/test_own.py::test_of_their_own",
        "button::Primary",
        "button::Primary::is_a_button",
        "button::Primary::says_buy",
        "button::Plain",
        "button::Plain::is_a_button",
    ]


def test_the_configuration_names_the_package(run: Run) -> None:
    result = run("--storytime")
    assert result.returncode == 0, result.stdout
    assert "6 passed" in result.stdout


def test_ids_stay_when_stories_are_inserted(run: Run, project: Path) -> None:
    before = ids(run("--storytime", "shop", "--collect-only"))
    change(
        project / "shop/button/stories.py", "items=[", "items=[Story(title='New', assertions=[]),"
    )
    after = ids(run("--storytime", "shop", "--collect-only"))
    assert set(after) - set(before) == {"button::New"}
    assert set(before) <= set(after)


def test_stories_with_the_same_title_have_different_ids(run: Run, project: Path) -> None:
    change(project / "shop/button/stories.py", 'title="Plain"', 'title="Primary"')
    assert "button::Primary-2" in ids(run("--storytime", "shop", "--collect-only"))


# -- what is selected --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "passed"),
    [
        (["-k", "Primary"], 3),
        (["-k", "is_a_button"], 2),
        (["-k", "quiet"], 2),
        (["-m", "storytime"], 5),
        (["-m", "not storytime"], 1),
        (["button::Primary"], 3),
        (["button::Primary::says_buy"], 1),
        (["-n", "2"], 6),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_options_select_tests(run: Run, options: list[str], passed: int) -> None:
    result = run("--storytime", "shop", *options)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{passed} passed" in result.stdout


def test_only_failed_tests_run_again(run: Run, project: Path) -> None:
    change(project / "shop/button/stories.py", '"Buy" in story', '"Sell" in story')
    cache = ["--storytime", "shop", "-p", "cacheprovider"]
    assert "1 failed, 5 passed" in run(*cache).stdout
    result = run(*cache, "--lf")
    assert "1 failed" in result.stdout
    assert "passed" not in result.stdout


# -- what fails, and how -----------------------------------------------------------------------------------------------


def test_a_failed_assertion_shows_only_frames_of_the_user(run: Run, project: Path) -> None:
    change(
        project / "shop/button/stories.py",
        'assert "Buy" in story, "not for sale"',
        "assert story == 'x'",
    )
    result = run("--storytime", "shop")
    assert result.returncode == 1
    assert "1 failed, 5 passed" in result.stdout
    assert "assert '<button>Buy</button>' == 'x'" in result.stdout
    assert "shop/button/stories.py" in result.stdout
    assert "_pytest.py" not in result.stdout
    assert "FAILED button::Primary::says_buy" in result.stdout


def test_ready_made_assertions_name_themselves(run: Run, project: Path) -> None:
    stories = project / "shop/button/stories.py"
    change(stories, "from shop.", "from storytime.assertions import GetByRole\nfrom shop.")
    change(stories, "says_buy]", 'GetByRole(role="button", name="Buy"), GetByRole(role="link")]')
    result = run("--storytime", "shop", "-rA")
    assert 'PASSED button::Primary::button "Buy"' in result.stdout
    assert "FAILED button::Primary::link - no link; found button" in result.stdout
    chosen = run("--storytime", "shop", 'button::Primary::button "Buy"')
    assert "1 passed" in chosen.stdout


def test_a_component_that_raises_fails_its_story(run: Run, project: Path) -> None:
    change(project / "shop/button/button.py", "return", "1 / 0\n    return")
    result = run("--storytime", "shop")
    assert "5 failed, 1 passed" in result.stdout
    assert "ZeroDivisionError" in result.stdout
    assert "shop/button/button.py:6" in result.stdout


def test_a_broken_file_fails_alone(run: Run, project: Path) -> None:
    write_files(
        project, {"shop/broken/__init__.py": "", "shop/broken/stories.py": "import nothing_there\n"}
    )
    result = run("--storytime", "shop")
    assert "1 failed, 6 passed" in result.stdout
    assert "FAILED broken::stories.py - ModuleNotFoundError" in result.stdout


def test_a_story_that_never_ends_is_named(run: Run, project: Path) -> None:
    change(project / "shop/button/button.py", "return", "while label == 'Buy': pass\n    return")
    result = run("--storytime", "shop", "--storytime-timeout", "0.5", "-k", "Primary and not _")
    assert result.returncode == 1
    assert "FAILED button::Primary" in result.stdout
    assert "did not finish within 0.5 s" in result.stdout


@pytest.mark.parametrize(
    ("package", "said"),
    [("nowhere", "nowhere"), ("tests", "Site")],
    ids=["no package", "no stories"],
)
def test_a_package_that_is_missing_or_has_no_stories_is_named(
    run: Run, package: str, said: str
) -> None:
    result = run("--storytime", package)
    assert result.returncode not in (0, 1)
    assert said in result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr


def test_without_a_package_the_error_shows_what_to_configure(run: Run, project: Path) -> None:
    (project / "pyproject.toml").unlink()
    result = run("--storytime")
    assert result.returncode == 4
    assert 'package = "stories"' in result.stderr


def test_stories_are_in_the_junit_report(run: Run, project: Path) -> None:
    run("--storytime", "shop", "--junit-xml", "report.xml")
    names = [
        case.get("name") for case in ElementTree.parse(project / "report.xml").iter("testcase")
    ]
    assert len(names) == 6
    assert "is_a_button" in names


# -- beside other tests ------------------------------------------------------------------------------------------------


def test_a_test_may_use_the_fixture_storytime_story(run: Run, project: Path) -> None:
    own = """
import pytest


def test_found(storytime_story):
    assert storytime_story("button/primary") == "<button>Buy</button>"


def test_missing(storytime_story):
    with pytest.raises(LookupError, match="did you mean 'button/primary'"):
        storytime_story("button/primry")
"""
    write_files(project, {"tests/test_own.py": own})
    result = run("tests")
    assert result.returncode == 0, result.stdout
    assert "2 passed" in result.stdout


def test_an_asynchronous_test_may_use_asynchronous_components(run: Run, project: Path) -> None:
    component = """
import asyncio

async def Button(*, label="Go"):
    await asyncio.sleep(0)
    return items(label)

async def items(label):
    yield t"<button>{label}</button>"
"""
    uses = """
import asyncio

def test_in_a_loop(storytime_story):
    async def test():
        return storytime_story("button/primary")

    assert asyncio.run(test()) == "<button>Buy</button>"
    assert storytime_story("button/plain") == "<button>Go</button>"
"""
    write_files(project, {"shop/button/button.py": component, "tests/test_uses.py": uses})
    result = run("--storytime", "shop", "tests/test_uses.py")
    assert result.returncode == 0, result.stdout


def test_conftest_runs_before_stories_are_imported(run: Run, project: Path) -> None:
    change(
        project / "shop/button/button.py",
        "\n\ndef",
        "\nimport os\n\nNAME = os.environ['SHOP']\n\n\ndef",
    )
    write_files(project, {"conftest.py": "import os\n\nos.environ['SHOP'] = 'ours'\n"})
    result = run("--storytime", "shop", "--import-mode=importlib")
    assert result.returncode == 0, result.stdout
    assert "6 passed" in result.stdout


def test_a_src_layout(run: Run, project: Path) -> None:
    (project / "src").mkdir()
    (project / "shop").rename(project / "src/shop")
    change(project / "pyproject.toml", "'shop'", "'src/shop'")
    result = run("--storytime")
    assert result.returncode == 0, result.stdout
    assert "6 passed" in result.stdout


@pytest.mark.parametrize("name", ["complete", "gallery", "inheritance", "minimal", "themed"])
def test_stories_of_the_examples(run: Run, name: str) -> None:
    """Exactly the stories whose pages say so fail."""
    result = run("--storytime", str(EXAMPLES / name), "--rootdir", str(EXAMPLES), str(EXAMPLES))
    failures = {"complete": 1, "gallery": 2}.get(name, 0)
    assert result.returncode == (1 if failures else 0), result.stdout + result.stderr
    assert len(re.findall("^FAILED", result.stdout, re.MULTILINE)) == failures, result.stdout


# -- affected stories --------------------------------------------------------------------------------------------------


@pytest.fixture
def repository(project: Path) -> Path:
    """The project in a repository of git, with a second component."""
    other = STORIES.replace("shop.button.button", "shop.card.card").replace("Button", "Card")
    write_files(
        project,
        {
            ".gitignore": "storytime-static\n__pycache__\n",
            "shop/card/__init__.py": "",
            "shop/card/card.py": BUTTON.replace("Button", "Card"),
            "shop/card/stories.py": other,
        },
    )
    who = ["-c", "user.name=x", "-c", "user.email=x@y"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "state"]):
        subprocess.run(["git", *who, *command], cwd=project, check=True)
    return project


@pytest.mark.parametrize("workers", [[], ["-n", "1"]])
def test_only_affected_stories_are_tested(run: Run, repository: Path, workers: list[str]) -> None:
    card = [f"card::{story}" for story in ("Primary", "Plain")]
    change(repository / "shop/card/card.py", "<button>", "<button >")
    result = run("--storytime-affected", "HEAD", "--storytime", "-m", "storytime", "-rA", *workers)
    told = set(re.findall(r"(?:PASSED|FAILED) ([^:\s]+::\w+)", result.stdout))
    assert told == set(card), result.stdout + result.stderr


def test_a_broken_file_that_is_affected_fails(run: Run, repository: Path) -> None:
    (repository / "shop/card/stories.py").write_text("def (:\n")
    result = run("--storytime-affected", "HEAD", "-m", "storytime")
    assert "card/stories.py" in result.stdout
    assert "1 failed" in result.stdout, result.stdout + result.stderr
    assert "button::" not in result.stdout


def test_last_failures_are_chosen_among_affected_stories(run: Run, repository: Path) -> None:
    change(repository / "shop/card/card.py", "<button>", "<b>")
    options = ["--storytime-affected", "HEAD", "-m", "storytime", "-p", "cacheprovider"]
    failed = run(*options)
    assert "failed" in failed.stdout
    again = run(*options, "--lf")
    assert re.search(r"\d+ passed", again.stdout) is None, again.stdout
    assert "failed" in again.stdout


def test_an_unknown_revision_is_a_usage_error(run: Run, repository: Path) -> None:
    result = run("--storytime-affected", "nowhere")
    assert result.returncode == 4
    assert "--storytime-affected: unknown git revision 'nowhere'" in result.stderr
