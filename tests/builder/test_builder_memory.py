"""Rebuilds do not leak, in either process. tests/soak/rebuilds.py tests it for longer."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Server, own_memory
from support.memory import rebuild

REBUILDS = int(os.environ.get("STORYTIME_MEMORY_REBUILDS", "300"))
NOISE = 6 * 1024
"""Variations by allocators and threads, in kilobytes."""


@pytest.mark.long
@own_memory
@pytest.mark.parametrize("isolation", ["subinterpreters", "process"])
def test_rebuilds_do_not_leak(serve: Callable[..., Server], package: Path, isolation: str) -> None:
    server = serve(package, "--isolation", isolation)
    count = REBUILDS if isolation == "subinterpreters" else REBUILDS // 6
    samples = list(rebuild(server, package, count, count // 3))
    first, last = samples[0], samples[-1]
    assert last.server.descriptors <= first.server.descriptors + 2  # a request may be under way
    assert last.server.threads == first.server.threads
    assert last.server.kilobytes - first.server.kilobytes < NOISE
    assert last.builder.descriptors == first.builder.descriptors
    assert last.builder.threads == first.builder.threads
    assert last.builder.kilobytes - first.builder.kilobytes < NOISE
    # On a busy machine there may be a warning of an interpreter that ends late.
    assert "ERROR" not in server.log
