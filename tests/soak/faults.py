#!/usr/bin/env python3
"""Save faulty user code many times, and measure how long it takes until the next good save shows, and other requests meanwhile.

usage: faults.py [ROUNDS] [NAME]     default: 10 rounds of all faults

Exits with 1 if a bound of docs/reliability.md is missed. Each round saves each fault at each place, waits until its outcome is known
or, if the build does not end, has begun, and then saves good code.
"""

import http.client
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from support import PREVIEW, Server, example, listen, percentile, wait_for_page, write_files
from support.user_code import FAULTS, HEAVY, PLACES, RUINS, Fault

PROGRAM = Path(os.environ.get("STORYTIME", Path(__file__).parent.parent.parent / "build/storytime"))
SHOWN, ANSWERED = 2.0, 0.1
"""The bounds in seconds: until a good save shows, and for the answer to a request."""


class Asker:
    """Another process, which requests a page 100 times a second on one connection."""

    def __init__(self, server: Server) -> None:
        command = [sys.executable, __file__, "ask", server.url]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def finish(self) -> list[float]:
        """How long each answer took, in seconds."""
        delays, _ = self.process.communicate("", timeout=30)
        assert self.process.returncode == 0
        return [float(delay) for delay in delays.split()]


def ask(url: str) -> None:
    """The code of that process. It ends when its input ends."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set())).start()
    while not stop.wait(0.01):
        begin = time.monotonic()
        connection.request("GET", "/index.html")
        response = connection.getresponse()
        assert response.status == 200
        assert response.read().endswith(b"</html>\n")
        print(time.monotonic() - begin)


def wait_for_outcome(server: Server, page: Any, fault: Fault, text: str) -> None:
    """Wait until the outcome of a fault is known; if the build does not end, until it has begun."""
    if fault.outcome == "late":
        server.wait_for("Building ")
    elif fault.outcome == "shown":
        wait_for_page(server, page, text, timeout=60)
    elif fault.outcome == "ends":
        server.wait_for(re.escape(fault.says))
    else:
        server.wait_for(r"ERROR:|WARNING:|: \d+ stor", timeout=60)


def measure(server: Server, page: Any, package: Path, fault: Fault, number: int) -> list[float]:
    """The times until good code showed, after a fault at each place."""
    times = []
    for place in PLACES:
        text = f"{number} at {place}"
        write_files(package, fault.files(place, "Faulty " + text))
        wait_for_outcome(server, page, fault, "Faulty " + text)
        begin = time.monotonic()
        write_files(package, Fault("none", "shown", "pass").files("none", "Mended " + text))
        wait_for_page(server, page, "Mended " + text, timeout=60)
        times.append(time.monotonic() - begin)
        server.wait_for(r"Build \d+: \d+ stor")
    return times


def show(name: str, times: list[float], delays: list[float]) -> bool:
    """Print a line of the table. False: a bound was missed."""
    times, delays = sorted(times), sorted(delays)
    good = times[-1] <= SHOWN and delays[-1] <= ANSWERED
    cells = [
        f"{percentile(values, 50) * 1000:7.1f} {percentile(values, 99) * 1000:7.1f} {values[-1] * 1000:7.1f}"
        for values in (times, delays)
    ]
    print(f"{name:24} {cells[0]}  {cells[1]} {'' if good else ' missed'}", flush=True)
    return good


def run(fault: Fault, rounds: int) -> tuple[list[float], list[float], int]:
    """Measure a fault in a server of its own. Returns times, delays and the server's peak memory in kilobytes."""
    with tempfile.TemporaryDirectory(prefix="storytime-soak-") as directory:
        package = write_files(Path(directory) / "shop", example())
        server = Server(PROGRAM, Path(directory), package)
        asker = Asker(server)
        try:
            with listen(server, PREVIEW) as page:
                times = [t for n in range(rounds) for t in measure(server, page, package, fault, n)]
        finally:
            try:
                delays = asker.finish()
                status = Path(f"/proc/{server.process.pid}/status").read_text()
                most = re.search(r"VmHWM:\s+(\d+)", status)
            finally:
                server.close()
    assert most
    return times, delays, int(most.group(1))


def main() -> int:
    """Measure all faults."""
    if sys.argv[1:2] == ["ask"]:
        ask(sys.argv[2])
        return 0
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    name = sys.argv[2] if len(sys.argv) > 2 else ""
    all_times: list[float] = []
    all_delays: list[float] = []
    good, most = True, 0
    print(
        f"{'milliseconds until':24}    shown: median, 99 %, worst;  answered: median, 99 %, worst"
    )
    for fault in [fault for fault in FAULTS + RUINS + HEAVY if name in fault.name]:
        times, delays, kilobytes = run(fault, min(rounds, 2) if fault in HEAVY else rounds)
        good &= show(fault.name, times, delays)
        all_times += times
        all_delays += delays
        most = max(most, kilobytes)
    good &= show(f"all, {len(all_times)} saves", all_times, all_delays)
    print(f"{len(all_delays)} requests; the server held {most} kB at most")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
