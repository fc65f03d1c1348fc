"""Added, removed and renamed nodes: only pages that show them are rendered, which are those above and below and the lists of all
stories."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Server, run, story_module, tree, write_files
from support.modes import BUILD_MODES
from support.packages import SECTION, helper, uses

SUBJECTS = [f"components/s{number}" for number in range(12)]
"""Subjects in addition to the button. Each has a page, and its story has two."""

LISTS = 6
"""index.json, the navigation, the debug page, iframe.html, and both texts for language models."""

LINKS = 4
"""The pages with links to another directory. When a directory is added or removed, the targets of the links may change."""

BEQUEATHING = """
from storytime import Section

def framed(children):
    return t"<i>{children}</i>"

def this_section() -> Section:
    return Section(title="Above", decorators=[framed])
"""

LINKED = """
from storytime import Subject

def this_subject() -> Subject:
    return Subject(title="Links", description="See [the new one](../new).")
"""

COMPONENT = '''
from storytime import Story, Subject

def Linked(*, here, there):
    """See [the new one](../new).

    Args:
        here: See [the new one](../new).
        there: Nothing.
    """
    return ""

def this_subject() -> Subject:
    return Subject(title="Component", target=Linked, items=[Story(title="First", props=dict(here="", there=""))])
'''


def unit(directory: str, text: str) -> dict[str, str]:
    """A package with a `stories.py`."""
    return {f"{directory}/__init__.py": "", f"{directory}/stories.py": text}


@pytest.fixture
def catalog(package: Path) -> Path:
    """A package with more subjects, inside a section and outside of it."""
    for directory in SUBJECTS:
        write_files(package, unit(directory, story_module(directory)))
    write_files(
        package,
        unit("linked", LINKED)
        | unit("component", COMPONENT)
        | unit("deep/one", story_module("one")),
    )
    write_files(package, {"deep/__init__.py": "", "words.py": helper("words")})
    write_files(package, unit("optional", OPTIONAL))
    return package


OPTIONAL = uses("shop.extra").replace(
    "from shop.extra import TEXT",
    "try:\n    from shop.extra import TEXT\nexcept ImportError:\n    TEXT = 'none'",
)


def write(files: dict[str, str]) -> Callable[[Path], object]:
    return lambda package: write_files(package, files)


def remove(directory: str) -> Callable[[Path], object]:
    return lambda package: shutil.rmtree(package / directory)


BUTTON = "components/button/stories.py"
FRESH = unit("components/new", story_module("new"))
EDITS: dict[str, list[tuple[Callable[[Path], object], int]]] = {
    "a subject's title": [
        (write({BUTTON: story_module().replace('"Button"', '"Other"')}), 5 + LISTS),
    ],
    "a section's title": [
        (write({"components/stories.py": SECTION.replace("Components", "Other")}), 3 * 13 + 2 + LISTS),
        (write({"components/stories.py": SECTION.replace("Components", "Third")}), 3 * 13 + 2 + LISTS),
    ],
    "a document on a subject's page": [
        (write({"components/s3/docs.md": "# How to use it\n\nIn this way.\n"}), 3 + LISTS + LINKS),
        (write({"components/s3/docs.md": "# How to use it\n\nIn a different way.\n"}), 3 + LISTS),
        (lambda package: (package / "components/s3/docs.md").unlink(), 3 + LISTS + LINKS),
    ],
    "a document that gets a story beside it": [
        (write({"guides/deep/start.md": "# Start\n\nHere.\n"}), 4 + LISTS + LINKS),
        (write(unit("guides/deep", story_module("deep"))), 6 + LISTS + LINKS),
        (remove("guides"), 1 + LISTS + LINKS),
    ],
    "documents of the same name": [
        (write({"notes/1-start.md": "# One\n"}), 4 + LISTS + LINKS),
        (write({"notes/2-start.md": "# Two\n"}), 5 + LISTS + LINKS),
    ],
    "a story that comes and goes": [
        (write({BUTTON: story_module().replace("items=[", "items=[Story(title='New', props=dict(label='x')), ")}), 7 + LISTS),
        (write({BUTTON: story_module()}), 5 + LISTS),
    ],
    "a story's error": [
        (write({"components/button/button.py": "def Button(**props):\n    return 1 / 0\n"}), 3 * 13 + 2 + LISTS + 6),
    ],
    "a module's error": [
        (write({BUTTON: "1 / 0\n"}), 3 + LISTS),
        (write({BUTTON: story_module()}), 5 + LISTS),
    ],
    "a directory that comes, and goes": [
        (write(FRESH), 5 + LISTS + LINKS),
        (remove("components/new"), 2 + LISTS + LINKS),
    ],
    "a directory with another name": [
        (lambda package: (package / SUBJECTS[3]).rename(package / "components/renamed"), 5 + LISTS + LINKS),
    ],
    "a directory that moves elsewhere": [
        (lambda package: (package / SUBJECTS[3]).rename(package / "moved"), 6 + LISTS + LINKS),
    ],
    "what a link leads to": [
        (write(unit("new", story_module("new"))), 4 + LISTS + LINKS),
        (remove("new"), 1 + LISTS + LINKS),
    ],
    "a section above what is there": [
        (write({"deep/stories.py": SECTION.replace("Components", "Deep")}), 5 + LISTS + LINKS),
        (lambda package: (package / "deep/stories.py").unlink(), 4 + LISTS + LINKS),
    ],
    "a module that was missed": [
        (write({"extra.py": helper("there")}), 5 + LISTS),
        (lambda package: (package / "extra.py").unlink(), 5 + LISTS),
    ],
    "a module that is a directory": [
        (write({"extra/__init__.py": helper("there")}), 5 + LISTS),
        (remove("extra"), 5 + LISTS),
    ],
    "a module that nobody imports": [
        (write({"unused.py": "X = 1\n"}), 0),
        (write({"unused.py": "X = 2\n"}), 0),
        (lambda package: (package / "unused.py").unlink(), 0),
    ],
    "a module that is in use": [
        (write(unit("optional", uses("shop.words"))), 5 + LISTS),
        (lambda package: (package / "words.py").unlink(), 5 + LISTS),
        (write({"words.py": helper("again")}), 5 + LISTS),
    ],
}  # fmt: skip


@pytest.mark.parametrize("mode", BUILD_MODES[:2])
@pytest.mark.parametrize("name", EDITS)
def test_only_pages_that_show_a_change_are_rendered(
    serve: Callable[..., Server],
    program: Path,
    catalog: Path,
    tmp_path: Path,
    name: str,
    mode: tuple[str, ...],
) -> None:
    """And the result is what a build writes to an empty directory."""
    server = serve(catalog, tmp_path / "out", "-v", *mode)
    most = max(pages for _, pages in EDITS[name])
    for number, (edit, _) in enumerate(EDITS[name]):
        edit(catalog)
        expected = tmp_path / f"expected{number}"
        run(program, "build", catalog, expected)
        while True:
            said = server.wait_for(r"Build \d+: .*(full|partial) build, (\d+) pages? rendered")
            assert said[1] == "partial", (name, number)
            assert int(said[2]) <= most, (name, number)
            if tree(tmp_path / "out") == tree(expected):
                break


def test_a_new_section_with_decorators_reaches_what_is_below_it(
    serve: Callable[..., Server], program: Path, catalog: Path, tmp_path: Path
) -> None:
    """When it is added, and when it is removed."""
    server = serve(catalog, tmp_path / "out")
    for number, edit in enumerate(
        [
            write({"deep/stories.py": BEQUEATHING}),
            write(unit("deep/two", story_module("two"))),
            lambda package: (package / "deep/stories.py").unlink(),
        ]
    ):
        edit(catalog)
        expected = tmp_path / f"expected{number}"
        run(program, "build", catalog, expected)
        while tree(tmp_path / "out") != tree(expected):
            server.wait_for(r"Build \d+: ")


def test_a_new_module_on_sys_path_takes_the_place_of_another(
    serve: Callable[..., Server], program: Path, catalog: Path, tmp_path: Path
) -> None:
    """Python finds it before the old one."""
    write_files(catalog, {"late/helpers.py": helper("late"), "early/other.py": ""})
    first = "import sys\nsys.path[:0] = [__file__.rpartition('/')[0] + name for name in ('/early', '/late')]\n"
    site = (catalog / "stories.py").read_text()
    write_files(catalog, {"stories.py": first + site} | unit("optional", uses("helpers")))
    server = serve(catalog, tmp_path / "out")
    assert "late" in server.get("optional/first/preview.html")
    write_files(catalog, {"early/helpers.py": helper("early")})
    run(program, "build", catalog, tmp_path / "expected")
    while tree(tmp_path / "out") != tree(tmp_path / "expected"):
        server.wait_for(r"Build \d+: ")
    assert "early" in server.get("optional/first/preview.html")
