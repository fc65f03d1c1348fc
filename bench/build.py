"""Time cold builds: whole processes that build into a directory that does not exist yet.

    tools/devroot run -- python3 bench/build.py [--sizes 30,300,3000] [--runs 10] [--peers]

Prints the median time with and without .pyc files of the sources, the largest resident memory of a process, and the size of the
output. Uses build/storytime, or $STORYTIME. --peers also measures storytime's predecessor, with .pyc files, up to 300 stories; it is
written in Python, and installed from PyPI below the temporary directory.
"""

import argparse
import compileall
import os
import shutil
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import predecessor

ROOT = Path(__file__).parent.parent
PROGRAM = Path(os.environ.get("STORYTIME", ROOT / "build" / "storytime"))
MOST_FOR_PEERS = 300


@dataclass
class Run:
    """One build."""

    milliseconds: float
    mebibytes: float


def start(*arguments: object, program: Path = PROGRAM) -> Run:
    """Run a program, and wait until it ends."""
    begin = time.perf_counter()
    null = os.open(os.devnull, os.O_WRONLY)
    process = os.posix_spawn(
        program,
        [str(program), *map(str, arguments)],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)],
    )
    os.close(null)
    _, status, usage = os.wait4(process, 0)
    took = (time.perf_counter() - begin) * 1000
    if status != 0:
        raise SystemExit(
            f"{program.name} {' '.join(map(str, arguments))} failed with status {status}"
        )
    return Run(took, usage.ru_maxrss / 1024)


def forget_code(package: Path) -> None:
    """Remove all .pyc files."""
    for directory in [*package.rglob("__pycache__")]:
        shutil.rmtree(directory)


def compile_long_ago(package: Path) -> None:
    """Make .pyc files that are a minute newer than the sources, as when nobody has edited them lately: storytime trusts those."""
    compileall.compile_dir(package, quiet=1)
    later = time.time() + 60
    for path in package.rglob("*.pyc"):
        os.utime(path, (later, later))


def build(package: Path, outs: Path, runs: int, *, compiled: bool) -> list[Run]:
    """Build `runs` times, each time into another directory.

    Nothing is removed before the end, not even between catalogs: ext4 without a journal avoids inodes that were freed in the
    last minutes, and searches long for others.
    """
    found: list[Run] = []
    if compiled:
        compile_long_ago(package)
    for run in range(runs):
        if not compiled:
            forget_code(package)
        found.append(start("build", package, outs / f"{compiled}-{run}"))
    return found


def build_with_predecessor(directory: Path, stories: int, runs: int) -> tuple[list[Run], Path]:
    """The same for a catalog in the predecessor's API. Also returns an output directory."""
    program = predecessor.install()
    predecessor.write_catalog(directory, stories)
    compile_long_ago(directory)
    os.environ["PYTHONPATH"] = str(directory)
    outs = [directory / f"out-{run}" for run in range(runs)]
    found = [start("build", "predecessor", out, program=program) for out in outs]
    del os.environ["PYTHONPATH"]
    return found, outs[0]


def size_of(out: Path) -> int:
    """The size of all files, in bytes."""
    return sum(path.stat().st_size for path in out.rglob("*") if path.is_file())


def milliseconds(runs: list[Run]) -> float:
    """The median time."""
    return statistics.median(run.milliseconds for run in runs)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="30,300,3000")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--peers", action="store_true")
    options = parser.parse_args()
    medians: dict[int, float] = {}
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, median of {options.runs} runs")
    print("stories   with .pyc    without   memory MiB     output MB")
    with tempfile.TemporaryDirectory(prefix="storytime-bench-") as name:
        for stories in map(int, options.sizes.split(",")):
            package, outs = Path(name) / str(stories) / "catalog", Path(name) / str(stories) / "out"
            start("seed", stories, package)
            without = build(package, outs, options.runs, compiled=False)
            compiled = build(package, outs, options.runs, compiled=True)
            medians[stories] = milliseconds(compiled)
            most = max(run.mebibytes for run in compiled + without)
            print(
                f"{stories:7}  {medians[stories]:7.1f} ms {milliseconds(without):7.1f} ms  {most:9.1f}"
                f"  {size_of(outs / 'True-0') / 1e6:12.2f}"
            )
            if options.peers and stories <= MOST_FOR_PEERS:
                directory = Path(name) / str(stories) / "predecessor"
                peer, out = build_with_predecessor(directory, stories, options.runs)
                print(
                    f"    predecessor: {milliseconds(peer):.1f} ms, {milliseconds(peer) / medians[stories]:.1f} times as long;"
                    f" {max(run.mebibytes for run in peer):.1f} MiB; {size_of(out) / 1e6:.2f} MB"
                )
    if 300 in medians and 3000 in medians:
        print(f"3,000 stories take {medians[3000] / medians[300]:.1f} times as long as 300")


if __name__ == "__main__":
    main()
