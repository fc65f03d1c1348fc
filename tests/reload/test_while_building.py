"""Files that are added, removed or written while a build uses them."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import (
    PREVIEW,
    Page,
    Server,
    listen,
    shows,
    story_module,
    uses,
    wait_for_page,
    write_files,
)
from support.modes import MODES
from support.processes import TIMEOUT, wait_until

STORIES = "components/button/stories.py"

PAUSE = """
import os, socket, time
from pathlib import Path
from storytime import Story, Subject

def pause() -> None:
    '''Connect to the test, if it listens, and wait for its answer, in a way that can be interrupted.'''
    try:
        with socket.create_connection(("127.0.0.1", {port})) as gate:
            gate.settimeout(0.01)
            while True:
                try:
                    gate.recv(2)
                    break
                except TimeoutError:
                    pass
    except OSError:
        pass
"""

PAUSING = (
    PAUSE
    + """
PLACE = Path({place!r})

def read() -> str:
    {body}
    return f"<button>{{text}}</button>"

def this_subject() -> Subject:
    return Subject(items=[Story(title="First", target=read)])
"""
)


@pytest.fixture(params=["outside", "in the package"])
def place(request: pytest.FixtureRequest, package: Path, tmp_path: Path) -> Path:
    """A directory with a file that a story reads."""
    directory = tmp_path / "data" if request.param == "outside" else package / "data"
    return write_files(directory, {"word.txt": "there"})


@pytest.mark.parametrize("isolation", ["subinterpreters", "process"])
def test_a_directory_that_is_missing_between_two_polls_is_built_again(
    serve: Callable[..., Server], package: Path, place: Path, isolation: str
) -> None:
    """The build does not find it, but no poll sees that it is missing."""
    word = "f = PLACE / 'word.txt'; text = f.read_text() if f.exists() else 'missing'"
    with socket.create_server(("127.0.0.1", 0)) as gate:
        gate.settimeout(TIMEOUT)
        port = gate.getsockname()[1]
        texts = [
            PAUSING.format(place=str(place), port=port, body=body)
            for body in (word, f"pause(); {word}; text += ' again'; pause()")
        ]
        (package / STORIES).write_text(texts[0])
        server = serve(package, "--poll", "--isolation", isolation)
        with listen(server) as page:
            (package / STORIES).write_text(texts[1])
            before, _ = gate.accept()
            os.kill(server.process.pid, signal.SIGSTOP)  # so that it does not poll
            place.rename(place.with_name("away"))
            before.close()
            after, _ = gate.accept()
            place.with_name("away").rename(place)
            gate.close()
            after.close()
            os.kill(server.process.pid, signal.SIGCONT)
            wait_for_page(server, page, shows("there again"))


@pytest.mark.parametrize("mode", MODES[:2])
def test_a_superseded_build_finishes_the_file_that_it_writes(
    serve: Callable[..., Server], package: Path, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    """The file is a cache, which is written once and then trusted."""
    cache = tmp_path / "cache.txt"
    body = """
    if not (PLACE / "cache.txt").exists():
        with (PLACE / "cache.txt").open("w") as file:
            print("half", file=file, flush=True)
            time.sleep(0.05)
            for _ in range(100): pass
            print("and half", file=file)
    text = (PLACE / "cache.txt").read_text().replace(chr(10), " ")
"""
    server = serve(package, *mode)
    with listen(server) as page:
        caching = PAUSING.format(place=str(tmp_path), port=1, body=body)
        write_files(package, {"a/stories.py": caching})
        wait_until(cache.exists)
        (package / STORIES).write_text(story_module("Superseding"))
        wait_for_page(server, page, shows("Superseding"))
        wait_for_page(server, page, shows("half and half "), "a/first/preview.html")
    assert cache.read_text() == "half\nand half\n"


@pytest.mark.parametrize("mode", MODES[:2])
def test_a_build_that_writes_endlessly_is_superseded(
    serve: Callable[..., Server], package: Path, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    writes = (
        f"from pathlib import Path\nwhile True: Path({str(tmp_path / 'log')!r}).write_text('x')"
    )
    server = serve(package, *mode)
    builder = server.builder
    with listen(server) as page:
        (package / STORIES).write_text(story_module("Never", imports=writes))
        wait_until((tmp_path / "log").exists)
        (package / STORIES).write_text(story_module("After"))
        wait_for_page(server, page, shows("After"))
    assert server.builder == builder  # the build was interrupted, and its process goes on


def test_files_that_a_build_creates_do_not_supersede_it(
    serve: Callable[..., Server], package: Path
) -> None:
    """The server is told of a file that code writes before the file exists, however long that takes."""
    made = package / "made.txt"
    with socket.create_server(("127.0.0.1", 0)) as gate:
        gate.settimeout(TIMEOUT)
        body = "pause(); (PLACE / 'made.txt').write_text('x'); text = 'made'"
        port = gate.getsockname()[1]
        (package / STORIES).write_text(PAUSING.format(place=str(package), port=port, body=body))
        server = serve(package, "--isolation", "process", ready=False)
        server.wait_listening()
        before, _ = gate.accept()
        builder = server.builder
        os.kill(builder, signal.SIGSTOP)
        gate.close()
        before.close()
        deadline = time.monotonic() + 0.3
        while time.monotonic() < deadline and not made.exists():
            time.sleep(0.01)
        os.kill(builder, signal.SIGCONT)
        server.wait_for("Build 1: .* written")
    # The change may be reported after the end of the build.
    assert "rebuilding" not in server.log.partition("Build 1: ")[0]
    assert shows("made") in server.get(PREVIEW)


KEEPING = (
    PAUSE
    + """
TEXT = Path({word!r}).read_text()

def read() -> str:
    pause()
    return f"<button>{{TEXT}}</button>"

def this_subject() -> Subject:
    return Subject(items=[Story(title="First", target=read)])
"""
)


def test_what_a_superseded_build_was_for_is_built_without_subinterpreters(
    serve: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    """A loaded module has kept what it has read, so only a new process shows the change."""
    word = tmp_path / "word.txt"
    word.write_text("old")
    with socket.socket() as gate:
        gate.settimeout(TIMEOUT)
        gate.bind(("127.0.0.1", 0))
        text = KEEPING.format(word=str(word), port=gate.getsockname()[1])
        (package / STORIES).write_text(text)
        server = serve(package, subinterpreters=False)
        assert shows("old") in server.get(PREVIEW)
        gate.listen()
        with listen(server) as page:
            word.write_text("new")
            first, _ = gate.accept()
            (package / "other.txt").write_text("another change")
            second, _ = gate.accept()  # the first build was interrupted
            gate.close()
            for connection in (first, second):
                connection.close()
            wait_for_page(server, page, shows("new"))


LATE = (
    PAUSE
    + """
from shop.words import TEXT

def late() -> str:
    pause()
    return TEXT

def this_subject() -> Subject:
    return Subject(items=[Story(title="Late", target=late)])
"""
)


@contextmanager
def shown_ahead(server: Server, words: Path, gate: socket.socket) -> Iterator[tuple[Page, int]]:
    """A page that hears of a build, with this number, which has shown it "ahead" but does not end. The next one may end."""
    gate.listen()
    with listen(server, PREVIEW) as page:
        words.write_text("TITLE, TEXT = 'Knob', 'ahead'\n")
        connection, _ = gate.accept()
        with connection:
            ahead = page.reload()
            assert shows("ahead") in ahead["html"][PREVIEW]
            assert "Knob" in str(ahead["nodes"])
            gate.close()
            yield page, ahead["build"]


@pytest.fixture
def gate(package: Path) -> Iterator[socket.socket]:
    """Refuses the late story's connections until it listens."""
    with socket.socket() as gate:
        gate.settimeout(TIMEOUT)
        gate.bind(("127.0.0.1", 0))
        stories = uses("shop.words", "TEXT, TITLE").replace("label=TEXT, TITLE", "label=TEXT")
        write_files(
            package,
            {
                "words.py": "TITLE, TEXT = 'Button', 'as before'\n",
                STORIES: stories.replace('title="Button"', "title=TITLE"),
                "late/stories.py": LATE.format(port=gate.getsockname()[1]),
            },
        )
        yield gate


@pytest.mark.parametrize("text", ["as before", "another"])
@pytest.mark.parametrize("mode", MODES[:2])
def test_what_a_superseded_build_has_shown_is_taken_back(
    serve: Callable[..., Server],
    package: Path,
    gate: socket.socket,
    mode: tuple[str, ...],
    text: str,
) -> None:
    """Pages that are looked at, and the navigation, are shown before a build has ended."""
    server = serve(package, *mode)
    with shown_ahead(server, package / "words.py", gate) as (page, _):
        (package / "words.py").write_text(f"TITLE, TEXT = 'Button', {text!r}\n")
        messages = [page.reload()]
        while not messages[-1]["navigation"]:
            messages.append(page.reload())
    pages = [message["html"][PREVIEW] for message in messages if PREVIEW in message["html"]]
    assert len(pages) == 1
    assert shows(text) in pages[0]
    assert shows(text) in server.get(PREVIEW)


def test_what_a_superseded_build_has_shown_is_taken_back_if_the_next_one_fails(
    serve: Callable[..., Server], package: Path, gate: socket.socket
) -> None:
    server = serve(package, "--isolation", "process")
    with shown_ahead(server, package / "words.py", gate) as (page, build):
        (package / "words.py").write_text("import os; os._exit(3)\n")
        while (hello := page.receive())["type"] != "hello":
            pass
        assert hello["build"] > build  # so pages load everything again
    assert shows("as before") in server.get(PREVIEW)
