"""Virtual environments for tests, and commands and servers that run in them."""

import os
import re
import shutil
import signal
import subprocess
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.processes import TIMEOUT

ROOT = Path(__file__).parents[2]
DISTRIBUTION = str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["name"])
"""storytime's name on the package index."""


def command(*words: object, **options: object) -> str:
    """Run a command that must succeed. Returns its output."""
    done = subprocess.run(
        list(map(str, words)),
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
        **options,  # type: ignore[call-overload]
    )
    assert done.returncode == 0, done.stdout
    return str(done.stdout)


def bare(**more: str) -> dict[str, str]:
    """The variables of a process: PATH, the configuration of pip, and those that are given."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))}
    return {"PATH": "/usr/bin:/bin", **kept, **more}


def make_environment(directory: Path, version: str = "3.14") -> Path:
    """A virtual environment with pip."""
    if shutil.which(f"python{version}") is None:
        pytest.skip(f"there is no Python {version}")
    command(f"python{version}", "-m", "venv", directory)
    return directory


def install_from_index(environment: Path, *names: str) -> None:
    """Install packages. If no package index can be reached, the test is skipped."""
    done = subprocess.run(
        [
            *(environment / "bin/python", "-m", "pip", "install", "--quiet"),
            *("--timeout", "15", "--retries", "1", *names),
        ],
        check=False,
        env=bare(HOME=os.environ.get("HOME", "/")),
    )
    if done.returncode != 0:
        pytest.skip(f"no package index can be reached for {' and '.join(names)}")


@contextmanager
def served(*words: object, **options: object) -> Iterator[str]:
    """Start a server. Gives its URL, and ends it afterwards."""
    process = subprocess.Popen(
        [*map(str, words), "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        **options,  # type: ignore[call-overload]
    )
    log = []
    try:
        assert process.stderr is not None
        for line in process.stderr:
            log.append(line)
            if "The first build has ended" in line:
                found = re.search(r"Serving .* at (\S+)", "".join(log))
                assert found is not None
                yield found[1]
                break
        else:
            raise AssertionError("".join(log))
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=TIMEOUT)
    assert process.returncode == 0


def get(url: str) -> str:
    """A page's text."""
    with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
        return str(answer.read().decode())


def tree(directory: Path) -> set[str]:
    """The paths of everything in a directory."""
    return {str(path.relative_to(directory)) for path in directory.rglob("*")}
