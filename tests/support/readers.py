"""Those who read pages while something happens to the catalog."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .processes import Server


class Faults(list[str]):
    """What readers found amiss."""


@contextmanager
def reading(
    server: Server, paths: list[str], is_whole: Callable[[str], bool], per_second: float = 50
) -> Iterator[list[int]]:
    """Ask for pages in turn, so often; each must be there, and whole. Yields the statuses so far."""
    statuses: list[int] = []
    faults = Faults()
    stop = threading.Event()

    def read() -> None:
        while not stop.wait(1 / per_second):
            path = paths[len(statuses) % len(paths)]
            status, headers, body = server.request(path)
            statuses.append(status)
            if status != 200 or int(headers["content-length"]) != len(body):
                faults.append(f"{path}: {status} {headers}")
            elif not is_whole(body.decode()):
                faults.append(f"{path} is torn: {body.decode()[-300:]}")

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield statuses
    finally:
        stop.set()
        thread.join()
    assert not faults, faults[:3]


def whole_document(text: str) -> bool:
    """Whether a page begins and ends as pages do."""
    return text.startswith("<!doctype html>") and text.rstrip().endswith("</html>")


def is_file_of(path: Path, *versions: bytes | None) -> bool:
    """Whether a file is there as one of its versions is, byte for byte; None: not there."""
    found = path.read_bytes() if path.exists() else None
    return found in versions
