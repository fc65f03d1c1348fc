"""The resources that a process holds: memory, descriptors, threads."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .packages import shows, story_module
from .processes import Server, children_of, listen, wait_for_text

MODULES = "import datetime, decimal, zoneinfo, json, re, ssl, sqlite3, ctypes, asyncio"
"""Modules of the standard library that have had leaks in subinterpreters."""


@dataclass(frozen=True)
class Holdings:
    """The resources of a process."""

    kilobytes: int
    descriptors: int
    threads: int


@dataclass(frozen=True)
class Sample:
    """The resources of both processes after `rebuilds` rebuilds."""

    rebuilds: int
    server: Holdings
    builder: Holdings
    builder_process: int


def holdings(process: int) -> Holdings:
    """The current resources of a process, without memory that is mapped from files."""
    status = Path(f"/proc/{process}/status").read_text()

    def number(name: str) -> int:
        found = re.search(rf"^{name}:\s+(\d+)", status, re.MULTILINE)
        assert found, name
        return int(found.group(1))

    return Holdings(
        number("RssAnon"), len(list(Path(f"/proc/{process}/fd").iterdir())), number("Threads")
    )


def builders(server: Server) -> list[int]:
    """The builder processes. With process isolation there is another one, which is warm."""
    return children_of(server.process.pid)


def at_rest(process: int) -> Holdings:
    """The resources of a builder that has nothing left to do, which shows in a constant number of threads."""
    same = 0
    found = holdings(process)
    deadline = time.monotonic() + 30
    while same < 4:
        assert time.monotonic() < deadline, "the number of threads keeps changing"
        time.sleep(0.1)
        before, found = found, holdings(process)
        same = same + 1 if found.threads == before.threads else 0
    return found


def rebuild(server: Server, package: Path, count: int, every: int) -> Iterator[Sample]:
    """Save `count` times, and wait for each build. Gives a sample after every `every` builds."""
    with listen(server) as page:
        for number in range(1, count + 1):
            save(package, page, server, f"Number {number}")
            if number % every == 0:
                builder = builders(server)[-1]
                yield Sample(number, holdings(server.process.pid), at_rest(builder), builder)


def save(package: Path, page: Any, server: Server, text: str) -> None:
    """Save a story with a text, and wait until it shows."""
    (package / "components/button/stories.py").write_text(story_module(text, imports=MODULES))
    wait_for_text(server, page, shows(text))
