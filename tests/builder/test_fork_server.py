"""With --isolation process, each build runs in a process that is forked from one that has imported ahead. No build sees anything of
another, and a process that ends only fails its own build."""

import os
import re
import select
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import (
    Page,
    Server,
    listen,
    shows,
    uses,
    wait_for_page,
    write_files,
)
from support.modes import PROCESS
from support.processes import TIMEOUT, children_of, wait_until

STORIES = "components/button/stories.py"
LOGS_PROCESS = "import os\nos.write(2, f'state is executed by {os.getpid()}\\n'.encode())\n"
"""Lines of a module that log which process executes it."""
READY = r"The process that has imported ahead \((\d+)\) is ready: [3-9]"
FORKED = r"The build runs in process (\d+), forked from the one that has imported ahead"


def story(number: object) -> str:
    """A story that shows the result of shop.state.text() and the number of the save."""
    shown = f"text() + ' in save {number}'"
    return uses("shop.state", "text").replace("(label=text)", f"(label={shown})")


def save(package: Path, server: Server, page: Page, number: object, shown: str) -> None:
    """Save the story, and wait until it shows a text."""
    write_files(package, {STORIES: story(number)})
    wait_for_page(server, page, shows(f"{shown} in save {number}"))


def begin(serve: Callable[..., Server], package: Path, state: str) -> Server:
    """Serve a story that imports a module `state`, which has a function `text`, and logs when it is executed."""
    write_files(package, {"state.py": LOGS_PROCESS + state, STORIES: story(0)})
    return serve(package, "-v", *PROCESS)


@contextmanager
def serving_ahead(
    serve: Callable[..., Server], package: Path
) -> Iterator[tuple[Server, Page, int]]:
    """A server whose story was saved once, a page of it, and the process that has imported the module `state` ahead."""
    server = begin(serve, package, "def text() -> str:\n    return 'there'\n")
    with listen(server) as page:
        save(package, server, page, "one", "there")
        yield server, page, int(server.wait_for(READY).group(1))


def test_each_build_starts_in_a_fresh_state(serve: Callable[..., Server], package: Path) -> None:
    """A build does not see what another has done to a module."""
    state = (
        "seen = []\n\n\ndef text() -> str:\n    seen.append(1)\n    return f'{len(seen)} seen'\n"
    )
    server = begin(serve, package, state)
    with listen(server) as page:
        for number in range(1, 6):
            save(package, server, page, number, "1 seen")


def test_what_is_imported_ahead_is_executed_once(
    serve: Callable[..., Server], package: Path
) -> None:
    with serving_ahead(serve, package) as (server, page, _):
        before = server.log.count("state is executed by")
        for number in range(1, 6):
            save(package, server, page, number, "there")
            server.wait_for(FORKED)
        assert server.log.count("state is executed by") == before


WAITS = "A process waits for the next build, forked from the one that has imported ahead"


def test_a_process_that_waits_takes_the_next_build(
    serve: Callable[..., Server], package: Path
) -> None:
    with serving_ahead(serve, package) as (server, page, _):
        for number in range(3):
            server.wait_for(WAITS)
            save(package, server, page, number, "there")
            server.wait_for(FORKED + ", in advance")


def test_the_end_of_a_process_that_waits_costs_nothing(
    serve: Callable[..., Server], package: Path
) -> None:
    with serving_ahead(serve, package) as (server, page, ahead):
        server.wait_for(WAITS)
        build = int(re.findall(r"The build runs in process (\d+)", server.log)[-1])
        wait_until(lambda: build not in (there := children_of(ahead)) and len(there) == 1)
        os.kill(children_of(ahead)[0], signal.SIGKILL)
        wait_until(lambda: not children_of(ahead))
        save(package, server, page, "two", "there")
        assert not server.wait_for(FORKED + "(, in advance)?").group(2)
    assert "STY402" not in server.log


def test_a_save_of_what_was_imported_ahead_is_seen(
    serve: Callable[..., Server], package: Path
) -> None:
    server = begin(serve, package, "def text() -> str:\n    return 'first'\n")
    with listen(server) as page:
        save(package, server, page, "one", "first")
        server.wait_for(READY)
        for number in range(4):
            write_files(
                package,
                {"state.py": LOGS_PROCESS + f"def text() -> str:\n    return 'edit {number}'\n"},
            )
            wait_for_page(server, page, shows(f"edit {number} in save one"))
        save(package, server, page, "two", "edit 3")


@pytest.mark.parametrize(
    ("state", "objection"),
    [
        pytest.param(
            "import threading, time\n"
            "threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()\n",
            "it starts threads",
            id="thread",
        ),
        pytest.param(
            "FILE = open(__file__)\n", "it keeps files or connections open", id="open-file"
        ),
        pytest.param(
            "import sqlite3, tempfile\n"
            "execute = sqlite3.connect(tempfile.mkdtemp() + '/x.db').execute\n"
            "execute('CREATE TABLE t (a)')\n",
            "it keeps files or connections open",
            id="sqlite",
        ),
        pytest.param(
            "import asyncio\nLOOP = asyncio.new_event_loop()\n",
            "it keeps files or connections open",
            id="event-loop",
        ),
    ],
)
def test_what_processes_must_not_share_is_not_imported_ahead(
    serve: Callable[..., Server], package: Path, state: str, objection: str
) -> None:
    server = begin(serve, package, state + "\n\ndef text() -> str:\n    return 'there'\n")
    with listen(server) as page:
        save(package, server, page, "one", "there")
        server.wait_for(f"Not importing 'shop.state' ahead: {objection}")
        for number in range(1, 4):
            save(package, server, page, number, "there")


def test_an_open_shared_library_does_not_prevent_importing_ahead(
    serve: Callable[..., Server], package: Path
) -> None:
    """NumPy has one of libffi open."""
    shared = "import _ctypes\nOBJECT = open(_ctypes.__file__, 'rb')\n"
    server = begin(serve, package, shared + "\n\ndef text() -> str:\n    return 'there'\n")
    with listen(server) as page:
        save(package, server, page, "one", "there")
        server.wait_for(READY)
    assert "Not importing" not in server.log


@pytest.mark.parametrize(
    ("ending", "says"),
    [
        ("os._exit(3)", "with exit code 3"),
        ("os.abort()", "by signal 6"),
        ("os.closerange(3, 1000)", "because its code closed the connection to the server"),
    ],
)
def test_a_process_that_ends_only_fails_its_own_build(
    serve: Callable[..., Server], package: Path, ending: str, says: str
) -> None:
    server = begin(serve, package, "def text() -> str:\n    return 'good'\n")
    builder = server.builder
    with listen(server) as page:
        save(package, server, page, "one", "good")
        write_files(package, {STORIES: f"import os\n{ending}\n" + story("bad")})
        server.wait_for(f"STY402: .*{says}")
        save(package, server, page, "two", "good")
    assert server.builder == builder


def test_builds_continue_after_the_process_that_forks_them_is_killed(
    serve: Callable[..., Server], package: Path
) -> None:
    with serving_ahead(serve, package) as (server, page, _):
        (base,) = children_of(server.builder)
        os.kill(base, signal.SIGKILL)
        for text in ("two", "six"):
            code = f"def text() -> str:\n    return {text!r}\n"
            write_files(package, {"state.py": LOGS_PROCESS + code})
            wait_for_page(server, page, shows(f"{text} in save one"))
    assert "STY" not in server.log


def test_a_build_whose_process_is_killed_is_built_again(
    serve: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    server = begin(serve, package, "def text() -> str:\n    return 'good'\n")
    with listen(server) as page:
        save(package, server, page, "one", "good")
        waits = f"import os\nif os.path.exists({str(gate)!r}):\n    open({str(gate)!r}).close()\n"
        server.wait_for("Build 2:")
        write_files(package, {STORIES: waits + story("two")})
        process = int(server.wait_for(r"The build runs in process (\d+)").group(1))
        gate.unlink()
        os.kill(process, signal.SIGKILL)
        wait_for_page(server, page, shows("good in save two"))
    assert "building again in a new one" in server.log


@pytest.mark.parametrize(
    "waits",
    [
        pytest.param("while True:\n        time.sleep(0.01)", id="is interrupted"),
        pytest.param(
            "while True:\n        try:\n            time.sleep(0.01)\n        except BaseException:\n            pass",
            id="catches everything",
        ),
        pytest.param("ctypes.PyDLL(None).sleep(3600)", id="does not let go of Python"),
        pytest.param("os.kill(os.getpid(), 19)\n    time.sleep(3600)", id="stops itself"),
    ],
)
def test_a_superseded_build_cleans_up_or_is_killed(
    serve: Callable[..., Server],
    package: Path,
    tmp_path: Path,
    waits: str,
    request: pytest.FixtureRequest,
) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    state = (
        "import atexit, ctypes, tempfile, time\nfrom pathlib import Path\n\n\n"
        f"def wait():\n    {waits}\n\n\n"
        "def text(waits: bool = False) -> str:\n"
        f"    with tempfile.TemporaryDirectory(dir={str(kept)!r}) as directory:\n"
        "        if waits:\n"
        f"            atexit.register(Path(tempfile.mkstemp(dir={str(kept)!r})[1]).unlink)\n"
        "            os.write(2, f'{os.getpid()} waits\\n'.encode())\n"
        "            wait()\n"
        "    return 'there'\n"
    )
    cleans_up = request.node.callspec.id == "is interrupted"
    server = begin(serve, package, state)
    with listen(server) as page:
        # On a busy machine, it may need longer than it gets, and is killed.
        for attempt in range(5 if cleans_up else 1):
            waiting = story(f"wait {attempt}").replace("text()", "text(waits=True)")
            write_files(package, {STORIES: waiting})
            process = os.pidfd_open(int(server.wait_for(r"(\d+) waits").group(1)))
            save(package, server, page, f"go on {attempt}", "there")
            assert select.select([process], [], [], TIMEOUT)[0] == [process]
            os.close(process)
            left = list(kept.iterdir())
            if not left:
                break
            shutil.rmtree(kept)
            kept.mkdir()
    assert not cleans_up or not left


def test_exit_functions_run_and_do_not_delay_the_next_build(
    serve: Callable[..., Server], package: Path
) -> None:
    state = (
        "import atexit, time\n"
        "atexit.register(lambda: time.sleep(3600))\n"
        "atexit.register(lambda: os.write(2, b'the exit function runs\\n'))\n"
        "\n\ndef text() -> str:\n    return 'there'\n"
    )
    server = begin(serve, package, state)
    with listen(server) as page:
        for number in range(1, 4):
            save(package, server, page, number, "there")
            server.wait_for("the exit function runs")
        server.wait_for("atexit functions took longer")
