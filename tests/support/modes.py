"""Options of `storytime serve` with which saves must have the same effects."""

import pytest

SUBINTERPRETERS = ("--isolation", "subinterpreters")
PROCESS = ("--isolation", "process")
POLL = (*PROCESS, "--poll")

WATCH_MODES = [
    pytest.param(SUBINTERPRETERS, id="subinterpreters"),
    pytest.param(PROCESS, id="process"),
    pytest.param(POLL, id="poll"),
]
"""For tests of how changes are noticed."""

MODES = [*WATCH_MODES[:2], pytest.param(POLL, id="poll", marks=pytest.mark.long)]
"""For tests of what a change that was noticed affects. Whether polling has noticed it makes no difference then."""

BUILD_MODES = [
    pytest.param(SUBINTERPRETERS, id="subinterpreters", marks=pytest.mark.long),
    pytest.param(PROCESS, id="process"),
    pytest.param((), id="direct"),
]
"""Where builds can run; () is without `--use-subinterpreters`. In subinterpreters, each build has another one prepared, which
takes most of the processor's time. What does not depend on where builds run is tried there with --long only."""
