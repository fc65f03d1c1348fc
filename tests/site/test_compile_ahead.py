"""Large packages without `.pyc` files: sources are compiled on a second core, and the result must be the same."""

import os
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from support import example, story_module, tree, write_files

Build = Callable[..., CompletedProcess[str]]

MODULES = 60
LAST = f"components/z{MODULES - 1:02}/stories.py"
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

WAIT = """
import pathlib, sys, time

cache = pathlib.Path(__file__).parent / "components/z59/__pycache__"
end = time.monotonic() + 60
while not list(cache.glob("stories.*.pyc")) and time.monotonic() < end:
    time.sleep(0.005)
assert "shop.components.z59.stories" not in sys.modules
assert time.monotonic() < end, "it was not compiled ahead"
"""


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A package of many modules, none of them compiled."""
    files = example()
    for n in range(MODULES):
        files[f"components/z{n:02}/__init__.py"] = ""
        files[f"components/z{n:02}/stories.py"] = story_module(title=f"Kind {n}")
    return write_files(tmp_path / "large" / "shop", files)


def test_modules_are_compiled_before_they_are_imported(
    large: Path, build: Build, tmp_path: Path
) -> None:
    """The package's `__init__.py` waits for the `.pyc` of the last module."""
    expected = build(large, tmp_path / "expected", env=ENVIRONMENT)
    assert expected.returncode == 0, expected.stderr
    for directory in large.rglob("__pycache__"):
        for path in directory.iterdir():
            path.unlink()
    (large / "__init__.py").write_text(WAIT)
    result = build(large, tmp_path / "out", env=ENVIRONMENT)
    assert result.returncode == 0, result.stderr
    assert tree(tmp_path / "out") == tree(tmp_path / "expected")


def test_pythondontwritebytecode_is_obeyed(large: Path, build: Build, tmp_path: Path) -> None:
    result = build(large, tmp_path / "out", env={**ENVIRONMENT, "PYTHONDONTWRITEBYTECODE": "1"})
    assert result.returncode == 0, result.stderr
    assert not list(large.rglob("*.pyc"))


def test_compiler_warnings_are_shown_once(large: Path, build: Build, tmp_path: Path) -> None:
    path = large / LAST
    path.write_text(path.read_text() + '\nPATTERN = "\\d"\n')
    (large / "components/z00/stories.py").write_text("def this_subject(:\n")
    result = build(large, tmp_path / "out", env=ENVIRONMENT)
    assert result.returncode == 1
    assert result.stderr.count("SyntaxWarning") == 1, result.stderr
    assert f"{LAST}:" in result.stderr
    assert result.stderr.count("storytime.build - components/z00/stories.py:1: SyntaxError") == 1
    assert (tmp_path / "out/components/z59/index.html").exists()
