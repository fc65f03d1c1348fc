"""Where `storytime serve` without OUT writes: into memory, which is freed again however the server ends."""

import os
import re
import signal
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from support import PREVIEW, Server, shows

MEMORY = Path("/dev/shm")
NOWHERE = {"TMPDIR": ""}
ENOUGH = 1024**3


def has_room() -> bool:
    """Whether enough is free in /dev/shm for storytime to choose it."""
    info = os.statvfs(MEMORY) if MEMORY.is_dir() else None
    free = info.f_bavail * info.f_frsize if info is not None else 0
    available = re.search(r"MemAvailable: +(\d+)", Path("/proc/meminfo").read_text())
    return min(free, int(available[1]) * 1024 if available else 0) >= ENOUGH


in_memory = pytest.mark.skipif(not has_room(), reason="/dev/shm is small here")


def place_of(server: Server) -> Path:
    """The directory in /dev/shm whose lock a server holds."""
    links = []
    for path in Path(f"/proc/{server.process.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            links.append(os.readlink(path))
    return next(Path(link) for link in links if link.startswith(f"{MEMORY}/storytime-serve-"))


@in_memory
def test_pages_are_in_memory_and_removed_at_the_end(
    serve: Callable[..., Server], package: Path
) -> None:
    server = serve(package, env=NOWHERE)
    place = place_of(server)
    assert shows("Buy") in (place / "site" / PREVIEW).read_text()
    assert place.stat().st_mode & 0o777 == 0o700
    assert server.interrupt() == 0
    assert not place.exists()


@in_memory
def test_the_next_server_removes_what_a_killed_one_left(
    serve: Callable[..., Server], package: Path
) -> None:
    killed, other = serve(package, env=NOWHERE), serve(package, env=NOWHERE)
    left, used = place_of(killed), place_of(other)
    assert left.is_dir()
    # From its end on, a server of another test may remove it, too.
    killed.process.send_signal(signal.SIGKILL)
    killed.process.wait()
    with tempfile.TemporaryDirectory(prefix="storytime-serve-", dir=MEMORY) as own:
        serve(package, env=NOWHERE)
        assert Path(own).is_dir()  # one that no server has made is left alone
    assert not left.exists()
    assert shows("Buy") in other.get(PREVIEW) and used.is_dir()


def test_tmpdir_is_used(serve: Callable[..., Server], package: Path) -> None:
    server = serve(package)
    assert (next(server.temporary.glob("storytime-serve-*")) / "site" / PREVIEW).exists()
    assert server.interrupt() == 0
    assert list(server.temporary.iterdir()) == []
