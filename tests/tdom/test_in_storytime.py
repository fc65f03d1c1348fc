"""A catalog uses the tdom of its environment, or else the native one."""

import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess, run

import pytest
from support import Server, listen, tree, wait_for_text

sys.path.insert(0, str(Path(__file__).parent))

from engines import original_python

ROOT = Path(__file__).parent.parent.parent
Run = Callable[..., CompletedProcess[str]]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment without any package."""
    directory = tmp_path_factory.mktemp("environment") / "venv"
    run([sys.executable, "-m", "venv", "--without-pip", directory], check=True)
    return directory


def test_doctor_shows_which_tdom_is_used(storytime: Run, empty: Path) -> None:
    said = storytime("doctor", "--python", empty).stdout
    version = (ROOT / "VERSION").read_text().strip()
    assert f"tdom                   native, of storytime {version}" in said
    python = original_python()
    if python:
        said = storytime("doctor", "--python", python.parent.parent).stdout
        assert "site-packages/tdom/__init__.py" in said


@pytest.mark.parametrize("name", ["minimal", "complete", "inheritance", "templates", "themed"])
def test_catalogs_are_the_same_with_either(
    build: Run, empty: Path, tmp_path: Path, name: str
) -> None:
    python = original_python()
    if python is None:
        pytest.skip("the environment has no tdom of its own")
    example = ROOT / "examples" / name
    assert build(example, tmp_path / "native", "--python", empty).returncode == 0
    original = python.parent.parent
    assert build(example, tmp_path / "original", "--python", original).returncode == 0
    native, other = tree(tmp_path / "native"), tree(tmp_path / "original")
    assert b"native, of storytime" in native.pop("debug.html")
    assert b"native, of storytime" not in other.pop("debug.html")
    assert native == other


def test_saves_are_followed_with_the_native_one(
    serve: Callable[..., Server], package: Path, empty: Path
) -> None:
    server = serve(package, "--python", empty)
    stories = package / "components/button/stories.py"
    with listen(server) as page:
        for number in range(3):
            stories.write_text(stories.read_text().replace("Buy", f"Buy {number}"))
            wait_for_text(server, page, f"Buy {number}")
