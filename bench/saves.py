"""From a save to the message of the reload, and the memory of both processes over many rebuilds.

    tools/devroot run -- python3 bench/saves.py [--stories 300] [--saves 30] [--rebuilds 1000]

Prints milliseconds from the start of the write to the message that names the page of the subject that was edited (which a
page is connected for), and resident memory in MiB. Uses build/storytime, or $STORYTIME.
"""

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support import Server, listen, run
from support.processes import Page


def resident(process: int) -> float:
    """Resident memory of a process in MiB."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"process {process} has no VmRSS")


def memory(server: Server) -> str:
    """What both processes hold."""
    return (
        f"server {resident(server.process.pid):.1f} MiB, builder {resident(server.builder):.1f} MiB"
    )


def save(path: Path, text: str, page: Page, shown: str) -> float:
    """Save, and wait until a message names a page. Milliseconds between the two."""
    begin = time.perf_counter()
    path.write_text(text)
    while shown not in page.reload()["pages"]:
        pass
    return (time.perf_counter() - begin) * 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--stories", default="300")
    parser.add_argument("--saves", type=int, default=30)
    parser.add_argument("--rebuilds", type=int, default=0)
    options = parser.parse_args()
    program = Path(os.environ.get("STORYTIME", ROOT / "build" / "storytime"))
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        package = directory / "catalog"
        run(program, "seed", options.stories, package).check_returncode()
        server = Server(program, directory, package)
        try:
            server.wait_warm(2)
            print(f"{options.stories} stories; at the start: {memory(server)}")
            stories = max(package.glob("*/*/stories.py"))
            shown = f"{stories.parent.relative_to(package)}/index.html"
            text = stories.read_text()
            title = re.search(r'Subject\(\s*title="[^"]*', text)
            assert title, f"{stories} has no title to edit"
            with listen(server, shown) as page:
                times: list[float] = []
                for number in range(max(options.saves, options.rebuilds)):
                    edited = text.replace(title[0], f"{title[0]} {number}")
                    times.append(save(stories, edited, page, shown))
                    if number + 1 == options.saves:
                        print(
                            f"save to message, {options.saves} saves: median "
                            f"{statistics.median(times):.1f} ms, worst {max(times):.1f} ms"
                        )
                print(f"after {len(times)} rebuilds: {memory(server)}")
        finally:
            server.close()


if __name__ == "__main__":
    main()
