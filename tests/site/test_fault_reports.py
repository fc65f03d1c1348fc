"""Reports of faults in the log: the cause comes first, files have unambiguous paths, nothing is logged twice."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import example, write_files

Build = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the package `shop` and an application beside it."""
    files = {f"shop/{name}": text for name, text in example().items()}
    return write_files(tmp_path / "project", {**files, "app/__init__.py": ""})


def test_a_failure_of_the_root_is_logged_first(build: Build, project: Path, tmp_path: Path) -> None:
    write_files(
        project,
        {
            "app/state.py": "READY = []\n",
            "shop/stories.py": "from app import state\nraise KeyError('SETTINGS')\n",
            "shop/components/button/stories.py": "from app.state import READY\nREADY[0]\n",
        },
    )
    result = build("shop", tmp_path / "out", cwd=project)
    assert result.returncode == 1
    errors = [line for line in result.stderr.splitlines() if line.startswith("ERROR")]
    assert [line.split(" - ")[1].split(":")[0] for line in errors] == [
        "stories.py",
        "components/button/stories.py",
    ]


def test_a_file_beside_the_package_is_logged_with_its_path(
    build: Build, project: Path, tmp_path: Path
) -> None:
    write_files(
        project,
        {
            "app/models.py": "def load():\n    raise LookupError('no table')\n",
            "shop/components/button/stories.py": "from app import models\nmodels.load()\n",
        },
    )
    result = build("shop", tmp_path / "out", cwd=project)
    assert 'File "components/button/stories.py", line 2' in result.stderr
    assert 'File "app/models.py", line 2, in load' in result.stderr
    assert str(tmp_path) not in result.stderr.replace(str(tmp_path / "out"), "")
    page = (tmp_path / "out/components/button/index.html").read_text()
    assert "app/models.py" in page
    assert str(tmp_path) not in page


def test_a_message_of_several_lines_is_logged_once(
    build: Build, project: Path, tmp_path: Path
) -> None:
    text = "MESSAGE = 'no context\\n\\nPush one first.'\nraise LookupError(MESSAGE)\n"
    write_files(project, {"shop/components/button/stories.py": text})
    result = build("shop", tmp_path / "out", cwd=project)
    assert result.stderr.count("no context") == 2  # the first line, and the end of the traceback
    assert result.stderr.count("Push one first.") == 1


def test_a_message_that_begins_with_an_empty_line_is_logged_with_its_text(
    build: Build, project: Path, tmp_path: Path
) -> None:
    text = "raise LookupError('\\n\\nPush one first.')\n"
    write_files(project, {"shop/components/button/stories.py": text})
    result = build("shop", tmp_path / "out", cwd=project)
    assert "components/button/stories.py:1: LookupError: Push one first.\n" in result.stderr
