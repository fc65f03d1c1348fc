"""Runs pytest whenever it is asked to, in a fork of itself: importing pytest takes most of the time of a short run.

It reads a line of JSON for each run, and answers with the exit code. A run begins as one of `python -m pytest` does, but pytest and
the plugins that are part of it have been imported. Neither storytime nor other plugins have been.
"""

import gc
import importlib
import json
import os
import sys
from typing import Any

import pytest
from _pytest.config import default_plugins, essential_plugins

for name in (*essential_plugins, *default_plugins):
    importlib.import_module(f"_pytest.{name}")
for name in ("asyncio", "pdb", "pygments.lexers.python", "xml.etree.ElementTree"):
    importlib.import_module(name)


def begin(run: dict[str, Any]) -> list[str]:
    """Become the process of a run. Returns its arguments."""
    for number, file in ((0, os.devnull), (1, run["out"]), (2, run["error"])):
        opened = os.open(file, os.O_RDWR)
        os.dup2(opened, number)
        os.close(opened)
    os.chdir(run["directory"])
    os.environ.clear()
    os.environ.update(run["environment"])
    sys.path[0] = run["directory"]
    sys.argv = ["pytest", *run["arguments"]]
    return sys.argv[1:]


gc.freeze()
while line := sys.stdin.readline():
    if (child := os.fork()) == 0:
        sys.exit(pytest.main(begin(json.loads(line))))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
