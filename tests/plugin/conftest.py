"""Fixtures for the tests of the pytest plugin: an environment with Playwright, and runs of pytest."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
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


class Forks:
    """A process that runs pytest in forks of itself, with the plugin loaded as if it were installed."""

    def __init__(self, python: str, modules: Path, directory: Path) -> None:
        self.modules = str(modules)
        self.out, self.error = directory / "out", directory / "error"
        self.process = subprocess.Popen(
            [python, Path(__file__).with_name("pytest_in_forks.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env=self.environment({}),
        )

    def environment(self, variables: dict[str, str]) -> dict[str, str]:
        ours = {"PYTHONPATH": self.modules, "COLUMNS": "200"}
        return {**os.environ, **ours, **variables}

    def run(
        self, directory: Path, arguments: list[str], variables: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run pytest, and wait until it ends."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        environment = self.environment(variables)
        wanted = {"directory": str(directory), "arguments": arguments, "environment": environment}
        for file in (self.out, self.error):
            file.write_text("")
        files = {"out": str(self.out), "error": str(self.error)}
        self.process.stdin.write(json.dumps(wanted | files) + "\n")
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], 180)[0]:
            os.killpg(self.process.pid, signal.SIGKILL)
            pytest.fail(f"pytest did not end:\n{self.out.read_text()}{self.error.read_text()}")
        code = int(self.process.stdout.readline())
        return subprocess.CompletedProcess(
            arguments, code, self.out.read_text(), self.error.read_text()
        )

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


@pytest.fixture(scope="session")
def run_pytest(
    program: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Run pytest in a directory, with the plugin loaded as if it were installed."""
    all_forks: dict[str, Forks] = {}

    def run(
        directory: Path,
        *arguments: object,
        python: Path | str = sys.executable,
        variables: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        forks = all_forks.get(str(python))
        if forks is None or forks.process.poll() is not None:
            place = tmp_path_factory.mktemp("pytest")
            all_forks[str(python)] = forks = Forks(str(python), program.parent / "python", place)
        words = ["-p", "pytest_storytime", "-p", "no:anyio", "-q", *map(str, arguments)]
        return forks.run(directory, words, variables or {})

    yield run
    for forks in all_forks.values():
        forks.close()
