"""Connect ten thousand clients, and measure how long that takes, their memory, and how long a message takes to reach all of them.

usage: python3 tests/soak/network.py [CLIENTS] [PROGRAM]    the server without a builder; at the end, some clients do not read
       python3 tests/soak/network.py --serve [CLIENTS] [PROGRAM]    `storytime serve`, with messages that follow a save

Exits with 1 if a bound of docs/reliability.md is missed.
"""

import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support import (
    BareServer,
    Crowd,
    Server,
    bare_server,
    example,
    percentile,
    story_module,
    write_files,
)
from support.memory import holdings

MESSAGE = (
    '{"type":"reload","build":1,"change":"pages","pages":["index.html"],"removed":[],"html":{}}'
)
PAGE = "components/button/first/index.html"
STORIES = "components/button/stories.py"


def bound(what: str, value: float, most: float, unit: str) -> bool:
    """Print a measured value. False: it is above the bound."""
    print(f"{what}: {value:.2f} {unit} (at most {most:g})")
    return value <= most


class Visitor(threading.Thread):
    """Requests a page again and again, and notes how long each answer takes."""

    def __init__(self, ask: Callable[[], int]) -> None:
        super().__init__(daemon=True)
        self.ask = ask
        self.good = True
        self.delays: list[float] = []
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.01):
            started = time.monotonic()
            self.good &= self.ask() == 200
            self.delays.append(time.monotonic() - started)

    def finish(self, most: float) -> bool:
        """Stop. False: pages took longer than `most` milliseconds, or had another status than 200."""
        self.done.set()
        self.join()
        self.delays.sort()
        median = percentile(self.delays, 50) * 1000
        print(f"a page meanwhile, median of {len(self.delays)}: {median:.1f} ms")
        slowest = percentile(self.delays, 99) * 1000
        return bound("a page meanwhile, 99 of 100 within", slowest, most, "ms") and self.good


def connected(crowd: Crowd, process: int, before: int, count: int) -> bool:
    """Check the time that the clients took to connect, and their memory."""
    good = bound(f"{count} clients connect", crowd.seconds_to_connect, 10, "s")
    return (
        bound("memory of each", (holdings(process).kilobytes - before) / count, 8, "KiB") and good
    )


def measure_bare(program: Path, directory: Path, count: int) -> bool:
    (directory / "index.html").write_text("<html><head></head><body>the page</body></html>")
    with bare_server(program, directory) as server:
        before = holdings(server.process.pid).kilobytes
        with Crowd(server.host, count) as crowd:
            good = connected(crowd, server.process.pid, before, count)
            visitor = Visitor(lambda: server.get("/")[0])
            visitor.start()
            delays = sorted(
                delay
                for number in range(20)
                for delay in crowd.broadcast(server, f"{MESSAGE[:-1]},{number}.")
            )
            good &= visitor.finish(500)
            print(f"broadcasts, median: {percentile(delays, 50) * 1000:.0f} ms")
            good &= bound("broadcasts, 99 of 100 within", percentile(delays, 99) * 1000, 500, "ms")
            good &= len(delays) == 20 * count
            good &= with_some_that_never_read(server, crowd, count)
    return good


def with_some_that_never_read(server: BareServer, crowd: Crowd, count: int) -> bool:
    crowd.silence(count // 10)
    text = "x" * 8_000
    delays = sorted(
        delay for number in range(10) for delay in crowd.broadcast(server, f"{text}{number}.")
    )
    good = bound("with a tenth that never reads", percentile(delays, 99) * 1000, 1500, "ms")
    print(f"lost: {crowd.lost}; memory of the server: {server.statistics('VmRSS')} KiB")
    return good and crowd.lost == 0


def measure_serve(program: Path, directory: Path, count: int) -> bool:
    """All clients show the page of the story that is saved, so the message contains that page and its preview."""
    package = write_files(directory / "shop", example())
    server = Server(program, directory, package)
    try:
        before = holdings(server.process.pid).kilobytes
        with Crowd(server.url.removeprefix("http://"), count, PAGE) as crowd:
            good = connected(crowd, server.process.pid, before, count)
            visitor = Visitor(lambda: server.request("index.html")[0])
            visitor.start()
            saves = [save_and_wait(crowd, package, f"Save {number}.") for number in range(20)]
            good &= visitor.finish(1000)  # each save is two messages
            firsts = sorted(delays[0] for delays in saves)
            print(f"from a save to the first page, median: {percentile(firsts, 50) * 1000:.0f} ms")
            since_save = sorted(delay for delays in saves for delay in delays)
            since_first = sorted(delay - delays[0] for delays in saves for delay in delays)
            good &= bound(
                "from the first page to 99 of 100", percentile(since_first, 99) * 1000, 500, "ms"
            )
            good &= bound("from a save to 99 of 100", percentile(since_save, 99) * 1000, 1000, "ms")
            good &= crowd.lost == 0 and len(since_save) == 20 * count
            print(f"lost: {crowd.lost}; the server: {holdings(server.process.pid)}")
        return good and server.interrupt() == 0
    finally:
        server.close()


def save_and_wait(crowd: Crowd, package: Path, text: str) -> list[float]:
    since = time.monotonic()
    (package / STORIES).write_text(story_module(text))
    return crowd.wait_for(text.encode(), since)


def main() -> int:
    arguments = [argument for argument in sys.argv[1:] if argument != "--serve"]
    serve = len(arguments) < len(sys.argv) - 1
    count = int(arguments[0]) if arguments else 10_000
    built = ROOT / ("build/storytime" if serve else "build/tests/serve/bare_server")
    program = Path(arguments[1]) if len(arguments) > 1 else built
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory() as directory:
        measure = measure_serve if serve else measure_bare
        good = measure(program, Path(directory), count)
    print("good" if good else "a bound was missed")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
