"""tools/run-tests: what it says, and what is left of an interrupted run."""

import os
import select
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ESCAPING = """#!/usr/bin/env bash
# Stands for any test: starts a process in a session of its own, and waits for long.
setsid sleep 1000 & echo "started $!"
wait
"""

QUICK = """#!/usr/bin/env bash
# Stands for the tests: those of pytest fail.
[ "$3" != python3 ]
"""


def repository(directory: Path, devroot: str) -> Path:
    """A repository with the runner, and with something else in place of all that it runs."""
    tools = directory / "tools"
    tools.mkdir()
    shutil.copy(ROOT / "tools/run-tests", tools)
    (tools / "devroot").write_text(devroot)
    (tools / "devroot").chmod(0o755)
    return tools / "run-tests"


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_ends_all_that_it_started(tmp_path: Path, by: signal.Signals) -> None:
    runner = repository(tmp_path, ESCAPING)
    with subprocess.Popen([runner], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "1 of 3" in process.stdout.readline()
        escaped = int(process.stdout.readline().split()[1])
        handle = os.pidfd_open(escaped)
        process.send_signal(by)
        assert process.wait(60) == 130
        assert select.select([handle], [], [], 60)[0], "what it started runs on"
        os.close(handle)


def test_a_failure_of_one_part_is_that_of_the_run(tmp_path: Path) -> None:
    runner = repository(tmp_path, QUICK)
    result = subprocess.run([runner], check=False, capture_output=True, text=True, timeout=60)
    assert result.returncode == 1
    assert [line[:9] for line in result.stdout.splitlines()] == [
        "== 1 of 3",
        "== 2 of 3",
        "== 3 of 3",
    ]
