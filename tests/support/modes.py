"""The ways to serve in which saves must be seen alike, as options."""

import pytest

MODES = [
    pytest.param(("--isolation", "subinterpreters"), id="subinterpreters"),
    pytest.param(("--isolation", "process"), id="process"),
    pytest.param(("--poll",), id="poll"),
]
