"""make_site() and build_site() in a plain Python process."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

type Script = Callable[[str], str]


@pytest.fixture
def script(program: Path, package: Path) -> Script:
    """Run lines of Python in the package's parent directory. Returns what they print."""

    def start(code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code],
            check=False,
            capture_output=True,
            text=True,
            cwd=package.parent,
            env={**os.environ, "PYTHONPATH": str(program.parent / "python")},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return start


RAISING = """
import traceback
from storytime import make_site
try:
    make_site('shop')
except BaseException as error:
    print(type(error).__name__, str(error))
    print(''.join(traceback.format_exception(error)))
"""


def test_make_site_raises_the_users_own_exception(script: Script, package: Path) -> None:
    stories = package / "components/button/stories.py"
    stories.write_text("def price():\n    return 1 / 0\n\nprice()\n")
    said = script(RAISING)
    assert said.startswith("ZeroDivisionError division by zero\n")
    assert f'File "{stories}", line 2, in price' in said


def test_make_site_raises_several_exceptions_as_a_group(script: Script, package: Path) -> None:
    (package / "components/button/stories.py").write_text("raise KeyError('a')\n")
    (package / "components/stories.py").write_text("raise OSError('b')\n")
    said = script(RAISING)
    assert said.startswith("ExceptionGroup 2 files of 'shop' have errors (2 sub-exceptions)\n")
    assert "KeyError: 'a'" in said
    assert "OSError: b" in said


def test_make_site_raises_type_error_for_a_wrong_result(script: Script, package: Path) -> None:
    stories = package / "components/button/stories.py"
    stories.write_text(
        "from storytime import Subject\ndef this_subject() -> Subject:\n    return 'none'\n"
    )
    assert script(RAISING).startswith("TypeError this_subject() must return a Site, Section")


def test_build_site_returns_what_was_built(script: Script, package: Path) -> None:
    stories = package / "components/button/stories.py"
    stories.write_text(
        stories.read_text().replace(
            "Story(title",
            "Story(title='Bad', target=lambda: 1 / 0), Story(assertions=[lambda _: 1 / 0], title",
        )
    )
    said = script(
        "from storytime import build_site\nresult = build_site('shop', 'out')\n"
        "print(result == 1, result + 1, result.stories, result.pages > 10, len(result.written) == result.pages)\n"
        "print(result.faults[0].splitlines()[0])\nprint(result.failed_assertions)\nprint(repr(result)[:40])\nprint(result)\n"
        "again = build_site('shop', 'out')\nprint(len(again.written) < 3, again.removed)\n"
    ).splitlines()
    assert said[0] == "True 2 2 True True"
    assert "ZeroDivisionError" in said[1]
    assert "ZeroDivisionError" in said[2]
    assert said[3].startswith("BuildResult(1, stories=2, pages=")
    assert said[4] == "1"
    assert said[5] == "True []"


def test_importing_storytime_imports_little_else(script: Script) -> None:
    """Each interpreter imports it before a build. Importing typing and collections would take longer than all of storytime."""
    said = script(
        "import sys; before = set(sys.modules); import storytime; print(*sorted(set(sys.modules) - before))"
    )
    assert set(said.split()) <= {
        "storytime",
        "storytime._globals",
        "storytime._native",
        "storytime._queries",
        "storytime._rendered",
        "storytime._states",
    }
