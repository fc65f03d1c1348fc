"""Ten thousand pages: how long they take to connect, what they cost, how long a broadcast takes, and what happens when some
do not read. usage: python3 tests/soak/network.py [CLIENTS] [PROGRAM]; fails where a bound of docs/reliability.md is missed."""

import resource
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support import BareServer, Crowd, bare_server, percentile

MESSAGE = (
    '{"type":"reload","build":1,"change":"pages","pages":["index.html"],"removed":[],"html":{}}'
)


def bound(what: str, value: float, most: float, unit: str) -> bool:
    """Say what was measured; false where it is too much."""
    print(f"{what}: {value:.2f} {unit} (at most {most:g})")
    return value <= most


class Visitor(threading.Thread):
    """Somebody who asks for a page, over and over, and notes how long each answer takes."""

    def __init__(self, server: BareServer) -> None:
        super().__init__()
        self.server = server
        self.delays: list[float] = []
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.01):
            started = time.monotonic()
            assert self.server.get("/")[0] == 200
            self.delays.append(time.monotonic() - started)

    def finish(self) -> list[float]:
        self.done.set()
        self.join()
        return sorted(self.delays)


def measure(server: BareServer, count: int) -> bool:
    before = server.statistics("VmRSS")
    good = True
    with Crowd(server, count) as crowd:
        good &= bound(f"{count} clients connect", crowd.seconds_to_connect, 10, "s")
        good &= bound("memory of each", (server.statistics("VmRSS") - before) / count, 8, "KiB")
        visitor = Visitor(server)
        visitor.start()
        delays = sorted(
            delay for number in range(20) for delay in crowd.broadcast(f"{MESSAGE[:-1]},{number}.")
        )
        answers = visitor.finish()
        print(f"broadcasts, median: {percentile(delays, 50) * 1000:.0f} ms")
        good &= bound("broadcasts, 99 of 100 within", percentile(delays, 99) * 1000, 500, "ms")
        print(
            f"a page meanwhile, median of {len(answers)}: {percentile(answers, 50) * 1000:.1f} ms"
        )
        good &= bound(
            "a page meanwhile, 99 of 100 within", percentile(answers, 99) * 1000, 500, "ms"
        )
        good &= len(delays) == 20 * count
        crowd.silence(count // 10)
        text = "x" * 8_000
        delays = sorted(
            delay for number in range(10) for delay in crowd.broadcast(f"{text}{number}.")
        )
        good &= bound("with a tenth that never reads", percentile(delays, 99) * 1000, 1500, "ms")
        good &= crowd.lost == 0
        print(f"lost: {crowd.lost}; memory of the server: {server.statistics('VmRSS')} KiB")
    return good


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    program = Path(sys.argv[2] if len(sys.argv) > 2 else ROOT / "build/tests/serve/bare_server")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / "index.html").write_text(
            "<html><head></head><body>the page</body></html>"
        )
        with bare_server(program, Path(directory)) as server:
            good = measure(server, count)
    print("good" if good else "a bound is missed")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
