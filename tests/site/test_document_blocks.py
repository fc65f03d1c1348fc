"""The code blocks in README.md, CONTRIBUTING.md and docs/: commands are run, stories built, configurations read."""

import ast
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import urllib.request
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from support import Server, example, run, write_files

ROOT = Path(__file__).parents[2]

OF_LANGUAGES = {
    "js": "tests/install/test_screenshot_tools.py runs the recipes; the other is a line of a Storybook's own configuration",
    "markdown": "shows how a block of the next kind is written",
    "mermaid": "a picture, which tools/layers makes",
    "nginx": "tests/serve/test_nginx.py",
    "story": "tests/site/test_documents_site.py builds the documents",
    "yaml": "tests/install/test_deploy.py runs the pipelines' commands; docs/affected.md has a step of GitHub's",
}
"""Languages of blocks that are not tested here, and why."""

COMMANDS_LEFT_OUT = {
    r"python3\.14 -m venv|\.venv/bin/": "tests/install/ makes the environments",
    r"npx |curl |export CATALOG": "tests/install/test_screenshot_tools.py; Tailwind comes from npm, too",
    r".* --tx ssh=": "tests/plugin/test_workers_elsewhere.py",
    r"pip install playwright|.*--storytime-browser": "tests/plugin/test_stories_in_a_browser.py",
}

PRELUDE = """
import inspect
from string.templatelib import Template
from typing import Annotated

from storytime import Global, RenderedStory, Site, Story, Subject
from tdom import Markup


class Doc:
    def __init__(self, text):
        self.documentation = text


class Person:
    name = "Ada"


class Star: ...


class Moon: ...


def find(page, tag, only_active):
    return [Person()]


def Button(*, label="Buy", wares=("Pear",), **others):
    items = [t"<li>{ware}</li>" for ware in wares]
    return t'''<h1>Shop</h1><h2>Wares</h2><button type="submit">{label}</button>
        <ul class="wares">{items}</ul>
        <label><input type="checkbox" checked> News</label>
        <button aria-expanded="false">Menu</button> <button hidden>Save</button>'''


PROPS = {"children": Markup("all"), "id": 1, "label": "Buy", "name": "Ada", "tag": ["new"]}
shown = []


def props_for(component):
    parameters = inspect.signature(component).parameters.values()
    return {one.name: PROPS[one.name] for one in parameters if one.default is one.empty}


"""
"""What the stories in the documents use."""

STORIES = """
from app.button import Button
from storytime import Story, Subject


def is_a_button(story):
    assert "<button>" in story


def this_subject() -> Subject:
    story = Story(title="Primary", props={"label": "Buy"}, assertions=[is_a_button])
    return Subject(title="Button", target=Button, items=[story])
"""

SITE = """
from shop.shown import Site, shown


def this_site() -> Site:
    return next((one for one in shown if isinstance(one, Site)), Site())
"""

SUBJECT = """
from shop.shown import Button, Site, Story, Subject, shown

one = shown[{number}]


def this_subject() -> Subject:
    if isinstance(one, Subject):
        return one
    return Subject(target=Button, items=[Story() if isinstance(one, Site) else one])
"""


@dataclass(frozen=True)
class Block:
    """A code block and its place."""

    document: str
    line: int
    language: str
    text: str


def find_blocks() -> list[Block]:
    """All code blocks that have a language."""
    found = []
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *sorted((ROOT / "docs").glob("*.md")),
    ):
        text = path.read_text()
        for match in re.finditer(r"(?ms)^(?P<fence>`{3,})(\w+)\n(.*?)^(?P=fence)$", text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(Block(path.name, line, match[2], match[3]))
    return found


BLOCKS = find_blocks()


def each(
    *languages: str, where: Callable[[Block], bool] = lambda block: True
) -> pytest.MarkDecorator:
    """Parametrize a test with these blocks."""
    wanted = [block for block in BLOCKS if block.language in languages and where(block)]
    assert wanted
    return pytest.mark.parametrize(
        "block", wanted, ids=lambda block: f"{block.document}:{block.line}"
    )


def is_file(block: Block) -> bool:
    """Whether it is a whole module, with its path in the first line."""
    return re.match(r"# \S+\.py\n", block.text) is not None


def is_script(block: Block) -> bool:
    """Whether it is a script to run."""
    return (
        re.search(
            r"^(from|import) (?!storytime import RenderedStory|storytime\.assertions)",
            block.text,
            re.MULTILINE,
        )
        is not None
    )


def is_story(block: Block) -> bool:
    """Whether it shows a story or a part of one."""
    return not (
        is_file(block)
        or is_script(block)
        or block.document == "projects.md"
        or "def test_" in block.text
    )


@pytest.fixture
def environment(program: Path, tmp_path: Path) -> dict[str, str]:
    """Environment variables with `storytime`, pytest and the plugin as if they were installed."""
    bin = tmp_path / "bin"
    write_files(
        bin, {"pytest": f'#!/bin/sh\nexec {sys.executable} -m pytest -p pytest_storytime "$@"\n'}
    )
    (bin / "pytest").chmod(0o755)
    (bin / "storytime").symlink_to(program)
    names = {"PATH": f"{bin}:{os.environ['PATH']}", "PYTHONPATH": str(program.parent / "python")}
    return {**os.environ, **names}


@pytest.fixture(scope="module")
def new_project(shared_path: Path) -> Path:
    """A project in a git repository, with everything that the commands in the documents name."""
    directory = shared_path / "project"
    write_files(directory / "shop", example())
    write_files(
        directory,
        {
            "stories/stories.py": example()["stories.py"],
            "stories/actions/button/stories.py": STORIES,
            "pyproject.toml": '[tool.storytime]\npackage = "stories"\n',
            "app/button.py": "def Button(*, label: str):\n    return t'<button>{label}</button>'\n",
            "app/static/app.css": "",
            "public/robots.txt": "",
            "tests/test_own.py": "def test_of_their_own():\n    pass\n",
        },
    )
    for words in (
        "init -q",
        "add .",
        "commit -q -m all",
        "update-ref refs/remotes/origin/main HEAD",
    ):
        names = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *names, *words.split()], cwd=directory, check=True)
    with (directory / "app/button.py").open("a") as button:
        button.write("\n")
    return directory


@pytest.fixture
def project(new_project: Path, tmp_path: Path) -> Path:
    """A copy of the project."""
    return Path(shutil.copytree(new_project, tmp_path / "project"))


def test_each_language_is_known() -> None:
    known = {"python", "sh", "console", "toml", "json", *OF_LANGUAGES}
    assert {block.language for block in BLOCKS} == known


@each("python", where=is_story)
def test_blocks_with_stories(program: Path, tmp_path: Path, block: Block) -> None:
    # Where a block compares two tools, only the part for storytime is tested.
    text = block.text.partition("# storytime\n")[2] or block.text
    module = module_of(text)
    files = {"__init__.py": "", "shown.py": module, "stories.py": SITE}
    for number in range(module.count("shown.append(")):
        files[f"subject{number}/stories.py"] = SUBJECT.format(number=number)
    write_files(tmp_path / "shop", files)
    done = run(program, "build", tmp_path / "shop", tmp_path / "out", "--strict")
    assert done.returncode == 0, done.stderr
    assert not re.search(r"\b0 stories", done.stderr), done.stderr


def module_of(text: str) -> str:
    """A module that makes stories of a block: of its expressions, and of each parameter, assertion and component."""
    lines = [PRELUDE]
    text = text.replace("items=[...]", "items=[Story()]")
    for node in ast.parse(text).body:
        source = ast.get_source_segment(text, node)
        assert source is not None
        match node:
            case ast.Expr() if source.startswith("story."):
                lines.append(f"shown.append(Story(assertions=[lambda story: {source}]))")
            case ast.Expr():
                lines.append(f"shown.append({source})")
            case ast.Assign(targets=[ast.Name("parameters")]):
                lines += [source, "shown.append(Story(parameters=parameters))"]
            case ast.FunctionDef(name=name) if "RenderedStory" in source:
                lines += [source, f"shown.append(Story(assertions=[{name}]))"]
            case ast.FunctionDef(name=name):
                lines += [source, f"shown.append(Story(target={name}, props=props_for({name})))"]
            case _:
                lines.append(source)
    return "\n".join(lines)


@pytest.mark.parametrize("document", sorted({block.document for block in BLOCKS if is_file(block)}))
def test_blocks_that_make_a_package(program: Path, tmp_path: Path, document: str) -> None:
    for block in BLOCKS:
        if block.document == document and is_file(block):
            write_files(tmp_path, {block.text.split()[1]: block.text})
    (package,) = (path for path in tmp_path.iterdir() if path.is_dir())
    done = run(program, "build", package, tmp_path / "out", "--strict", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "2 stories" in done.stderr


@each("python", where=lambda block: block.document == "projects.md")
def test_blocks_from_examples(block: Block) -> None:
    """It is in the example that its section names; if none is named, it must at least be valid Python."""
    before = (ROOT / "docs/projects.md").read_text().splitlines()[: block.line]
    section = "\n".join(before).rpartition("\n## ")[2]
    names = re.findall(r"`(examples/projects/\S+?)`", section)
    if not names:
        compile(block.text, block.document, "exec")
        return
    name = names[-1]
    files = [
        re.sub(r'    """.*?"""\n', "", path.read_text()) for path in (ROOT / name).rglob("*.py")
    ]
    assert any(block.text in text for text in files), f"{name} differs from it"


@each("python", where=lambda block: "def test_" in block.text)
def test_blocks_with_tests(project: Path, environment: dict[str, str], block: Block) -> None:
    write_files(project / "tests", {"test_own.py": block.text})
    words = ["pytest", "-q", "-p", "no:cacheprovider", "tests"]
    done = subprocess.run(
        words, cwd=project, env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


@each("python", where=lambda block: is_script(block) and not is_file(block))
def test_blocks_with_scripts(
    serve: Callable[..., Server], project: Path, environment: dict[str, str], block: Block
) -> None:
    text = block.text
    if "fastapi" in text:
        pytest.importorskip("fastapi")
    write_files(project / "my_project/stories", example())
    (project / "my_project/__init__.py").touch()
    write_files(project / "shop", {"forms/field/stories.py": example()["components/stories.py"]})
    shutil.rmtree(project / "public")
    if "localhost" in text:
        text = text.replace("http://localhost:8080", serve(project / "shop").url)
    if "create_app" in text:
        text += f"\nimport asyncio\nasyncio.run(start_and_stop({'catalog' if 'catalog =' in text else 'app'}))\n"
        text = (
            f"async def start_and_stop(app):\n    await app.start()\n    await app.stop()\n\n{text}"
        )
    if shown := re.search(r"(?m)^(.+\))  # (.+)\n\Z", text):
        text = text.replace(shown[0], f"assert {shown[1]} == {shown[2]!r}\n")
    done = subprocess.run(
        [sys.executable, "-c", text],
        cwd=project,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    for address in done.stdout.split():
        with urllib.request.urlopen(address) as answer:
            assert answer.status == 200


def lines_of(block: Block) -> list[str]:
    """The commands in a block."""
    return block.text.replace("\\\n", "").splitlines()


def check_names(words: list[str], build: Path) -> None:
    """Commands that run our tests are not run here; the tests that they name must exist."""
    known = json.loads((build / "meson-info/intro-tests.json").read_text())
    names = {test["name"] for test in known} if words[0] == "meson" else set()
    assert (ROOT / words[-1]).exists() or words[-1] in names, words


@each("sh", "console")
def test_blocks_with_commands(
    serve: Callable[..., Server],
    program: Path,
    project: Path,
    environment: dict[str, str],
    tmp_path: Path,
    block: Block,
) -> None:
    if "storytime init" in block.text:
        shutil.rmtree(project / "stories")
    if "storyville" in block.text:
        for path in (project / "stories").rglob("*.py"):
            path.write_text(path.read_text().replace("storytime", "storyville"))
    for line in lines_of(block):
        line = line.removeprefix("$ ")
        if any(re.match(pattern, line) for pattern in COMMANDS_LEFT_OUT):
            continue
        if line.startswith("storytime serve"):
            serve(*shlex.split(line, comments=True)[2:], cwd=project, subinterpreters=False)
            continue
        if line.startswith("tools/devroot run -- "):
            check_names(shlex.split(line, comments=True)[3:], program.parent)
            continue
        cwd = project
        if line.startswith("make "):  # only check that the target exists
            line = f"make --dry-run BUILD={shlex.quote(str(tmp_path / 'build'))} {line.removeprefix('make ')}"
            cwd = ROOT
        done = subprocess.run(
            ["sh", "-ec", line],
            cwd=cwd,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, line + "\n" + done.stdout + done.stderr


def test_every_left_out_command_is_in_a_document() -> None:
    lines = [line for block in BLOCKS if block.language == "sh" for line in lines_of(block)]
    for pattern in COMMANDS_LEFT_OUT:
        assert any(re.match(pattern, line) for line in lines), pattern


@each("toml")
def test_blocks_with_configurations(
    program: Path, project: Path, environment: dict[str, str], block: Block
) -> None:
    venv.create(project / "env", with_pip=False, symlinks=True)
    text = (
        block.text
        if "[tool.storytime]" in block.text
        else f'[tool.storytime]\npackage = "stories"\n{block.text}'
    )
    write_files(project, {"pyproject.toml": text})
    done = run(program, "doctor", cwd=project, env=environment)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr, done.stderr
    for key in tomllib.loads(text)["tool"]["storytime"]:
        assert key.removesuffix("s") in done.stdout, done.stdout


@each("json")
def test_blocks_with_configurations_of_agents(
    project: Path, environment: dict[str, str], block: Block
) -> None:
    (server,) = json.loads(block.text)["mcpServers"].values()
    if "command" in server:
        write_files(project / "path/to/stories", example())
        words = [server["command"], *server["args"]]
        done = subprocess.run(
            words, cwd=project, env=environment, check=False, stdin=subprocess.DEVNULL, timeout=60
        )
        assert done.returncode == 0
    else:
        assert server["url"].endswith("/mcp")
