"""The server survives user code that hangs, kills its process or fills the log, and keeps the last good catalog."""

import fcntl
import os
import signal
import termios
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from support import PREVIEW, Server, listen, own_memory, story_module, wait_for_text
from support.memory import holdings
from support.processes import children_of, wait_until

STORIES = "components/button/stories.py"


def test_an_idle_builder_that_is_killed_is_replaced(
    serve: Callable[..., Server], package: Path
) -> None:
    server = serve(package)
    with listen(server) as page:
        os.kill(server.builder, signal.SIGKILL)
        (package / STORIES).write_text(story_module("Back"))
        wait_for_text(server, page, "<button>Back</button>")


def test_a_builder_that_replaces_an_idle_one_knows_the_catalog_before_the_next_save(
    serve: Callable[..., Server], package: Path
) -> None:
    server = serve(package, "-v")
    os.kill(server.builder, signal.SIGKILL)
    server.wait_for("is loading the catalog")
    server.wait_for("full build")
    (package / STORIES).write_text(story_module("Back"))
    server.wait_for("partial build")
    assert "<button>Back</button>" in server.get(PREVIEW)


@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        "import time; time.sleep(1e6)",
        "import threading; threading.Event().wait()",
    ],
    ids=["loop", "sleep", "wait"],
)
def test_the_next_save_ends_a_build_that_does_not_end(
    serve: Callable[..., Server], package: Path, code: str
) -> None:
    server = serve(package, "--build-timeout", "300")
    with listen(server) as page:
        (package / STORIES).write_text(story_module("Never", imports=code))
        server.wait_for("Building ")
        assert "<button>Buy</button>" in server.get(PREVIEW)
        (package / STORIES).write_text(story_module("After"))
        wait_for_text(server, page, "<button>After</button>")


@pytest.mark.parametrize("isolation", ["subinterpreters", "process"])
def test_a_build_that_takes_too_long_shows_where_it_was(
    serve: Callable[..., Server], package: Path, isolation: str
) -> None:
    server = serve(package, "--isolation", isolation, "--build-timeout", "2")
    code = "def spin():\n    while True:\n        pass\n\nspin()"
    with listen(server) as page:
        (package / STORIES).write_text(story_module("Never", imports=code))
        server.wait_for("is taking longer than 2.0 s")
        server.wait_for("STY401: .* took too long")
        server.wait_for("in spin")
        (package / STORIES).write_text(story_module("After"))
        wait_for_text(server, page, "<button>After</button>")


def test_standard_streams_and_directory_are_put_back(
    serve: Callable[..., Server], package: Path
) -> None:
    code = "import os\nos.close(1)\nos.close(2)\nos.chdir('/')"
    server = serve(package)
    with listen(server) as page:
        (package / STORIES).write_text(story_module("Closed", imports=code))
        wait_for_text(server, page, "Closed")
        (package / STORIES).write_text(
            story_module("Said", imports="import logging; logging.warning('still here')")
        )
        wait_for_text(server, page, "Said")
        server.wait_for("still here")


def test_process_isolation_builds_in_fresh_processes(
    serve: Callable[..., Server], package: Path
) -> None:
    server = serve(package, "--isolation", "process")
    with listen(server) as page:
        for number in range(5):
            (package / STORIES).write_text(story_module(f"Process {number}"))
            wait_for_text(server, page, f"Process {number}")
    assert "Created a pool" not in server.log


def test_a_server_that_is_interrupted_at_its_start_leaves_nothing(
    serve: Callable[..., Server], package: Path
) -> None:
    """SIGINT after each line that the log has at the start."""
    for lines in range(6):
        server = serve(package, ready=False)
        for _ in range(lines):
            server.wait_for("INFO")
        if lines == 0:
            server.wait_for("")  # signal handlers are set up before the first line
        assert server.interrupt() == 0
        assert list(server.temporary.iterdir()) == []


def test_the_server_ends_while_a_builder_starts(
    serve: Callable[..., Server], package: Path
) -> None:
    server = serve(package)
    builder = server.builder
    server.get(PREVIEW + "?args=label:Sell")
    (renderer,) = set(children_of(server.process.pid)) - {builder}
    os.kill(renderer, signal.SIGSTOP)  # it takes the server a second to end a stopped process
    os.kill(builder, signal.SIGKILL)
    server.wait_for("starting another")
    assert server.interrupt() == 0
    assert list(server.temporary.iterdir()) == []


class Unread(Server):
    """A server whose log nobody reads after the first build, as with `storytime serve 2>&1 | less` or a stopped terminal."""

    def _read(self) -> None:
        while "The first build has ended" not in "\n".join(self.lines) and self._wait_and_take():
            pass

    def unread(self) -> int:
        """The number of bytes that wait to be read."""
        assert self.process.stderr is not None
        return int.from_bytes(
            fcntl.ioctl(self.process.stderr, termios.FIONREAD, bytes(4)), "little"
        )

    def read_on(self) -> None:
        """Read again."""
        self._reader = threading.Thread(target=super()._read, daemon=True)
        self._reader.start()


def test_a_log_that_nobody_reads_does_not_delay_requests(
    program: Path, package: Path, tmp_path: Path
) -> None:
    """Only user code waits until its lines are read."""
    server = Unread(program, tmp_path, package)
    try:
        with listen(server) as page:
            noise = "import sys\nfor _ in range(10_000): print('x' * 100, file=sys.stderr)"
            (package / STORIES).write_text(story_module("Noisy", imports=noise))
            wait_until(lambda: server.unread() >= 60_000)
            for number in range(30):  # the server logs each change before it tells the browser
                (package / "note.txt").write_text(str(number))
                while page.receive()["type"] != "building":
                    pass
                assert server.get("index.html")
            # The build that waits for its reader is ended, and nobody waits for the lines of the next builder.
            (package / STORIES).write_text(story_module("After"))
            wait_for_text(server, page, "After")
            (package / STORIES).write_text(story_module("And on"))
            wait_for_text(server, page, "And on")
            server.read_on()
            server.wait_for("lines were dropped here|could not be interrupted|Build")
            (package / STORIES).write_text(story_module("Read again"))
            server.wait_for("rebuilding")
            wait_for_text(server, page, "Read again")
    finally:
        server.close()


class Skimmed(Unread):
    """A server whose log is read and thrown away after the first build. `lines_read` counts the lines."""

    lines_read = 0

    def _read(self) -> None:
        super()._read()
        while self._wait_and_take():
            self.lines_read += len(self.lines)
            self.lines.clear()


@own_memory
@pytest.mark.long
def test_a_million_log_lines_do_not_fill_memory(
    program: Path, package: Path, tmp_path: Path
) -> None:
    """Half of them are printed, half are logged. Meanwhile pages are served, and then the next save shows."""
    server = Skimmed(program, tmp_path, package, "--build-timeout", "120")
    noise = (
        "import logging, sys\nfor number in range(500_000):\n"
        "    print('line', number, file=sys.stderr)\n    logging.warning('line %d', number)"
    )
    try:
        with listen(server) as page:
            processes = [server.process.pid, server.builder]
            before = [holdings(process).kilobytes for process in processes]
            most = before
            (package / STORIES).write_text(story_module("Noisy", imports=noise))
            while server.lines_read < 1_000_000:
                assert server.process.poll() is None
                assert server.get("index.html")
                now = [holdings(process).kilobytes for process in processes]
                most = [max(pair) for pair in zip(most, now, strict=True)]
            wait_for_text(server, page, "Noisy")
            (package / STORIES).write_text(story_module("After"))
            wait_for_text(server, page, "After")
        assert most[0] - before[0] < 4096
        assert most[1] - before[1] < 32768
        print(f"server: {before[0]} to {most[0]} kB, builder: {before[1]} to {most[1]} kB")
    finally:
        server.close()
