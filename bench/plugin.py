"""Compare `pytest --storytime` with the same tests written as plain test functions.

    tools/devroot run -- python3 bench/plugin.py [--sizes 300,3000] [--runs 5] [--chromium PATH]

The catalog is from `storytime seed`. There is one function for each test of the plugin, which renders the story with the same engine
and calls the same assertion, and one test file for each stories.py. Both run in turns, each time in a new process. Prints medians of
processor time and wall time. --chromium also opens the stories in a browser, once; that needs Playwright for Python.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROGRAM = Path(os.environ.get("STORYTIME", ROOT / "build" / "storytime"))

TESTS = """
import storytime
from tdom import html
from catalog.{module} import {provider}

subject = {provider}()


def rendered(number):
    story = subject.items[number]
    target = story.target or subject.target
    shown = story.template() if story.template else target(**story.props)
    return storytime.RenderedStory(html(shown() if callable(shown) else shown))


"""


@dataclass
class Run:
    """One run of pytest."""

    seconds: float
    processor: float  # seconds, of both user and system
    said: str


def pytest(directory: Path, *arguments: str) -> Run:
    """Run pytest in a directory with a package `catalog`."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(PROGRAM.parent / "python"), str(directory)])
        + os.pathsep
        + os.environ.get("PYTHONPATH", ""),
    }
    before, begin = os.times(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=directory,
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )
    took, after = time.perf_counter() - begin, os.times()
    processor = after.children_user + after.children_system
    processor -= before.children_user + before.children_system
    return Run(took, processor, done.stdout.splitlines()[-1] if done.stdout else done.stderr)


def write_tests(directory: Path) -> None:
    """Write a test function for each story and each assertion of the catalog."""
    sys.path[:0] = [str(PROGRAM.parent / "python"), str(directory)]
    from storytime._collected import Stories

    for number, file in enumerate(Stories("catalog", directory).files):
        if not file.stories:
            continue
        module = ".".join(file.path.relative_to(directory / "catalog").with_suffix("").parts)
        text = TESTS.format(module=module, provider="this_subject")
        for index, story in enumerate(file.stories):
            text += f"def test_{index}():\n    rendered({index})\n\n\n"
            for assertion in range(len(story.assertions)):
                text += (
                    f"def test_{index}_{assertion}():\n"
                    f"    subject.items[{index}].assertions[{assertion}](rendered({index}))\n\n\n"
                )
        path = directory / f"tests/test_{number}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def show(what: str, runs: list[Run]) -> None:
    """Print a line of the table."""
    processor = statistics.median(run.processor for run in runs)
    seconds = statistics.median(run.seconds for run in runs)
    print(f"  {what:<24} {processor:7.2f} s {seconds:7.2f} s   {runs[-1].said}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="300,3000")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--chromium")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, median of {options.runs} runs")
    print("                           processor     clock")
    for stories in map(int, options.sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="storytime-bench-") as name:
            directory = Path(name)
            seed = [PROGRAM, "seed", str(stories), directory / "catalog"]
            subprocess.run(seed, check=True, stderr=subprocess.DEVNULL)
            child = os.fork()  # the catalogs of all sizes have the same name, so each is imported in a process of its own
            if child == 0:
                write_tests(directory)
                os._exit(0)
            os.waitpid(child, 0)
            plugin, functions = [], []
            for _ in range(options.runs):
                plugin.append(
                    pytest(directory, "--storytime", "catalog", "-p", "pytest_storytime", "catalog")
                )
                functions.append(pytest(directory, "tests"))
            print(f"{stories} stories")
            show("pytest --storytime", plugin)
            show("plain functions", functions)
            if options.chromium is not None:
                browser = f"--storytime-chromium={options.chromium}"
                words = ["--storytime", "catalog", "-p", "pytest_storytime", "catalog", browser]
                show(
                    "in a browser",
                    [pytest(directory, *words, "--storytime-browser", "-k", "browser")],
                )


if __name__ == "__main__":
    main()
