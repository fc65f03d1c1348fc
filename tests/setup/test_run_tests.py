"""tools/run-tests: what it says, and what is left of an interrupted run."""

import os
import re
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ESCAPING = """#!/usr/bin/env bash
# Stands for any test: starts a process in a session of its own, and waits for long.
setsid sleep 1000 & echo "$!" >started
wait
"""

QUICK = """#!/usr/bin/env bash
# Stands for the tests: those of pytest fail.
case " $* " in *" pytest "*) exit 1 ;; esac
"""

LOUD = """#!/usr/bin/env bash
# Stands for the tests: those in a browser fail, and say so.
[ "$3" = node ] || exit 0
echo "to its output"
echo "to its errors" >&2
exit 1
"""


def repository(directory: Path, devroot: str) -> Path:
    """A repository with the runner, and with something else in place of all that it runs."""
    tools = directory / "tools"
    tools.mkdir()
    shutil.copy(ROOT / "tools/run-tests", tools)
    (tools / "devroot").write_text(devroot)
    (tools / "devroot").chmod(0o755)
    return tools / "run-tests"


LANES = 2
"""How many parts run side by side."""

BOUND = 5.0
"""How long an interrupted run may go on, in seconds: two are meant, and a busy machine is forgiven three."""


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_ends_all_that_it_started(tmp_path: Path, by: signal.Signals) -> None:
    runner = repository(tmp_path, ESCAPING)
    os.mkfifo(tmp_path / "started")
    with subprocess.Popen([runner], stdout=subprocess.DEVNULL) as process:
        handles = []
        while len(handles) < LANES:
            started = (tmp_path / "started").read_text().split()
            handles += [os.pidfd_open(int(escaped)) for escaped in started]
        process.send_signal(by)
        begin = time.monotonic()
        assert process.wait(60) == 130
        for handle in handles:
            assert select.select([handle], [], [], 60)[0], "what it started runs on"
            os.close(handle)
        assert time.monotonic() - begin < BOUND


def test_a_failure_of_one_part_is_that_of_the_run(tmp_path: Path) -> None:
    runner = repository(tmp_path, QUICK)
    result = subprocess.run([runner], check=False, capture_output=True, text=True, timeout=60)
    assert result.returncode == 1
    lines = result.stdout.splitlines()
    assert {line[:11] for line in lines if " of 3" in line} == {
        "== 1 of 3: ",
        "== 2 of 3: ",
        "== 3 of 3: ",
    }
    assert lines[-1] == "== failed: commands and reload"


def test_what_runs_beside_the_commands_is_shown_when_it_has_ended(tmp_path: Path) -> None:
    runner = repository(tmp_path, LOUD)
    result = subprocess.run([runner], check=False, capture_output=True, text=True, timeout=60)
    assert result.returncode == 1
    said = re.findall(r"== 2 of 3: pages in a browser, after \d+ s:\n(.*)\n(.*)\n", result.stdout)
    assert said == [("to its output", "to its errors")]
    assert result.stdout.splitlines()[-1] == "== failed: pages in a browser"
