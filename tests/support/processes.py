"""The program as a process: its log, its pages, and clients of its WebSocket."""

import json
import os
import re
import select
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from .packages import PREVIEW

TIMEOUT = 30.0
"""How long to wait for an event before a test fails, in seconds."""


def run(
    program: Path, *arguments: object, timeout: float = 120, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run the program, and wait until it ends. Its output is text."""
    return subprocess.run(
        [str(program), *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        timeout=timeout,
        **options,
    )


def children_of(process: int) -> list[int]:
    """The children of a process, whichever thread started them, until they are waited for."""
    found: list[int] = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):  # the thread has ended
            found += map(int, path.read_text().split())
    return found


def wait_until(what: Callable[[], bool]) -> None:
    """Poll until a condition holds, for what no event reports."""
    deadline = time.monotonic() + TIMEOUT
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Server:
    """`storytime serve` on a free port. Tests wait for lines of its log."""

    def __init__(
        self,
        program: Path,
        directory: Path,
        *arguments: object,
        subinterpreters: bool = True,
        ready: bool = True,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        flags = ["--use-subinterpreters"] if subinterpreters else []
        temporary = directory / "tmp"
        temporary.mkdir(exist_ok=True)
        self.temporary = temporary
        self.process = subprocess.Popen(
            [str(program), "serve", *map(str, arguments), *flags, "--port", "0"],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
            env={**os.environ, "TMPDIR": str(temporary), **(env or {})},
            cwd=cwd or directory,
        )
        assert self.process.stderr is not None
        os.set_blocking(self.process.stderr.fileno(), False)
        self.lines: list[str] = []
        self._rest = b""
        self._position = 0
        self._arrived = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.url = ""
        if ready:
            try:
                self.wait_listening()
                self.wait_for("The first build has ended")
            except BaseException:
                self.close()
                raise

    def _read(self) -> None:
        while self._wait_and_take():
            pass
        with self._arrived:
            self._arrived.notify_all()

    def _wait_and_take(self) -> bool:
        """Wait for output, and take it. False: the output has ended."""
        select.select([self.process.stderr], [], [])
        return self._take()

    def _take(self) -> bool:
        """Take the output that has arrived. False: the output has ended."""
        assert self.process.stderr is not None
        with self._arrived:
            while (part := self.process.stderr.read()) is not None:
                if not part:
                    return False
                *lines, self._rest = (self._rest + part).split(b"\n")
                self.lines += [line.decode() for line in lines]
            self._arrived.notify_all()
            return True

    @property
    def log(self) -> str:
        """The log so far."""
        self._take()
        return "\n".join(self.lines)

    def wait_for(self, pattern: str, timeout: float = TIMEOUT) -> re.Match[str]:
        """Wait for a line of the log that matches, after the last one that was waited for."""
        deadline = time.monotonic() + timeout
        with self._arrived:
            while True:
                for position in range(self._position, len(self.lines)):
                    if found := re.search(pattern, self.lines[position]):
                        self._position = position + 1
                        return found
                left = deadline - time.monotonic()
                if left <= 0 or (self.process.poll() is not None and not self._reader.is_alive()):
                    raise AssertionError(f"no line matches {pattern!r} in:\n{self.log}")
                self._arrived.wait(min(left, 0.5))

    def wait_until_build_is_over(self, number: int) -> None:
        """Wait until a build has ended, and until files that are written get later times, as their clock advances in steps. A file
        that has the time of a build is taken for one that changed during the build, and is built again."""
        wait_until(lambda: f"Build {number}: " in self.log)
        self.request("index.html")  # answered once the server has done all that follows the line

        def now() -> int:
            probe = self.temporary / "probe"
            probe.touch()
            return probe.stat().st_ctime_ns

        before = now()
        wait_until(lambda: now() > before)

    def wait_listening(self) -> None:
        """Wait until its URL can be opened. The first build need not have ended."""
        self.url = self.wait_for(r"Serving \S+ at (\S+)").group(1).rstrip("/")

    def wait_warm(self, count: int) -> None:
        """Wait until so many interpreters have been warmed up since the start."""
        deadline = time.monotonic() + TIMEOUT
        with self._arrived:
            while sum("is warm" in line for line in self.lines) < count:
                assert time.monotonic() < deadline, self.log
                self._arrived.wait(0.5)

    def request(
        self, path: str, headers: dict[str, str] | None = None, method: str = "GET"
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (names in lower case) and body of a response; redirects are not followed."""
        request = urllib.request.Request(
            self.url + "/" + path, headers=headers or {}, method=method
        )
        try:
            response = _OPENER.open(request, timeout=TIMEOUT)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            found = {name.lower(): value for name, value in response.headers.items()}
            return response.status or response.code, found, response.read()

    def get(self, path: str) -> str:
        """The text of a page that must exist."""
        status, _, body = self.request(path)
        assert status == 200, f"{path}: {status}"
        return body.decode()

    @property
    def builder(self) -> int:
        """The process id of the builder."""
        wait_until(lambda: len(children_of(self.process.pid)) == 1)  # another one may be ending
        return children_of(self.process.pid)[0]

    def interrupt(self, number: signal.Signals = signal.SIGINT, timeout: float = TIMEOUT) -> int:
        """Send a signal to the server process, and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout)

    def close(self) -> None:
        """End it, also if it hangs."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self._reader.join(10)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any) -> None:
        return None


# One for all requests: an opener reads the system's certificates, which takes longer than a request.
_OPENER = urllib.request.build_opener(_NoRedirect)


class Page:
    """A page as the server sees it: a WebSocket that has sent the page's path and receives messages."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def receive(self, timeout: float = TIMEOUT) -> dict[str, Any]:
        """The next message of any type."""
        message: dict[str, Any] = json.loads(self.socket.recv(timeout))
        return message

    def reload(self, timeout: float = TIMEOUT) -> dict[str, Any]:
        """The next message about a build that was published."""
        while True:
            message = self.receive(timeout)
            if message["type"] == "reload":
                return message


def wait_for_text(server: Server, page: Page, text: str, path: str = PREVIEW) -> str:
    """Read messages until a page contains a text, and return the page. It must exist all the time."""
    while text not in (found := server.get(path)):
        page.reload()
    return found


def wait_for_page(
    server: Server, page: Page, text: str, path: str = PREVIEW, timeout: float = TIMEOUT
) -> str:
    """As wait_for_text(), but the page may be missing at first. `timeout`: for each message, in seconds."""
    while (found := server.request(path))[0] != 200 or text not in found[2].decode():
        page.reload(timeout)
    return found[2].decode()


@contextmanager
def listen(server: Server, page: str = "index.html") -> Iterator[Page]:
    """Connect to /ws/reload like a page of the catalog."""
    with connect(
        server.url.replace("http", "ws", 1) + "/ws/reload",
        origin=server.url,  # type: ignore[arg-type]
        max_size=None,
        max_queue=None,
        compression=None,
        open_timeout=TIMEOUT,
    ) as socket:
        client = Page(socket)
        socket.send(json.dumps({"type": "hello", "page": page}))
        while client.receive()["type"] != "hello":
            pass
        yield client
