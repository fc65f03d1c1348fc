"""Libraries that keep what they have read: whoever gets it from them follows the file as well as whoever made them read."""

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
    """Two subjects that show one file through a library, of which only the first makes it open the file."""
    files = {"__init__.py": "", "stories.py": ROOT, "templates/part": "before"}
    for name in ("first", "second"):
        files |= {f"{name}/__init__.py": "", f"{name}/stories.py": STORIES}
    return write_files(tmp_path / "shop", files)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "library", [KEEPS, ASKS_ONCE, ASKS_WHETHER], ids=["keeps", "asks once", "asks whether"]
)
def test_what_a_library_keeps_is_followed_for_all(
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


def test_a_new_file_where_a_library_looked_in_vain_reaches_all(
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
            stories = shop / "second/stories.py"  # a save of code does not make it be forgotten
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
def test_a_module_that_a_library_imports_for_one_is_followed_for_all(
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
