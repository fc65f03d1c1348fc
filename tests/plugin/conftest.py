"""Fixtures for the tests of the pytest plugin: an environment with Playwright, and runs of pytest."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.libraries import library_environment


@pytest.fixture(scope="session")
def playwright(program: Path) -> Path:
    """An environment with Playwright, pytest and pytest-xdist."""
    requirements = Path(__file__).parent / "requirements.txt"
    environment = library_environment(program.parent, "playwright", requirements)
    if environment is None:
        pytest.skip("no package index can be reached")
    return environment


@pytest.fixture(scope="session")
def run_pytest(program: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run pytest in a directory, with the plugin loaded as if it were installed."""

    def run(
        directory: Path,
        *arguments: object,
        python: Path | str = sys.executable,
        variables: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        ours = {"PYTHONPATH": str(program.parent / "python"), "COLUMNS": "200"}
        environment = {**os.environ, **ours, **(variables or {})}
        environment.pop("STORYTIME_TEST_RUN", None)
        return subprocess.run(
            [str(python), "-m", "pytest", "-p", "pytest_storytime", "-q", *map(str, arguments)],
            cwd=directory,
            check=False,
            capture_output=True,
            text=True,
            timeout=180,
            env=environment,
        )

    return run
