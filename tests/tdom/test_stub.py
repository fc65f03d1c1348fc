"""tdom.pyi: mypy --strict understands it, and it agrees with the module."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from engines import HERE, PRELOAD, our_directory, run_script

ALLOWED = "tdom.Markup.(removeprefix|removesuffix|replace)\n"
"""If markupsafe is installed, Markup is its class, in which these methods have other parameter names."""


def run_mypy(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a module of mypy that uses our stub."""
    pytest.importorskip("mypy")
    path = str(our_directory())
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "MYPYPATH": path, "PYTHONPATH": path, **PRELOAD},
    )


def test_a_strict_type_checker_understands_it(tmp_path: Path) -> None:
    done = run_mypy(
        "mypy",
        "--strict",
        "--cache-dir",
        tmp_path,
        HERE / "typed_script.py",
        our_directory() / "tdom.pyi",
    )
    assert done.returncode == 0, done.stdout


def test_the_typed_script_runs() -> None:
    assert run_script(sys.executable, HERE / "typed_script.py", ours=True) == "ran\n"


def test_the_stub_agrees_with_the_module(tmp_path: Path) -> None:
    allowed = tmp_path / "allowed"
    allowed.write_text(ALLOWED)
    done = run_mypy("mypy.stubtest", "--allowlist", allowed, "--ignore-unused-allowlist", "tdom")
    assert done.returncode == 0, done.stdout
