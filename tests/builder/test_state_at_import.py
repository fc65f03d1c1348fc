"""Threads, pools, connections and loops that modules create when they are imported: each build has its own, and none is left behind."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from support import PREVIEW, Server, listen, wait_for_page, write_files
from support.processes import wait_until

BOTH = ["subinterpreters", "process"]
SUBJECT = """
{start}
from storytime import Story, Subject

def show() -> str:
    return f"<p>{number} {{{value}}}</p>"

def this_subject() -> Subject:
    {provide}
    return Subject(title="Button", target=show, items=[Story(title="First")])
"""
POOL = """
import concurrent.futures, multiprocessing
from concurrent.futures import ProcessPoolExecutor

def three():
    with ProcessPoolExecutor(1, multiprocessing.get_context("{way}")) as pool:
        return pool.submit(max, 1, 3).result(60)
"""
THREAD = """
import queue, threading
WANTED, DONE = queue.Queue(), queue.Queue()

def work():
    while (number := WANTED.get()) is not None:
        DONE.put(number + 1)

WORKER = threading.Thread(target=work)
WORKER.start()
threading._register_atexit(WANTED.put, None)

def ask():
    WANTED.put(2)
    return DONE.get(timeout=60)
"""
EXECUTOR = """
from concurrent.futures import ThreadPoolExecutor
POOL = ThreadPoolExecutor(2)
STARTED = POOL.submit(max, 1, 3).result(60)
"""
SQLITE = """
import sqlite3
from pathlib import Path
CONNECTION = sqlite3.connect(Path(__file__).parent / "kept.db", check_same_thread=False)
CONNECTION.execute("CREATE TABLE IF NOT EXISTS words (n)")
CONNECTION.execute("INSERT INTO words SELECT 3 WHERE NOT EXISTS (SELECT * FROM words)")
CONNECTION.commit()
"""
LOOP = """
import asyncio
LOOP = asyncio.new_event_loop()

async def three():
    await asyncio.sleep(0)
    return 3
"""
AT_EXIT = """
import atexit, sys
print("the module begins", file=sys.stderr)
atexit.register(print, "the exit function runs", file=sys.stderr)
"""
KEPT = {
    "thread": (THREAD, "ask()", "pass"),
    "thread pool": (EXECUTOR, "POOL.submit(max, STARTED, 2).result(60)", "pass"),
    "sqlite": (
        SQLITE,
        "CONNECTION.execute('SELECT n FROM words').fetchone()[0]",
        "CONNECTION.execute('SELECT n FROM words').fetchall()",
    ),
    "event loop": (LOOP, "LOOP.run_until_complete(three())", "LOOP.run_until_complete(three())"),
    "exit function": (AT_EXIT, "3", "pass"),
}
STORIES = "components/button/stories.py"


def subject(start: str, value: str, provide: str, number: int) -> str:
    """A subject whose module creates something that its component uses."""
    return SUBJECT.format(start=start, value=value, provide=provide, number=number)


def save_and_see(
    server: Server,
    package: Path,
    kept: tuple[str, str, str],
    has_cleaned_up: Callable[[], bool] = lambda: True,
) -> None:
    """Save several times. Each build shows its result, and then cleans up."""
    with listen(server, PREVIEW) as page:
        for number in range(2, 5):
            write_files(package, {STORIES: subject(*kept, number)})
            wait_for_page(server, page, f"<p>{number} 3</p>", PREVIEW)
    wait_until(has_cleaned_up)
    assert "WARNING" not in server.log
    assert "ERROR" not in server.log
    assert server.interrupt() == 0


@pytest.mark.parametrize("isolation", BOTH)
@pytest.mark.parametrize("name", KEPT)
def test_module_state_lasts_for_one_build(
    serve: Callable[..., Server], package: Path, name: str, isolation: str
) -> None:
    write_files(package, {STORIES: subject(*KEPT[name], 1)})
    server = serve(package, "--isolation", isolation)
    assert "<p>1 3</p>" in server.get(PREVIEW)
    wanted = 4 if name == "exit function" else 0
    exits = "the exit function runs"
    save_and_see(server, package, KEPT[name], lambda: server.log.count(exits) >= wanted)
    if name == "exit function":
        assert server.log.count(exits) == server.log.count("the module begins") >= 4


WAYS = ["fork", "forkserver", "spawn"]
PLACES = ["import", "provider", "component"]


@pytest.mark.parametrize(
    ("way", "place"),
    [
        pytest.param(way, place, marks=[] if WAYS.index(way) == PLACES.index(place) else pytest.mark.long)
        for way in WAYS
        for place in PLACES
    ],
)  # fmt: skip
def test_processes_may_be_started(
    serve: Callable[..., Server], package: Path, way: str, place: str
) -> None:
    start = POOL.format(way=way) + ("N = three()\n" if place == "import" else "")
    provide = "global N; N = three()" if place == "provider" else "pass"
    kept = (start, "three()" if place == "component" else "N", provide)
    write_files(package, {STORIES: subject(*kept, 1)})
    with tempfile.TemporaryDirectory() as short:  # names of sockets must be short
        server = serve(package, "--isolation", "process", env={"TMPDIR": short})
        assert "<p>1 3</p>" in server.get(PREVIEW)
        save_and_see(server, package, kept, lambda: not any(Path(short).glob("pymp-*")))
        assert not list(Path(short).iterdir())
