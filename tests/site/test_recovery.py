"""A builder that dies between two steps of publishing, and system calls that fail as the quota is exhausted."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support import PREVIEW, Server, listen, story_module, tree, wait_for_page, write_files
from support.faulty_files import FaultyFiles
from support.processes import TIMEOUT, wait_until

STORIES = "components/button/stories.py"
COUNT = 20


@pytest.fixture
def rounds(pytestconfig: pytest.Config) -> int:
    """How often each death is tried; more often with --long."""
    return int(
        os.environ.get("STORYTIME_RECOVERIES", "2" if pytestconfig.getoption("--long") else "1")
    )


def stories(label: str, gate: Path, marker: Path) -> str:
    """Many stories that show a label. If `marker` exists, they wait at the gate; they look for it in a way that is not
    tracked as a dependency."""
    many = ", ".join(
        f"Story(title='S{number}', props=dict(label=LABEL))" for number in range(COUNT)
    )
    wait = (
        f"import os\nLABEL = {label!r}\ntry:\n    os.statvfs({str(marker)!r})\nexcept FileNotFoundError:\n    pass\n"
        f"else:\n    open({str(gate)!r}).close()\n"
    )
    return story_module("x", imports=wait).replace(
        "Story(title='First', props=dict(label='x'))", many
    )


def preview(number: int) -> str:
    return f"components/button/s{number}/preview.html"


def shown(server: Server) -> set[str]:
    """The labels in all pages, each of which must exist."""
    pages = [server.get(preview(number)) for number in range(COUNT)]
    return {page.split("<button>")[1].split("</button>")[0] for page in pages}


def open_gate(gate: Path) -> None:
    """Let the modules that wait at the gate go on, and let others pass."""
    descriptor = os.open(gate, os.O_RDWR)
    opened = gate.with_name("opened")
    opened.write_text("")
    opened.replace(gate)  # at no moment is there none
    os.close(descriptor)


@pytest.mark.parametrize("isolation", ["subinterpreters", "process"])
@pytest.mark.parametrize(
    ("step", "focus", "stays"), [(2, True, "old"), (1, False, "new"), (30, False, "new")]
)
def test_a_half_published_tree_is_completed_or_undone_first(
    serve: Callable[..., Server],
    package: Path,
    tmp_path: Path,
    isolation: str,
    step: int,
    focus: bool,
    stays: str,
    rounds: int,
) -> None:
    """The next build waits in its first import, so what readers see then is not its work."""
    faulty = FaultyFiles(tmp_path, tmp_path / "out")
    story = preview(3).replace("preview", "index")  # its two files are published before the others
    gate, delays = tmp_path / "gate", []
    for number in range(rounds):
        os.mkfifo(gate)
        write_files(package, {STORIES: stories(f"old {number}", gate, faulty.log)})
        server = serve(package, tmp_path / "out", "--isolation", isolation, "-v", env=faulty.env)
        assert shown(server) == {f"old {number}"}
        with listen(server, story if focus else "debug.html") as page:
            faulty.order(f"die {step}")
            write_files(package, {STORIES: stories(f"new {number}", gate, faulty.log)})
            server.wait_for("building again in a new one")
            deadline = time.monotonic() + TIMEOUT
            while (labels := shown(server)) != {f"{stays} {number}"}:
                assert time.monotonic() < deadline, labels
            wait_until(lambda: faulty.count() >= 2)  # a file is visible before its step is counted
            events = faulty.events()
            assert [what for _, what in events] == ["died", "ended"]
            delays.append((events[1][0] - events[0][0]) / 1e6)
            open_gate(gate)
            wait_for_page(server, page, f"<button>new {number}</button>", preview(COUNT - 1))
            assert shown(server) == {f"new {number}"}
            write_files(package, {STORIES: stories(f"next {number}", gate, faulty.log)})
            wait_for_page(server, page, f"<button>next {number}</button>", preview(COUNT - 1))
        server.interrupt(signal.SIGTERM)
        gate.unlink()
    print(f"{isolation}, step {step}: a mixture for {min(delays):.0f} to {max(delays):.0f} ms")


@pytest.mark.parametrize("call", ["write", "close", "mkdirat", "renameat", "openat"])
def test_an_exhausted_quota_keeps_the_last_catalog(
    serve: Callable[..., Server], package: Path, tmp_path: Path, call: str
) -> None:
    """Whichever system call fails. They fail by injection, as real quotas need a file system that few kernels let tests
    mount."""
    faulty = FaultyFiles(tmp_path, tmp_path / "out")
    server = serve(package, tmp_path / "out", env=faulty.env)
    before = tree(tmp_path / "out")
    new = {"new/stories.py": story_module("New", title="New")}  # needs a new directory
    with listen(server) as page:
        faulty.order(f"quota {call}")
        write_files(package, {STORIES: story_module("Never"), **new})
        server.wait_for("Disk quota exceeded")
        assert tree(tmp_path / "out") == before
        assert "<button>Buy</button>" in server.get(PREVIEW)
        faulty.cancel()
        (package / STORIES).write_text(story_module("Fits"))
        wait_for_page(server, page, "Fits")
    assert server.request("new/new/preview.html")[0] == 200
