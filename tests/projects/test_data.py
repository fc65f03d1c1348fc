"""Data files that stories read, with any part of the standard library and in any place."""

import os
import queue
import shutil
import socket
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import Server, listen, shows, wait_for_page, write_files
from support.modes import BUILD_MODES

PREVIEW = "a/first/preview.html"
IMPORTS = """
import asyncio, csv, functools, json, linecache, mmap, os, sqlite3, sys, tomllib, zipfile
import importlib.resources, concurrent.futures
from pathlib import Path
from storytime import Site, Story, Subject

PLACE = Path({place!r})
"""
SITE = "from storytime import Site\n\ndef this_site() -> Site:\n    return Site()\n"
STORIES = """
{top}

def read() -> str:
    {body}
    return "<button>" + str(text) + "</button>"

def this_subject() -> Subject:
    return Subject(items=[Story(title="First", target=read)])
"""


def stories(place: Path, body: str, top: str = "") -> str:
    """A story that shows what it reads from a directory."""
    return IMPORTS.format(place=str(place)) + STORIES.replace("{body}", body).replace("{top}", top)


def text(path: Path, word: str) -> None:
    path.write_text(word)


def quoted(path: Path, word: str) -> None:
    path.write_text(f'"{word}"\n')


def toml(path: Path, word: str) -> None:
    path.write_text(f'word = "{word}"\n')


def database(path: Path, word: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("create table if not exists words (word)")
        connection.execute("delete from words")
        connection.execute("insert into words values (?)", (word,))
    connection.close()


QUERY = "text = c.execute('select word from words').fetchone()[0]; c.close()"
READERS: dict[str, tuple[Callable[[Path, str], None], str]] = {
    "pathlib": (text, "text = (PLACE / 'data').read_text()"),
    "open": (text, "text = open(PLACE / 'data').read()"),
    "a descriptor": (text, "text = os.read(os.open(PLACE / 'data', 0), 99).decode()"),
    "json": (quoted, "text = json.loads((PLACE / 'data').read_bytes())"),
    "tomllib": (toml, "text = tomllib.loads((PLACE / 'data').read_text())['word']"),
    "csv": (quoted, "text = next(csv.reader(open(PLACE / 'data', newline='')))[0]"),
    "linecache": (text, "text = linecache.getline(str(PLACE / 'data'), 1).strip()"),
    "sqlite3": (database, f"c = sqlite3.connect(PLACE / 'data'); {QUERY}"),
    "sqlite3 by URI": (
        database,
        f"c = sqlite3.connect(f'file:{{PLACE}}/data?mode=ro', uri=True); {QUERY}",
    ),
    "sqlite3 by a pathlib URI": (
        database,
        f"c = sqlite3.connect((PLACE / 'data').as_uri() + '#c', uri=True); {QUERY}",
    ),
    "importlib.resources": (
        text,
        "sys.path.append(str(PLACE.parent)); text = importlib.resources.files(PLACE.name).joinpath('data').read_text()",
    ),
    "a thread": (
        text,
        "text = concurrent.futures.ThreadPoolExecutor().submit((PLACE / 'data').read_text).result()",
    ),
    "asyncio": (text, "text = asyncio.run(asyncio.to_thread((PLACE / 'data').read_text))"),
    "a deep stack": (
        text,
        "text = functools.reduce(lambda f, _: (lambda: f()), range(600), (PLACE / 'data').read_text)()",
    ),
    "mmap": (
        text,
        "text = mmap.mmap(os.open(PLACE / 'data', 0), 0, prot=mmap.PROT_READ)[:].decode()",
    ),
}


@pytest.mark.parametrize("mode", BUILD_MODES)
def test_a_saved_data_file_shows(
    serve: Callable[..., Server],
    tmp_path: Path,
    mode: tuple[str, ...],
    pytestconfig: pytest.Config,
) -> None:
    """Each story reads a file in another way. With --long, each file is saved twice, else every fourth of them."""
    write_files(tmp_path, {"shop/stories.py": SITE})
    for number, (write, body) in enumerate(READERS.values()):
        place = tmp_path / f"pläce{number}"
        place.mkdir()
        write(place / "data", "one")
        write_files(tmp_path, {f"shop/a{number}/stories.py": stories(place, body)})
    server = serve("shop", "-v", *mode, subinterpreters=mode != ())
    for number, (reader, (write, _)) in enumerate(READERS.items()):
        preview = PREVIEW.replace("a/", f"a{number}/", 1)
        with listen(server, preview) as page:
            assert shows("one") in server.get(preview), reader
            twice = number % 4 == 0 or pytestconfig.getoption("--long")
            for word in ("two", "three") if twice else ("two",):
                write(tmp_path / f"pläce{number}/data", word)
                wait_for_page(server, page, shows(word), preview)


@pytest.mark.parametrize(
    "top", ["", "C = apsw.Connection(str(PLACE / 'data'))"], ids=["rendered", "imported"]
)
def test_a_database_that_apsw_opens_is_followed(
    serve: Callable[..., Server], libraries: Path, tmp_path: Path, top: str
) -> None:
    connection = "C" if top else "apsw.Connection(str(PLACE / 'data'))"
    body = f"text = next({connection}.execute('select word from words'))[0]"
    database(tmp_path / "data", "one")
    files = {"stories.py": SITE, "a/stories.py": stories(tmp_path, body, f"import apsw\n{top}")}
    write_files(tmp_path / "shop", files)
    server = serve("shop", "-v", "--isolation", "process", "--python", libraries)
    with listen(server, PREVIEW) as page:
        for word in ("two", "three"):
            database(tmp_path / "data", word)
            wait_for_page(server, page, shows(word), PREVIEW)


READ_BY_LIBRARIES = {
    "pandas": "text = pandas.read_csv(PLACE / 'data', header=None).iloc[0, 0]",
    "numpy": "text = numpy.loadtxt(PLACE / 'data', dtype=str)",
    "PIL.Image": "text = PIL.Image.open(PLACE / 'data').size[0]",
}


@pytest.mark.parametrize("library", READ_BY_LIBRARIES)
def test_a_file_that_a_library_reads_and_does_not_keep_builds_what_shows_it(
    serve: Callable[..., Server], libraries: Path, tmp_path: Path, library: str
) -> None:
    def write(number: int) -> None:
        picture = f"P1 {number} 1\n" + "0 " * number
        (tmp_path / "data").write_text(picture if library == "PIL.Image" else str(number))

    story = stories(tmp_path, READ_BY_LIBRARIES[library], f"import {library}")
    write(1)
    write_files(tmp_path / "shop", {"stories.py": SITE, "a/stories.py": story})
    write_files(tmp_path / "shop", {"b/stories.py": stories(tmp_path, "text = 'b'")})
    server = serve("shop", "-v", "--isolation", "process", "--python", libraries)
    with listen(server, PREVIEW) as page:
        for number in (22, 333):
            write(number)
            wait_for_page(server, page, shows(str(number)), PREVIEW)
            server.wait_for("partial build")


# -- while a build runs


class Gate:
    """Code that connects to it waits for an answer. That comes at once or, if the gate is closed, from the test."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.waiting: queue.SimpleQueue[socket.socket] = queue.SimpleQueue()
        self.closed = False

    def run(self) -> None:
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            if self.closed:
                self.closed = False
                self.waiting.put(connection)
            else:
                connection.close()

    def code(self) -> str:
        return f"p = socket.create_connection({self.listener.getsockname()}); p.recv(1); p.close()"


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    thread = threading.Thread(target=gate.run)
    thread.start()
    yield gate
    gate.listener.shutdown(socket.SHUT_RDWR)
    gate.listener.close()
    thread.join()


READS = (
    "c = sqlite3.connect(PLACE / 'data'); text = c.execute('select word from words').fetchone()[0]"
)


@pytest.mark.parametrize("mode", BUILD_MODES)
@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("{reads}; c.close()", "{waits}; text = 1", id="during another story"),
        pytest.param("{reads}; {waits}; c.close()", "text = 1", id="while it is connected"),
        pytest.param("{reads}; {waits}; KEPT.append(c)", "text = 1", id="while it stays connected"),
    ],
)
def test_a_database_that_is_saved_while_a_build_uses_it_is_built_again(
    serve: Callable[..., Server],
    tmp_path: Path,
    gate: Gate,
    first: str,
    second: str,
    mode: tuple[str, ...],
    pytestconfig: pytest.Config,
) -> None:
    """The build does not take the save for something that its own code wrote."""
    place = tmp_path / "place"
    place.mkdir()
    database(place / "data", "zero")
    top = "from shop.shared import WORD\nimport socket\nKEPT = []"
    first, second = (one.format(reads=READS, waits=gate.code()) for one in (first, second))
    write_files(
        tmp_path,
        {
            "shop/stories.py": SITE,
            "shop/shared.py": "WORD = 1\n",
            "shop/a/stories.py": stories(place, first, top),
            "shop/b/stories.py": stories(place, second, top),
        },
    )
    server = serve("shop", "-v", *mode, subinterpreters=mode != ())
    with listen(server, PREVIEW) as page:
        wait_for_page(server, page, shows("zero"), PREVIEW)
        words = ("one", "two", "three", "four")
        for word in words if pytestconfig.getoption("--long") else words[:2]:
            gate.closed = True
            (tmp_path / "shop/shared.py").write_text(f"WORD = {word!r}\n")
            connection = gate.waiting.get(timeout=60)
            database(place / "data", word)
            connection.close()
            wait_for_page(server, page, shows(word), PREVIEW)


IN_A_THREAD = "asyncio.run(asyncio.to_thread((PLACE / 'data').read_text))"


@pytest.mark.parametrize("mode", BUILD_MODES)
def test_a_data_file_that_a_thread_reads_during_an_import_is_followed(
    serve: Callable[..., Server], tmp_path: Path, mode: tuple[str, ...]
) -> None:
    """Also in a provider. Two stories use the module, but only the first of them executes it."""
    write_files(tmp_path, {"place/data": "one", "shop/stories.py": SITE})
    place = tmp_path / "place"
    write_files(
        tmp_path / "shop",
        {
            "reads.py": IMPORTS.format(place=str(place)) + f"TEXT = {IN_A_THREAD}\n",
            "a/stories.py": stories(place, "text = TEXT", "from shop.reads import TEXT"),
            "b/stories.py": stories(place, "text = TEXT", "from shop.reads import TEXT"),
            "c/stories.py": stories(place, "text = ''").replace(
                "return Subject(", f"title = {IN_A_THREAD}; return Subject(title=title, "
            ),
        },
    )
    server = serve("shop", *mode, subinterpreters=mode != ())
    with listen(server, PREVIEW) as page:
        for word in ("two", "three"):
            (place / "data").write_text(word)
            wait_for_page(server, page, shows(word), PREVIEW)
            wait_for_page(server, page, shows(word), PREVIEW.replace("a/", "b/", 1))
            wait_for_page(server, page, word, "c/index.html")


CACHED = "functools.cache(lambda: (PLACE / 'data').read_text())"


@pytest.mark.parametrize("mode", BUILD_MODES)
@pytest.mark.parametrize(
    "body", ["text = cached()", "text = cached() + (PLACE / 'data').read_text()"]
)
def test_a_data_file_that_code_caches_is_followed(
    serve: Callable[..., Server], tmp_path: Path, body: str, mode: tuple[str, ...]
) -> None:
    if mode == () and "+" in body:
        pytest.skip("in one interpreter it cannot be known that the text is also cached")
    write_files(tmp_path, {"place/data": "one", "shop/stories.py": SITE})
    write_files(
        tmp_path, {"shop/a/stories.py": stories(tmp_path / "place", body, f"cached = {CACHED}")}
    )
    server = serve("shop", *mode, subinterpreters=mode != ())
    with listen(server, PREVIEW) as page:
        for word in ("two", "three"):
            (tmp_path / "place/data").write_text(word)
            wait_for_page(server, page, shows(word + word * ("+" in body)), PREVIEW)


# -- where it is, which is tried in every run with builds in processes

BUILDS = [pytest.param(*mode.values, id=mode.id, marks=[] if mode.id == "process" else pytest.mark.long) for mode in BUILD_MODES]  # fmt: skip


def link_to_the_file(tmp_path: Path) -> Path:
    write_files(tmp_path, {"elsewhere/data": "one"})
    (tmp_path / "place").mkdir()
    (tmp_path / "place/data").symlink_to("../elsewhere/data")
    return tmp_path / "elsewhere/data"


def link_to_the_directory(tmp_path: Path) -> Path:
    write_files(tmp_path, {"elsewhere/data": "one"})
    (tmp_path / "place").symlink_to("elsewhere")
    return tmp_path / "elsewhere/data"


def new_directory(place: Path) -> Path:
    return Path(tempfile.mkdtemp(prefix="storytime-test-", dir=place))


def another_file_system(tmp_path: Path) -> Path:
    """In a directory of another file system than the package's."""
    for place in map(Path, ("/dev/shm", "/tmp", "/var/tmp")):
        if os.access(place, os.W_OK) and place.stat().st_dev != tmp_path.stat().st_dev:
            break
    else:
        pytest.skip("there is no second file system")
    directory = write_files(new_directory(place), {"data": "one"})
    (tmp_path / "place").symlink_to(directory)
    return directory / "data"


def in_memory(tmp_path: Path) -> Path:
    """In a file system in memory; code uses its own path, which is below /dev."""
    if not os.access("/dev/shm", os.W_OK):
        pytest.skip("there is no /dev/shm")
    return write_files(new_directory(Path("/dev/shm")), {"data": "one"}) / "data"


def hidden(tmp_path: Path) -> Path:
    """In a directory of the package that is normally ignored."""
    write_files(tmp_path, {"shop/.cache/deep/data": "one"})
    (tmp_path / "place").symlink_to("shop/.cache/deep")
    return tmp_path / "shop/.cache/deep/data"


@pytest.mark.parametrize("mode", BUILDS)
@pytest.mark.parametrize(
    "lay", [link_to_the_file, link_to_the_directory, another_file_system, in_memory, hidden],
    ids=lambda lay: lay.__name__,
)  # fmt: skip
def test_a_data_file_is_followed_wherever_it_is(
    serve: Callable[..., Server],
    tmp_path: Path,
    lay: Callable[[Path], Path],
    mode: tuple[str, ...],
) -> None:
    file = lay(tmp_path)
    place = file.parent if lay in (hidden, in_memory) else tmp_path / "place"
    body = "text = (PLACE / 'data').read_text()"
    write_files(tmp_path, {"shop/stories.py": SITE, "shop/a/stories.py": stories(place, body)})
    try:
        server = serve("shop", *mode, subinterpreters=mode != ())
        with listen(server, PREVIEW) as page:
            assert shows("one") in server.get(PREVIEW)
            for word in ("two", "three"):
                file.write_text(word)
                wait_for_page(server, page, shows(word), PREVIEW)
    finally:
        if lay in (another_file_system, in_memory):
            shutil.rmtree(file.parent)


@pytest.mark.parametrize("mode", BUILDS)
def test_a_data_file_in_an_editable_install_is_followed(
    serve: Callable[..., Server],
    tmp_path: Path,
    environment: Path,
    site: Path,
    mode: tuple[str, ...],
) -> None:
    """A package beside its project's stories, which a `.pth` file makes importable."""
    write_files(tmp_path / "library/src/kit", {"__init__.py": "", "words.txt": "one"})
    (site / "kit.pth").write_text(f"{tmp_path}/library/src\n")
    body = "text = importlib.resources.files('kit').joinpath('words.txt').read_text()"
    write_files(tmp_path, {"shop/stories.py": SITE, "shop/a/stories.py": stories(tmp_path, body)})
    server = serve("shop", "-v", *mode, "--python", environment, subinterpreters=mode != ())
    with listen(server, PREVIEW) as page:
        for word in ("two", "three"):
            (tmp_path / "library/src/kit/words.txt").write_text(word)
            if mode != ():
                server.wait_for(r"Build \d+ affects 1 module: shop\.a\.stories$")
            wait_for_page(server, page, shows(word), PREVIEW)


@pytest.mark.parametrize("mode", BUILDS)
def test_a_source_that_is_read_but_not_imported_is_followed(
    serve: Callable[..., Server], tmp_path: Path, mode: tuple[str, ...]
) -> None:
    """Catalogs may show the source of examples."""
    body = "linecache.checkcache(); text = linecache.getline(str(PLACE / 'example.py'), 1).strip()"
    write_files(tmp_path, {"place/example.py": "one\n", "shop/stories.py": SITE})
    write_files(tmp_path, {"shop/a/stories.py": stories(tmp_path / "place", body)})
    server = serve("shop", *mode, subinterpreters=mode != ())
    with listen(server, PREVIEW) as page:
        for word in ("two", "three"):
            (tmp_path / "place/example.py").write_text(word + "\n")
            wait_for_page(server, page, shows(word), PREVIEW)
