"""The server without a builder, for tests with many thousand requests."""

import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self


class BareServer:
    """tests/serve/bare_server.c as a process. It obeys commands on its standard input, and must end with exit code 0."""

    def __init__(
        self, program: Path, root: Path, *arguments: object, command: tuple[str, ...] = ()
    ) -> None:
        self.process = subprocess.Popen(
            [*command, str(program), str(root), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.port = int(self.read().removeprefix("port "))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _, said = self.process.communicate(timeout=120)
        if kind is None:
            assert self.process.returncode == 0, f"it ended with {self.process.returncode}: {said}"

    def tell(self, command: str) -> None:
        """Send a command that is not answered."""
        assert self.process.stdin is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def read(self) -> str:
        """The next line that it prints."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"it has ended: {self.process.wait(20)}"
        return line.rstrip("\n")

    def ask(self, command: str) -> str:
        """Send a command, and return the answer."""
        self.tell(command)
        return self.read()

    def wait_for_clients(self, count: int, timeout: float = 60) -> None:
        """Wait until so many pages are connected. The server does not notice at once that a page has left."""
        deadline = time.monotonic() + timeout
        while self.ask("clients") != f"clients {count}":
            assert time.monotonic() < deadline, self.ask("clients")

    @property
    def descriptors(self) -> int:
        """How many files and connections it has open."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def wait_for_descriptors(self, most: int, timeout: float = 60) -> None:
        """Wait until it has no more than so many open. It does not notice at once that a client has left."""
        deadline = time.monotonic() + timeout
        while self.descriptors > most:
            assert time.monotonic() < deadline, (self.descriptors, most)
            time.sleep(0.05)

    @property
    def host(self) -> str:
        """The value of its Host header."""
        return f"127.0.0.1:{self.port}"

    def connect(self, timeout: float = 30) -> socket.socket:
        """Open a connection to it."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def exchange(self, request: bytes, timeout: float = 30) -> bytes:
        """Send bytes, say that no more will come, and read until the server closes."""
        with self.connect(timeout) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            return read_all(connection)

    def get(self, target: str, *fields: str) -> tuple[int, dict[str, str], bytes]:
        """Status, fields (names in lower case) and body of an answer."""
        lines = "".join(f"{line}\r\n" for line in (f"Host: {self.host}", *fields))
        return parse(
            self.exchange(f"GET {target} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode())
        )

    @property
    def token(self) -> str:
        """The token in its pages."""
        found = re.search(rb'data-token="([0-9a-f]{32})"', self.get("/no-such-page")[2])
        assert found
        return found[1].decode()

    def statistics(self, name: str) -> int:
        """A number of /proc/PID/status, such as VmRSS, which is in KiB."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(rf"^{name}:\s+(\d+)", text, re.MULTILINE)
        assert found
        return int(found[1])


def read_all(connection: socket.socket) -> bytes:
    """Everything until the other side closes or resets the connection."""
    received = bytearray()
    try:
        while part := connection.recv(65536):
            received += part
    except ConnectionResetError:
        pass
    return bytes(received)


def parse(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, fields (names in lower case) and body of an answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines)
    return int(first.split()[1]), {name.lower(): value for name, value in fields.items()}, body


@contextmanager
def bare_server(program: Path, root: Path, *arguments: object) -> Iterator[BareServer]:
    """Start a server, and end it."""
    with BareServer(program, root, *arguments) as server:
        yield server
