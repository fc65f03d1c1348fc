"""Options of `storytime serve` with which saves must have the same effects."""

import pytest

MODES = [
    pytest.param(("--isolation", "subinterpreters"), id="subinterpreters"),
    pytest.param(("--isolation", "process"), id="process"),
    pytest.param(("--poll",), id="poll"),
]

BUILD_MODES = [
    pytest.param(("--isolation", "subinterpreters"), id="subinterpreters", marks=pytest.mark.long),
    pytest.param(("--isolation", "process"), id="process"),
    pytest.param((), id="direct"),
]
"""Where builds can run; () is without `--use-subinterpreters`. In subinterpreters, each build has another one prepared, which
takes most of the processor's time. What does not depend on where builds run is tried there with --long only."""
