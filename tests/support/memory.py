"""What a process holds: memory, descriptors, threads."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .packages import story_module
from .processes import Server, children_of, listen

MODULES = "import datetime, decimal, zoneinfo, json, re, ssl, sqlite3, ctypes, asyncio"
"""Modules of the standard library that have had leaks in subinterpreters."""

PREVIEW = "components/button/first/preview.html"


@dataclass(frozen=True)
class Holdings:
    """Of one process."""

    kilobytes: int
    descriptors: int
    threads: int


@dataclass(frozen=True)
class Sample:
    """Of both processes, after so many rebuilds."""

    rebuilds: int
    server: Holdings
    builder: Holdings
    builder_process: int


def holdings(process: int) -> Holdings:
    """What a process holds now; memory that it shares with files is left out."""
    status = Path(f"/proc/{process}/status").read_text()

    def number(name: str) -> int:
        found = re.search(rf"^{name}:\s+(\d+)", status, re.MULTILINE)
        assert found, name
        return int(found.group(1))

    return Holdings(
        number("RssAnon"), len(list(Path(f"/proc/{process}/fd").iterdir())), number("Threads")
    )


def builders(server: Server) -> list[int]:
    """The builder processes; with process isolation one more is warm."""
    return children_of(server.process.pid)


def at_rest(process: int) -> Holdings:
    """What a builder holds when it has ended the last interpreter and warmed up the next: its threads stay the same."""
    same = 0
    found = holdings(process)
    deadline = time.monotonic() + 30
    while same < 4:
        assert time.monotonic() < deadline, "it does not come to rest"
        time.sleep(0.1)
        before, found = found, holdings(process)
        same = same + 1 if found.threads == before.threads else 0
    return found


def rebuild(server: Server, package: Path, count: int, every: int) -> Iterator[Sample]:
    """Save and wait for the message, so often; a sample after each `every`, when all is quiet."""
    with listen(server) as page:
        for number in range(1, count + 1):
            save(package, page, server, f"Number {number}")
            if number % every == 0:
                builder = builders(server)[-1]
                yield Sample(number, holdings(server.process.pid), at_rest(builder), builder)


def save(package: Path, page: Any, server: Server, text: str) -> None:
    """Save a story with a text, and wait until it shows."""
    (package / "components/button/stories.py").write_text(story_module(text, imports=MODULES))
    while f"<button>{text}</button>" not in server.get(PREVIEW):
        page.reload()
