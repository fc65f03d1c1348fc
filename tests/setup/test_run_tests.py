"""tools/run-tests: what it prints, and that an interrupted run leaves nothing behind."""

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
# Stands in for any test: starts a process in a session of its own, and waits for it.
setsid sleep 1000 & echo "$!" >started
wait
"""

QUICK = """#!/usr/bin/env bash
# Stands in for the tests: those of pytest fail.
case " $* " in *" pytest "*) exit 1 ;; esac
"""

LOUD = """#!/usr/bin/env bash
# Stands in for the tests: those in a browser fail, and print something.
[ "$3" = node ] || exit 0
echo "to its output"
echo "to its errors" >&2
exit 1
"""


def repository(directory: Path, devroot: str) -> Path:
    """A repository with the runner, and with another script in place of tools/devroot."""
    tools = directory / "tools"
    tools.mkdir()
    shutil.copy(ROOT / "tools/run-tests", tools)
    (tools / "devroot").write_text(devroot)
    (tools / "devroot").chmod(0o755)
    return tools / "run-tests"


LANES = 3
"""How many lanes run side by side."""

BOUND = 10.0
"""How long an interrupted run may go on, in seconds: it should be two, and a busy machine takes longer."""


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
            assert select.select([handle], [], [], 60)[0], "a process that it started still runs"
            os.close(handle)
        assert time.monotonic() - begin < BOUND


def test_the_run_fails_if_one_stage_fails(tmp_path: Path) -> None:
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


def test_the_output_of_a_quiet_stage_is_shown_at_its_end(tmp_path: Path) -> None:
    runner = repository(tmp_path, LOUD)
    result = subprocess.run([runner], check=False, capture_output=True, text=True, timeout=60)
    assert result.returncode == 1
    said = re.findall(r"== 2 of 3: pages in a browser, after \d+ s:\n(.*)\n(.*)\n", result.stdout)
    assert said == [("to its output", "to its errors")]
    assert result.stdout.splitlines()[-1] == "== failed: pages in a browser"
