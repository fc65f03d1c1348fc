"""Options of `storytime serve` with which saves must have the same effects."""

import pytest

MODES = [
    pytest.param(("--isolation", "subinterpreters"), id="subinterpreters"),
    pytest.param(("--isolation", "process"), id="process"),
    pytest.param(("--poll",), id="poll"),
]
