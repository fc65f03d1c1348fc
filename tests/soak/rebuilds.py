#!/usr/bin/env python3
"""Rebuild many times, with modules of the standard library that have had leaks, and show the resources of both processes.

usage: rebuilds.py [REBUILDS] [ISOLATION]     default: 10,000 and auto. Exits with 1 if a process keeps growing.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from support import Server, example, write_files
from support.memory import Sample, rebuild

PROGRAM = Path(os.environ.get("STORYTIME", Path(__file__).parent.parent.parent / "build/storytime"))
NOISE = 8 * 1024  # kilobytes, over all rebuilds after the first 100


def show(sample: Sample, seconds: float) -> None:
    """Print a line of the table."""
    server, builder = sample.server, sample.builder
    print(
        f"{sample.rebuilds:6} rebuilds {seconds:7.0f} s   server {server.kilobytes:6} kB {server.descriptors:3} fds "
        f"{server.threads:2} threads   builder {builder.kilobytes:6} kB {builder.descriptors:3} fds "
        f"{builder.threads:2} threads   process {sample.builder_process}",
        flush=True,
    )


def main() -> int:
    """Rebuild, and compare the memory at the beginning and at the end."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    isolation = sys.argv[2] if len(sys.argv) > 2 else "auto"
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="storytime-soak-") as directory:
        package = write_files(Path(directory) / "shop", example())
        server = Server(PROGRAM, Path(directory), package, "--isolation", isolation)
        try:
            samples = []
            for sample in rebuild(server, package, count, min(100, count)):
                samples.append(sample)
                if sample.rebuilds % 100 == 0:
                    show(sample, time.monotonic() - begin)
        finally:
            server.close()
            if server.process.returncode != 0:
                print(
                    f"it ended with {server.process.returncode}:\n" + "\n".join(server.lines[-20:])
                )
    first, last = samples[0], samples[-1]
    grown = [
        last.server.kilobytes - first.server.kilobytes,
        last.builder.kilobytes - first.builder.kilobytes,
    ]
    print(f"grown by {grown[0]} kB and {grown[1]} kB")
    return 1 if max(grown) > NOISE or server.process.returncode != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
