"""Compare `pytest --storytime-screenshots` with Storybook's test runner.

    tools/devroot run -- python3 bench/screenshots.py [--stories 300] [--workers 2] [--runs 3] [--chromium /usr/bin/chromium]

The catalog is from `storytime seed`. Storybook has the same stories: each shows the HTML of our static build, with the same style
sheet. Both open every story in the same Chromium, fail on errors in the console, run axe-core, take a screenshot of the whole page and
compare it with that of the first run. Storybook is set up as its documentation recommends: axe-playwright and jest-image-snapshot, over
a static build. Everything is installed from npm and PyPI, below the temporary directory and build/. Both run in turns. Prints medians of
processor time and wall time, from the start of the command to its end.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROGRAM = Path(os.environ.get("STORYTIME", ROOT / "build" / "storytime"))
PEERS = Path(tempfile.gettempdir()) / "storytime-bench-peers" / "storybook-test-runner"
PACKAGES = [
    "storybook@10",
    "@storybook/html-vite@10",
    "@storybook/test-runner@0.24",
    "vite@8",
    "jest-image-snapshot",
    "axe-playwright",
]

RUNNER = """
import { toMatchImageSnapshot } from "jest-image-snapshot";
import { checkA11y, injectAxe } from "axe-playwright";

export default {
  setup() {
    expect.extend({ toMatchImageSnapshot });
  },
  async preVisit(page) {
    await page.setViewportSize({ width: 1280, height: 800 });
    await injectAxe(page);
  },
  async postVisit(page, { id }) {
    const image = await page.screenshot({ fullPage: true });
    expect(image).toMatchImageSnapshot({ customSnapshotsDir: process.env.PICTURES, customSnapshotIdentifier: id });
    await checkA11y(page, undefined, { includedImpacts: ["serious", "critical"], verbose: false });
  },
};
"""

JEST = """
import { getJestConfig } from "@storybook/test-runner";

const config = getJestConfig();
const launchOptions = { executablePath: process.env.CHROMIUM, args: ["--disable-gpu", "--hide-scrollbars"] };
config.testEnvironmentOptions["jest-playwright"].launchOptions = launchOptions;
export default config;
"""


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a command, and return its output. If it fails, print the output and raise CalledProcessError."""
    done = subprocess.run(
        command,
        cwd=cwd,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={
            **os.environ,
            "CI": "1",
            "NO_COLOR": "1",
            "STORYBOOK_DISABLE_TELEMETRY": "1",
            **environment,
        },
    )
    if done.returncode != 0:
        print(done.stdout[-4000:], file=sys.stderr)
        done.check_returncode()
    return done.stdout


def write_storybook(out: Path) -> int:
    """Write the stories of a static build for Storybook, and build that. Returns how many there are."""
    for directory in ("stories", ".storybook"):
        (PEERS / directory).mkdir(exist_ok=True)
    for old in (PEERS / "stories").iterdir():
        old.unlink()
    subjects: dict[str, list[str]] = {}
    for preview in sorted(out.rglob("preview.html")):
        body = re.search(r"<body>(.*)</body>", preview.read_text(), re.DOTALL)
        assert body is not None
        shown = re.sub(r"(\.\./)+static/", "./static/", body[1])
        *above, story, _ = preview.relative_to(out).parts
        subjects.setdefault("/".join(above), []).append(
            f"name: {json.dumps(story)}, render: () => {json.dumps(shown)}"
        )
    for number, (title, stories) in enumerate(subjects.items()):
        text = f"export default {{ title: {json.dumps(title)} }};\n"
        for index, story in enumerate(stories):
            text += f"export const Story{index} = {{ {story} }};\n"
        (PEERS / f"stories/{number}.stories.js").write_text(text)
    main = {
        "framework": "@storybook/html-vite",
        "stories": ["../stories/*.stories.js"],
        "staticDirs": [{"from": str(out / "static"), "to": "/static"}],
        "core": {"disableTelemetry": True},
    }
    files = {
        ".storybook/main.js": f"export default {json.dumps(main)};\n",
        ".storybook/preview-head.html": '<link rel="stylesheet" href="./static/gallery.css" />\n',
        ".storybook/test-runner.js": RUNNER,
        "test-runner-jest.config.js": JEST,
    }
    for name, text in files.items():
        (PEERS / name).write_text(text)
    storybook = PEERS / "node_modules/storybook/dist/bin/dispatcher.js"
    run("node", storybook, "build", "--output-dir", "out", "--quiet", cwd=PEERS)
    return sum(map(len, subjects.values()))


def install_storybook() -> None:
    """Install Storybook and its test runner, unless an earlier run did so."""
    if not (PEERS / "node_modules/storybook").exists():
        PEERS.mkdir(parents=True, exist_ok=True)
        (PEERS / "package.json").write_text('{"private": true, "type": "module"}')
        run("npm", "install", "--no-audit", "--no-fund", *PACKAGES, cwd=PEERS,
            PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD="1")  # fmt: skip


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, without a log."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


class Server(ThreadingHTTPServer):
    """The same kind of server that our plugin uses."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore errors: a browser that was closed no longer reads responses."""


@dataclass
class Took:
    """How long a command took, in seconds, and what it printed last."""

    clock: float
    processor: float
    said: str


def timed(act: Callable[[], str]) -> Took:
    """Time a command and all processes that it starts."""
    before, begin = os.times(), time.perf_counter()
    said = act()
    took, after = time.perf_counter() - begin, os.times()
    processor = after.children_user + after.children_system
    return Took(took, processor - before.children_user - before.children_system, said)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--stories", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT / "tests"))
    from support.libraries import library_environment

    environment = library_environment(
        PROGRAM.parent, "playwright", ROOT / "tests/plugin/requirements.txt"
    )
    if environment is None:
        sys.exit("cannot install Playwright: no package index can be reached")
    install_storybook()
    with tempfile.TemporaryDirectory(prefix="storytime-bench-") as name:
        directory = Path(name)
        run(PROGRAM, "seed", str(options.stories), directory / "catalog", cwd=directory)
        run(
            PROGRAM,
            "build",
            directory / "catalog",
            directory / "out",
            "--no-with-assertions",
            cwd=directory,
        )
        stories = write_storybook(directory / "out")
        server = Server(("127.0.0.1", 0), partial(Quiet, directory=str(PEERS / "out")))
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def ours(*more: str) -> str:
            return run(
                environment / "bin/python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "pytest_storytime",
                "--storytime", "catalog", f"--storytime-chromium={options.chromium}", "-n", str(options.workers),
                "--storytime-screenshots=pictures", "-k", "browser", *more, cwd=directory,
                PYTHONPATH=str(PROGRAM.parent / "python"), STORYTIME=str(PROGRAM),
            ).splitlines()[-1]  # fmt: skip

        def theirs() -> str:
            said = run(
                "node", PEERS / "node_modules/@storybook/test-runner/dist/test-storybook.js",
                "--url", f"http://127.0.0.1:{server.server_port}", "--maxWorkers", str(options.workers),
                "--failOnConsole", cwd=PEERS, CI="",
                CHROMIUM=options.chromium, PICTURES=str(directory / "pictures-of-storybook"),
            )  # fmt: skip
            return next(line for line in said.splitlines() if line.startswith("Tests:"))

        ours("--storytime-update")
        theirs()
        taken: dict[str, list[Took]] = {
            "pytest --storytime-screenshots": [],
            "Storybook's test runner": [],
        }
        for _ in range(options.runs):
            for what, act in zip(taken, (ours, theirs), strict=True):
                taken[what].append(timed(act))
        server.shutdown()
    print(
        f"{stories} stories, {options.workers} workers, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
        f"median of {options.runs} runs"
    )
    print("                                   processor     clock   a second")
    for what, times in taken.items():
        clock = statistics.median(one.clock for one in times)
        processor = statistics.median(one.processor for one in times)
        print(
            f"  {what:<31} {processor:9.1f} s {clock:7.1f} s {stories / clock:10.1f}   {times[-1].said}"
        )


if __name__ == "__main__":
    main()
