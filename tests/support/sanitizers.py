"""Marks for tests that do not work with a program that was built with AddressSanitizer (tools/sanitize)."""

import os

import pytest

SANITIZED = "ASAN_OPTIONS" in os.environ

own_memory = pytest.mark.skipif(
    SANITIZED, reason="AddressSanitizer has memory of its own, and can't run under a limit"
)
"""For tests that measure or limit the program's memory."""
