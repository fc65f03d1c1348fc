"""`storytime affected`: which stories a change of files affects."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import helper, run, tree, write_files
from support.processes import wait_until
from support.random_catalog import Catalog

EDITS, EDITS_LONG = 16, int(os.environ.get("STORYTIME_RANDOM_EDITS", "400"))
"""How many random edits in all: by default, with two seeds, and with --long."""

SITE = "from storytime import Site\ndef this_site() -> Site:\n    return Site(title='Shop')\n"
SECTION = (
    "from storytime import Section\ndef this_section() -> Section:\n"
    "    return Section(title='Forms')\n"
)


def subject(title: str, body: str, imports: str = "") -> str:
    """A `stories.py` with one story, whose template is an expression."""
    return (
        f"{imports}\nfrom storytime import Story, Subject\n\n\ndef this_subject() -> Subject:\n"
        f"    return Subject(title={title!r}, items=[Story(title='Only', template=lambda: {body})])\n"
    )


FILES = {
    "pyproject.toml": "[tool.storytime]\npackage = 'shop'\n",
    "shop/__init__.py": "",
    "shop/stories.py": SITE,
    "shop/shared.py": "TEXT = 'shared'\n",
    "shop/forms/stories.py": SECTION,
    "shop/forms/field/stories.py": subject("Field", "TEXT", "from shop.shared import TEXT"),
    "shop/forms/plain/stories.py": subject("Plain", "'plain'"),
    "shop/card/stories.py": subject(
        "Card",
        "Path('templates/card.html').read_text()",
        "from pathlib import Path",
    ),
    "shop/list/stories.py": subject(
        "List",
        "' '.join(sorted(path.name for path in Path('icons').iterdir()))",
        "from pathlib import Path",
    ),
    "shop/styled/stories.py": subject("Styled", '"<link rel=stylesheet href=static/a.css>"'),
    "shop/scripted/stories.py": subject("Scripted", '"<script src=static/app.js></script>"'),
    "shop/optional/stories.py": subject(
        "Optional",
        "TEXT",
        "try:\n    from shop.extra import TEXT\nexcept ImportError:\n    TEXT = 'none'",
    ),
    "shop/static/a.css": "@import 'b.css';\n",
    "shop/static/b.css": "a { background: url('hills%20of.svg') }\n",
    "shop/static/hills of.svg": "<svg/>",
    "shop/static/loose.png": "picture",
    "shop/static/app.js": "fetch('data.json')\n",
    "shop/static/data.json": "{}",
    "templates/card.html": "<p>card</p>",
    "icons/one.svg": "<svg/>",
    "README.md": "Shop\n",
    "tests/test_shop.py": "",
    "uv.lock": "",
}

ALL = [
    *("card--only", "forms-field--only", "forms-plain--only", "list--only", "optional--only"),
    *("scripted--only", "styled--only"),
]

type Affected = Callable[..., list[str]]


def git(directory: Path, *arguments: str) -> None:
    """Run git without the user's configuration."""
    environment = {
        **os.environ,
        **{
            f"GIT_{who}_{what}": "x@y"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
        **dict.fromkeys(("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"), "/dev/null"),
    }
    subprocess.run(
        ["git", *arguments], cwd=directory, check=True, env=environment, capture_output=True
    )


def commit(directory: Path) -> None:
    """Commit everything that is there."""
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "--allow-empty", "--message", "state")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in a git repository."""
    directory = write_files(
        tmp_path / "project", {**FILES, ".gitignore": "storytime-static\n__pycache__\n"}
    )
    git(directory, "init", "--quiet", "--initial-branch", "main")
    commit(directory)
    return directory


@pytest.fixture
def affected(program: Path, project: Path) -> Affected:
    """Run `storytime affected` in the project. The lines of its output."""

    def ask(*arguments: str) -> list[str]:
        result = run(program, "affected", *arguments, cwd=project)
        assert result.returncode == 0, result.stderr
        return result.stdout.splitlines()

    return ask


def change(file: Path) -> None:
    """Change the text of a file."""
    file.write_text(file.read_text() + "\n# changed\n" if file.suffix == ".py" else "changed\n")


# -- what is affected --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("shop/shared.py", ["forms-field--only"]),
        ("shop/card/stories.py", ["card--only"]),
        ("shop/forms/stories.py", ["forms-field--only", "forms-plain--only"]),
        ("shop/stories.py", ALL),
        ("templates/card.html", ["card--only"]),
        ("shop/static/a.css", ["styled--only"]),
        ("shop/static/b.css", ["styled--only"]),
        ("shop/static/hills of.svg", ["styled--only"]),
        ("shop/static/loose.png", ["scripted--only"]),
        ("shop/static/data.json", ["scripted--only"]),
        ("uv.lock", ALL),
        ("README.md", []),
        ("tests/test_shop.py", []),
    ],
)
def test_a_changed_file_affects_the_stories_that_use_it(
    project: Path, affected: Affected, name: str, expected: list[str]
) -> None:
    change(project / name)
    assert affected("--since", "HEAD") == expected
    assert affected(name) == expected


def test_added_and_removed_files_affect_code_that_looks_for_them(
    project: Path, affected: Affected
) -> None:
    write_files(project, {"icons/two.svg": "<svg/>"})
    assert affected("--since", "HEAD") == ["list--only"]
    commit(project)
    write_files(project, {"shop/extra.py": helper("there")})
    assert affected("--since", "HEAD") == ["optional--only"]
    commit(project)
    (project / "shop/extra.py").unlink()
    assert affected("--since", "HEAD") == ["optional--only"]
    commit(project)
    write_files(project, {"shop/added/stories.py": subject("Added", "'new'")})
    assert affected("--since", "HEAD") == ["added--only"]
    commit(project)
    (project / "shop/forms/stories.py").unlink()
    assert affected("--since", "HEAD") == ["forms-field--only", "forms-plain--only"]


def test_a_file_beside_others_does_not_affect_code_that_lists_a_directory_above(
    project: Path, affected: Affected
) -> None:
    body = "str(list(Path('data').iterdir())) + Path('data/a/one.txt').read_text()"
    stories = subject("Rooms", body, "from pathlib import Path")
    write_files(
        project, {"shop/rooms/stories.py": stories, "data/a/one.txt": "", "data/a/two.txt": ""}
    )
    commit(project)
    assert affected("data/a/one.txt") == ["rooms--only"]
    assert affected("data/a/two.txt") == []
    write_files(project, {"data/b/one.txt": ""})
    assert affected("data/b/one.txt") == ["rooms--only"]
    assert affected("--since", "HEAD") == ["rooms--only"]


def test_a_renamed_file_counts_with_both_names(project: Path, affected: Affected) -> None:
    git(project, "mv", "templates/card.html", "templates/other.html")
    assert affected("--since", "HEAD") == ["card--only"]
    git(project, "mv", "templates/other.html", "templates/card.html")
    affected("--since", "HEAD")
    git(project, "mv", "shop/shared.py", "shop/common.py")
    stories = project / "shop/forms/field/stories.py"
    stories.write_text(stories.read_text().replace("shop.shared", "shop.common"))
    assert affected("--since", "HEAD") == ["forms-field--only"]


def test_since_compares_with_the_merge_base(project: Path, affected: Affected) -> None:
    git(project, "checkout", "--quiet", "-b", "topic")
    change(project / "templates/card.html")
    commit(project)
    git(project, "checkout", "--quiet", "main")
    change(project / "shop/shared.py")
    commit(project)
    git(project, "checkout", "--quiet", "topic")
    assert affected("--since", "main") == ["card--only"]


def test_changed_libraries_affect_everything(
    program: Path, project: Path, environment: Path, site: Path
) -> None:
    def ask() -> str:
        result = run(program, "affected", "--python", environment, "README.md", cwd=project)
        assert result.returncode == 0, result.stderr
        return result.stdout

    assert ask() == ""
    (site / "library-2.0.dist-info").mkdir()
    assert ask().splitlines() == ALL
    assert ask() == ""


def test_a_directory_stands_for_all_files_in_it(affected: Affected) -> None:
    assert affected("templates", "shop/forms") == ["card--only", *ALL[1:3]]


def test_a_broken_file_is_reported(project: Path, affected: Affected) -> None:
    (project / "shop/card/stories.py").write_text("def (:\n")
    assert affected("--since", "HEAD") == []
    assert affected("--since", "HEAD", "--tests") == ["card"]
    assert json.loads("\n".join(affected("--since", "HEAD", "--json")))["broken"] == [
        "card/stories.py"
    ]


# -- formats of the answer ---------------------------------------------------------------------------------------------


def test_all_formats_of_the_answer(project: Path, affected: Affected) -> None:
    stories = project / "shop/card/stories.py"
    twice = (
        "Story(title='Only', template=lambda: 'x'), Story(title='In  two', template=lambda: 'y'), "
    )
    stories.write_text(stories.read_text().replace("items=[", f"items=[{twice}"))
    assert affected("shop/card/stories.py", "--paths") == [
        "card/only",
        "card/in-two",
        "card/only-2",
    ]
    assert affected("shop/card/stories.py", "--tests") == [
        "card::Only",
        "card::In two",
        "card::Only-2",
    ]
    answer = json.loads("\n".join(affected("shop/card/stories.py", "--json")))
    assert answer["everything"] is None
    assert answer["of"] == len(ALL) + 2
    assert answer["stories"][0] == {
        "id": "card--only",
        "title": "Only",
        "path": "card/only",
        "file": "card/stories.py",
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name the changed files"),
        (["--since", "nowhere"], "unknown git revision 'nowhere'"),
        (["--since=--output=x"], "is not a git revision"),
        (["--no-build", "README.md"], "run storytime build"),
        (["--tests", "--paths", "README.md"], "cannot be combined"),
    ],
)
def test_wrong_arguments_are_errors(
    program: Path, project: Path, arguments: list[str], said: str
) -> None:
    result = run(program, "affected", *arguments, cwd=project)
    assert (result.returncode, result.stdout) == (2, "")
    assert said in result.stderr


def test_without_a_repository_files_must_be_named(program: Path, tmp_path: Path) -> None:
    project = write_files(tmp_path / "plain", FILES)
    result = run(program, "affected", "--since", "HEAD", cwd=project)
    assert result.returncode == 2
    assert "is not in a git repository" in result.stderr
    result = run(program, "affected", "shop/shared.py", cwd=project)
    assert result.stdout == "forms-field--only\n"


def test_nothing_is_written_if_the_graph_is_up_to_date(project: Path, affected: Affected) -> None:
    affected("README.md")
    before = {path: path.stat().st_mtime_ns for path in project.rglob("*") if path.is_file()}
    change(project / "README.md")
    affected("--since", "HEAD")
    after = {path: path.stat().st_mtime_ns for path in project.rglob("*") if path.is_file()}
    assert {path for path in after if after[path] != before.get(path)} == {project / "README.md"}


def test_serve_writes_the_graph_too(
    program: Path, serve: Callable[..., object], package: Path, tmp_path: Path
) -> None:
    out = tmp_path / "served"
    serve(package, out)
    wait_until((out / ".storytime/graph.json").exists)
    result = run(
        program,
        "affected",
        "--no-build",
        "--output",
        out,
        package,
        package / "components/button/button.py",
    )
    assert result.stdout == "components-button--first\n", result.stderr


def test_a_source_that_is_not_utf_8_does_no_harm(
    build: Callable[..., subprocess.CompletedProcess[str]], package: Path, tmp_path: Path
) -> None:
    stories = package / "components/button/stories.py"
    text = "# -*- coding: latin-1 -*-\n" + stories.read_text().replace("'Buy'", "'B\xfcy'")
    stories.write_bytes(text.encode("latin-1"))
    out = tmp_path / "out"
    result = build(package, out)
    assert result.returncode == 0 and "WARNING" not in result.stderr, result.stderr
    assert (out / ".storytime/graph.json").exists()
    components = json.loads((out / ".storytime/catalog.json").read_text())["components"]
    assert "B\ufffdy" in json.dumps(components, ensure_ascii=False)
    assert "B\ufffdy" in (out / "components/button/first/index.html").read_text()


# -- random edits ------------------------------------------------------------------------------------------------------


def statics_that_changed(before: dict[str, str], after: dict[str, str]) -> set[bytes]:
    """The names of static files that changed, and of style sheets which name one that did."""
    files = [
        path for path in before.keys() | after.keys() if path.startswith(("static/", "../assets/"))
    ]
    texts = {path: before.get(path, "") + after.get(path, "") for path in files}
    names = {Path(path).name for path in files if before.get(path) != after.get(path)}
    for _ in files:
        names |= {
            Path(path).name
            for path, text in texts.items()
            if path.endswith(".css") and any(one in text for one in names)
        }
    return {name.encode() for name in names}


def stories_that_changed(
    before: dict[str, bytes], after: dict[str, bytes], statics: set[bytes]
) -> set[str]:
    """The paths of stories whose pages changed, or name one of the static files."""
    changed = set()
    for path, page in after.items():
        if path.endswith("/preview.html"):
            story = path.removesuffix("/preview.html")
            pages = (path, f"{story}/index.html")
            if any(before.get(one) != after[one] for one in pages) or any(
                name in page for name in statics
            ):
                changed.add(story)
    return changed


@pytest.mark.parametrize(
    "seed", [1, 2, *(pytest.param(seed, marks=pytest.mark.long) for seed in (3, 4))]
)
def test_random_edits_affect_all_pages_that_change(
    program: Path, tmp_path: Path, seed: int, pytestconfig: pytest.Config
) -> None:
    edits = EDITS_LONG // 4 if pytestconfig.getoption("--long") else EDITS // 2
    catalog = Catalog(tmp_path / "shop", seed)
    out = tmp_path / "out"
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".gitignore").write_text("out\n__pycache__\n")
    options = ["--output", out, "--static-dir", f"{tmp_path}/assets:/assets", catalog.directory]
    run(program, "affected", *options, "README.md")
    stories = reached = 0
    for number in range(edits):
        commit(tmp_path)
        before = tree(out)
        sources = catalog.written
        said = catalog.step()
        statics = statics_that_changed(sources, catalog.written)
        result = run(program, "affected", "--since", "HEAD", "--json", *options, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        answer = json.loads(result.stdout)
        found = {story["path"] for story in answer["stories"]}
        missing = stories_that_changed(before, tree(out), statics) - found
        assert not missing, f"seed {seed}, edit {number} ({said}): {sorted(missing)}"
        stories += answer["of"]
        reached += len(found)
    assert reached < stories * 0.8  # an answer of all stories each time would be useless
