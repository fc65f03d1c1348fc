"""Modules that read files for others: a saved file reaches all users of the module if it may have cached the file."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from support import Server, listen, wait_for_page, write_files
from support.modes import MODES, PROCESS, SUBINTERPRETERS

STORIES = """
from pathlib import Path
from shop.helper import show
from storytime import Story, Subject

def component() -> str:
    return "<p>" + show(Path(__file__).parents[1] / {file!r}) + "</p>"

def this_subject() -> Subject:
    return Subject(title="Subject", items=[Story(title="Story", template=component)])
"""
LIBRARY = """
HELD = []
KEPT = {}

def keep(read, path):
    if path not in KEPT:
        KEPT[path] = read(path)
    return KEPT[path]
"""
FILLS = """
from shop.store import add
from storytime import Story, Subject

add({name!r})

def this_subject() -> Subject:
    return Subject(title="Fills", items=[Story(title="Story", template=lambda: "<p>x</p>")])
"""
SHOWS = """
from shop.store import names
from storytime import Story, Subject

def this_subject() -> Subject:
    return Subject(title="Shows", items=[Story(title="Story", template=lambda: f"<p>{word} {{names()}}</p>")])
"""
STORES = {
    "a database": """
        import sqlite3
        DATABASE = sqlite3.connect(":memory:")
        DATABASE.execute("CREATE TABLE names (name)")
        def add(name):
            DATABASE.execute("INSERT INTO names VALUES (?)", [name])
        def names():
            return sorted(name for (name,) in DATABASE.execute("SELECT name FROM names"))
    """,
    "an element of XML": """
        from xml.etree import ElementTree
        ROOT = ElementTree.Element("names")
        def add(name):
            ElementTree.SubElement(ROOT, name)
        def names():
            return sorted(child.tag for child in ROOT)
    """,
}
KEEPS_NOTHING = """
from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

WHERE = find_spec("json")
ENCODING = "utf-8"
BLANKS = re.compile(" +")

def show(path: Path) -> str:
    return BLANKS.sub(" ", path.read_text(ENCODING))
"""
KEEPS = {
    "a dictionary": """
        KEPT = {}
        def show(path):
            if path not in KEPT:
                KEPT[path] = path.read_text()
            return KEPT[path]
    """,
    "functools.cache": """
        import functools
        @functools.cache
        def show(path):
            return path.read_text()
    """,
    "a cached property": """
        import functools
        class Text:
            def __init__(self, path):
                self.path = path
            @functools.cached_property
            def text(self):
                return self.path.read_text()
        @functools.cache
        def text_of(path):
            return Text(path)
        def show(path):
            return text_of(path).text
    """,
    "a thread's own": """
        import threading
        LOCAL = threading.local()
        def show(path):
            if not hasattr(LOCAL, "text"):
                LOCAL.text = path.read_text()
            return LOCAL.text
    """,
    "a closure": """
        def make():
            kept = {}
            def show(path):
                if path not in kept:
                    kept[path] = path.read_text()
                return kept[path]
            return show
        show = make()
    """,
    "a default": """
        def show(path, kept={}):
            if path not in kept:
                kept[path] = path.read_text()
            return kept[path]
    """,
    "a method of a dictionary": """
        GET, SET = (lambda kept: (kept.get, kept.setdefault))({})
        def show(path):
            return GET(path) or SET(path, path.read_text())
    """,
    "linecache": """
        import linecache
        def show(path):
            return linecache.getline(str(path), 1).strip()
    """,
    "an object that a library holds": """
        import holder
        class Reader:
            text = None
            def show(self, path):
                self.text = self.text or path.read_text()
                return self.text
        holder.HELD.append(Reader())
        def show(path):
            return holder.HELD[0].show(path)
    """,
    "a library that calls": """
        import holder
        def read(path):
            return path.read_text()
        def show(path):
            return holder.keep(read, path)
    """,
}
PAGES = ["first/story/preview.html", "second/story/preview.html"]


@pytest.fixture
def shop(package: Path) -> Path:
    """Two subjects that show a file with the same helper."""
    files = {"part": "before", "other": "before"}
    for name in ("first", "second"):
        files |= {f"{name}/__init__.py": "", f"{name}/stories.py": STORIES.format(file="part")}
    return write_files(package, files)


@pytest.mark.parametrize("mode", MODES)
def test_a_module_that_caches_nothing_is_not_reached(
    serve: Callable[..., Server], shop: Path, mode: tuple[str, ...]
) -> None:
    write_files(shop, {"helper.py": KEEPS_NOTHING})
    write_files(shop, {"second/stories.py": STORIES.format(file="other")})
    server = serve(shop, "-v", *mode)
    with listen(server) as page:
        for text in ("one", "two"):
            (shop / "part").write_text(text)
            server.wait_for(r"Build \d+ affects 1 module: shop\.first\.stories$")
            wait_for_page(server, page, f"<p>{text}</p>", PAGES[0])


@pytest.mark.parametrize(
    ("kept", "mode"),
    [
        # A normal run tries one way in subinterpreters, and all with processes.
        pytest.param(kept, mode, id=f"{kept}-{mode[-1]}", marks=marks)
        for number, kept in enumerate(KEEPS)
        for mode, marks in [
            (PROCESS, ()),
            (SUBINTERPRETERS, pytest.mark.long if number else ()),
        ]
    ],
)
def test_a_file_that_a_module_caches_shows_for_all_users(
    serve: Callable[..., Server],
    shop: Path,
    environment: Path,
    site: Path,
    kept: str,
    mode: tuple[str, ...],
) -> None:
    write_files(site, {"holder.py": LIBRARY})
    write_files(shop, {"helper.py": KEEPS[kept].replace("\n        ", "\n")})
    server = serve(shop, "-v", *mode, "--python", environment)
    with listen(server) as page:
        for text in ("one", "two"):
            (shop / "part").write_text(text)
            for shown in PAGES:
                wait_for_page(server, page, f"<p>{text}</p>", shown)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("store", STORES)
def test_what_other_stories_have_put_into_an_object_is_there_after_a_save(
    serve: Callable[..., Server], package: Path, store: str, mode: tuple[str, ...]
) -> None:
    files = {f"{name}/stories.py": FILLS.format(name=name) for name in ("a", "b")}
    write_files(package, {"store.py": dedent(STORES[store]), **files})
    write_files(package, {"z/stories.py": SHOWS.format(word="one")})
    server = serve(package, *mode)
    with listen(server) as page:
        for word in ("one", "two", "three"):
            write_files(package, {"z/stories.py": SHOWS.format(word=word)})
            wait_for_page(server, page, f"{word} ['a', 'b']", "z/story/preview.html")
