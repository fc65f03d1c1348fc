"""Clients that read pages while the catalog changes."""

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .processes import TIMEOUT, Server

CONNECTIONS = 5


class Readers:
    """Connections that are kept open and request pages in turns. They note the answers, and what was wrong with them."""

    def __init__(
        self, server: Server, paths: list[str], is_whole: Callable[[str], bool], per_second: float
    ) -> None:
        self.host = server.url.removeprefix("http://")
        self.paths = paths
        self.is_whole = is_whole
        self.statuses: list[int] = []
        self.delays: list[float] = []
        self.faults: list[str] = []
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._read, args=(first, CONNECTIONS / per_second))
            for first in range(CONNECTIONS)
        ]
        for thread in self._threads:
            thread.start()

    def _read(self, first: int, period: float) -> None:
        """Send a request in each period, and catch up after a slow one. Each connection begins with another page."""
        connection = http.client.HTTPConnection(self.host, timeout=TIMEOUT)
        due = time.monotonic() + period * first / CONNECTIONS
        number = first
        while not self._stop.wait(max(0, due - time.monotonic())):
            try:
                self._ask(connection, self.paths[number % len(self.paths)])
            except (OSError, http.client.HTTPException, UnicodeDecodeError) as error:
                self.faults.append(f"{self.paths[number % len(self.paths)]}: {error!r}")
                connection.close()
            number += 1
            due += period
        connection.close()

    def _ask(self, connection: http.client.HTTPConnection, path: str) -> None:
        begin = time.monotonic()
        connection.request("GET", f"/{path}")
        response = connection.getresponse()
        body = response.read().decode()
        self.delays.append(time.monotonic() - begin)
        self.statuses.append(response.status)
        if response.status != 200:
            self.faults.append(f"{path}: {response.status}")
        elif not self.is_whole(body):
            self.faults.append(f"{path} is torn: {body[-300:]}")

    def finish(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self.delays.sort()


@contextmanager
def reading(
    server: Server, paths: list[str], is_whole: Callable[[str], bool], per_second: float = 50
) -> Iterator[Readers]:
    """Request pages until the context ends. Each must exist and be complete. The lists can be read meanwhile."""
    readers = Readers(server, paths, is_whole, per_second)
    try:
        yield readers
    finally:
        readers.finish()
    assert not readers.faults, (len(readers.faults), readers.faults[:3])


def whole_document(text: str) -> bool:
    """Whether a page has its beginning and its end."""
    return text.startswith("<!doctype html>") and text.rstrip().endswith("</html>")


def is_file_of(path: Path, *versions: bytes | None) -> bool:
    """Whether a file equals one of its versions; None stands for a missing file."""
    found = path.read_bytes() if path.exists() else None
    return found in versions
