"""The root's stories.py runs before all other modules, in full builds and in builds of a save."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import PREVIEW, Server, listen, shows, wait_for_text, write_files
from support.modes import MODES

ROOT = """
import os
from storytime import Site

os.environ["SHOP_COLOUR"] = {colour!r}

def this_site() -> Site:
    return Site(title="Shop")
"""
STORIES = """
import os
from storytime import Story, Subject
from shop.components.button.button import Button

COLOUR = os.environ["SHOP_COLOUR"]

def this_subject() -> Subject:
    return Subject(title="Button", target=Button, items=[Story(title="First", props=dict(label={text} + COLOUR))])
"""


@pytest.fixture
def prepared(package: Path) -> Path:
    """A package whose story needs a variable that its root sets."""
    (package / "stories.py").write_text(ROOT.format(colour="crimson"))
    (package / "components/button/stories.py").write_text(STORIES.format(text="'a '"))
    return package


def test_the_root_sets_up_a_build(
    build: Callable[..., subprocess.CompletedProcess[str]], prepared: Path, tmp_path: Path
) -> None:
    result = build(prepared, tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert shows("a crimson") in (tmp_path / "out" / PREVIEW).read_text()


@pytest.mark.parametrize("mode", MODES)
def test_the_root_sets_up_builds_of_saves(
    serve: Callable[..., Server], prepared: Path, mode: tuple[str, ...]
) -> None:
    server = serve(prepared, *mode)
    assert shows("a crimson") in server.get(PREVIEW)
    with listen(server, PREVIEW) as page:
        for text in ("b ", "c ", "d "):
            (prepared / "components/button/stories.py").write_text(STORIES.format(text=repr(text)))
            wait_for_text(server, page, shows(f"{text}crimson"))
        (prepared / "stories.py").write_text(ROOT.format(colour="teal"))
        wait_for_text(server, page, shows("d teal"))
        (prepared / "components/button/stories.py").write_text(STORIES.format(text="'e '"))
        wait_for_text(server, page, shows("e teal"))
    assert "KeyError" not in server.log


SETS_UP = """
from shop import registry
from storytime import Site

registry.NAMES.append("lamp")

def this_site() -> Site:
    return Site(title="Shop")
"""
USES = """
from shop.registry import NAMES, PRICES
from storytime import Story, Subject

def this_subject() -> Subject:
    return Subject(title="Button", items=[Story(title="First", template=lambda: f"{word} {{NAMES[0]}} {{PRICES.first}}")])
"""
REGISTRY = """
import functools

NAMES: list[str] = []

class Prices:
    @functools.cached_property
    def first(self) -> int:
        return 12

PRICES = Prices()
"""


@pytest.mark.parametrize("mode", MODES)
def test_modules_that_the_root_changes_need_no_full_builds(
    serve: Callable[..., Server], package: Path, mode: tuple[str, ...]
) -> None:
    """If stories change a module, all its users must be built together. Here only the root does."""
    write_files(package, {"stories.py": SETS_UP, "registry.py": REGISTRY})
    for name in ("button", "note"):
        files = {"__init__.py": "", "stories.py": USES.format(word="zero")}
        write_files(package / "components" / name, files)
    server = serve(package, "-v", *mode)
    with listen(server, PREVIEW) as page:
        for word in ("one", "two"):
            (package / "components/button/stories.py").write_text(USES.format(word=word))
            wait_for_text(server, page, f"{word} lamp 12")
            server.wait_for(r"Build \d+ affects 1 module: shop\.components\.button\.stories")
            server.wait_for("partial build")


KEPT_AS_PROPERTY = """
import functools

class Registry:
    @functools.cached_property
    def names(self) -> list[str]:
        return []

REGISTRY = Registry()
"""
REGISTERS = """
from shop.registry import REGISTRY
from storytime import Story, Subject

REGISTRY.names.append("{word}")

def this_subject() -> Subject:
    return Subject(title="Button", items=[Story(title="First", template=lambda: f"{{REGISTRY.names}}")])
"""


@pytest.mark.parametrize("mode", MODES)
def test_a_registry_may_be_a_cached_property(
    serve: Callable[..., Server], package: Path, mode: tuple[str, ...]
) -> None:
    write_files(package, {"registry.py": KEPT_AS_PROPERTY})
    for name in ("another", "button"):
        files = {"__init__.py": "", "stories.py": REGISTERS.format(word=name)}
        write_files(package / "components" / name, files)
    server = serve(package, "-v", *mode)
    with listen(server, PREVIEW) as page:
        for word in ("one", "two"):
            (package / "components/button/stories.py").write_text(REGISTERS.format(word=word))
            wait_for_text(server, page, f"['another', '{word}']")


NESTED = """
import os
from storytime import Story, Subject
from app.colours import WORD

TEXT = WORD + " " + os.environ["SHOP_COLOUR"]

def this_subject() -> Subject:
    return Subject(title="Button", items=[Story(title="First", template=lambda: TEXT)])
"""
SETS = 'import os\nos.environ["SHOP_COLOUR"] = "teal"\n'
WAYS = [
    pytest.param("app/catalog/stories.py", ROOT.format(colour="teal"), id="site"),
    pytest.param("app/catalog/__init__.py", SETS, id="package"),
    pytest.param("app/__init__.py", SETS, id="package-above"),
]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("file", "text"), WAYS)
def test_set_up_in_a_package_within_another_needs_no_full_builds(
    serve: Callable[..., Server], tmp_path: Path, file: str, text: str, mode: tuple[str, ...]
) -> None:
    site = "from storytime import Site\ndef this_site() -> Site:\n    return Site(title='Shop')\n"
    files = {
        "app/__init__.py": "",
        "app/catalog/__init__.py": "",
        "app/catalog/stories.py": site,
        "app/catalog/button/stories.py": NESTED,
        "app/colours.py": "WORD = 'zero'\n",
        file: text,
    }
    write_files(tmp_path, files)
    server = serve(tmp_path / "app/catalog", "-v", *mode)
    with listen(server) as page:
        wait_for_text(server, page, "zero teal", "button/first/preview.html")
        for word in ("one", "two"):
            (tmp_path / "app/colours.py").write_text(f"WORD = {word!r}\n")
            wait_for_text(server, page, f"{word} teal", "button/first/preview.html")
    assert "full build" not in server.log.partition("Build 2")[2]
