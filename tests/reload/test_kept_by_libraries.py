"""Libraries that cache files: a save of the file reaches every story that gets it from the cache, not just the one that made the
library read it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support import Server, listen, wait_for_page, write_files
from support.modes import MODES

ROOT = """
import engine
from storytime import Site

def this_site() -> Site:
    return Site(title="Shop")
"""
STORIES = """
import engine
from pathlib import Path
from storytime import Story, Subject

def show() -> str:
    return engine.show(Path(__file__).parents[1] / "templates", "part")

def this_subject() -> Subject:
    return Subject(title="Subject", target=show, items=[Story(title=f"Story {n}") for n in range(4)])
"""
KEEPS = """
KEPT = {}

def find(place, name):
    for directory in (place / "mine", place):
        try:
            return (directory / name).read_text()
        except FileNotFoundError:
            pass

def show(place, name):
    if name not in KEPT:
        KEPT[name] = find(place, name)
    return f"<p>{KEPT[name]}</p>"
"""
ASKS_WHEN = """
import os
KEPT = {}

def show(place, name):
    path = place / name
    time = os.path.getmtime(path)
    if KEPT.get(name, (None,))[0] != time:
        KEPT[name] = (time, path.read_text())
    return f"<p>{KEPT[name][1]}</p>"
"""
ASKS_ONCE = """
import os
KEPT = {}

def show(place, name):
    if name not in KEPT:
        KEPT[name] = ((place / name).read_text(), os.path.getmtime(place / name))
    return f"<p>{KEPT[name][0]}</p>"
"""
ASKS_WHETHER = """
import os
KEPT = {}

def show(place, name):
    if os.path.exists(place / name) and name not in KEPT:
        KEPT[name] = (place / name).read_text()
    return f"<p>{KEPT[name]}</p>"
"""
PAGES = ["first/story-0/preview.html", "second/story-0/preview.html"]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Two subjects that get one file from a library. Only the first makes the library open it."""
    files = {"__init__.py": "", "stories.py": ROOT, "templates/part": "before"}
    for name in ("first", "second"):
        files |= {f"{name}/__init__.py": "", f"{name}/stories.py": STORIES}
    return write_files(tmp_path / "shop", files)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "library", [KEEPS, ASKS_ONCE, ASKS_WHETHER], ids=["keeps", "asks once", "asks whether"]
)
def test_a_file_that_a_library_caches_reaches_all_users(
    serve: Callable[..., Server],
    shop: Path,
    environment: Path,
    site: Path,
    library: str,
    mode: tuple[str, ...],
) -> None:
    write_files(site, {"engine.py": library})
    server = serve(shop, *mode, "--python", environment)
    with listen(server) as page:
        for text in ("one", "two"):
            (shop / "templates/part").write_text(text)
            for shown in PAGES:
                wait_for_page(server, page, f"<p>{text}</p>", shown)


def test_a_file_that_a_library_missed_reaches_all_users(
    serve: Callable[..., Server], shop: Path, environment: Path, site: Path
) -> None:
    write_files(site, {"engine.py": KEEPS})
    server = serve(shop, "--python", environment)
    with listen(server) as page:
        write_files(shop, {"templates/mine/part": "mine"})
        for shown in PAGES:
            wait_for_page(server, page, "<p>mine</p>", shown)


@pytest.mark.parametrize("mode", MODES)
def test_a_library_that_checks_modification_times_does_not_rebuild_everything(
    serve: Callable[..., Server],
    shop: Path,
    environment: Path,
    site: Path,
    mode: tuple[str, ...],
) -> None:
    write_files(site, {"engine.py": ASKS_WHEN})
    write_files(shop, {"second/stories.py": STORIES.replace('"part"', '"other"')})
    write_files(shop, {"templates/other": "another"})
    server = serve(shop, "-v", *mode, "--python", environment)
    with listen(server) as page:
        for text in ("one", "two"):
            (shop / "templates/part").write_text(text)
            server.wait_for(r"Build \d+ affects 1 module: shop\.first\.stories")
            wait_for_page(server, page, f"<p>{text}</p>", PAGES[0])
            server.wait_for("partial build")
            stories = shop / "second/stories.py"  # after a save of code this is still known
            stories.write_text(stories.read_text() + "\n")
            server.wait_for(r"Build \d+ affects 1 module: shop\.second\.stories")
            server.wait_for("partial build")


IMPORTS = """
import importlib
KEPT = {}

def show(place, name):
    if name not in KEPT:
        KEPT[name] = importlib.import_module("shop.words." + name)
    return f"<p>{KEPT[name].WORD}</p>"
"""


@pytest.mark.parametrize("mode", MODES)
def test_a_module_that_a_library_imports_reaches_all_users(
    serve: Callable[..., Server],
    shop: Path,
    environment: Path,
    site: Path,
    mode: tuple[str, ...],
) -> None:
    write_files(site, {"engine.py": IMPORTS})
    write_files(shop, {"words/__init__.py": "", "words/part.py": "WORD = 'before'\n"})
    server = serve(shop, "-v", *mode, "--python", environment)
    with listen(server) as page:
        for text in ("one", "two"):
            (shop / "words/part.py").write_text(f"WORD = {text!r}\n")
            for shown in PAGES:
                wait_for_page(server, page, f"<p>{text}</p>", shown)
