"""Log records and warnings of user code are lines of our log, although we import logging only if user code does."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from support import Server, example, story_module, write_files

Build = Callable[..., CompletedProcess[str]]

STORIES = "components/button/stories.py"
BARE = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
"""Without an environment: its tdom might import logging."""

WAYS = {
    "import": "import logging",
    "submodule": "import logging.handlers",
    "from": "from logging import handlers; import logging",
    "importlib": "import importlib; logging = importlib.import_module('logging')",
    "importlib-submodule": "import importlib; importlib.import_module('logging.config'); import logging",
    "in-a-function": "def get():\n    import logging\n    return logging\nlogging = get()",
    "by-a-library": "import asyncio, logging",
    "after-a-look": "import importlib.util; assert importlib.util.find_spec('logging').loader.name == 'logging'; import logging",
    "in-a-thread": "import threading\n"
    "def get():\n    global logging\n    import logging\n"
    "thread = threading.Thread(target=get); thread.start(); thread.join()",
}
UNTOUCHED = "import sys; assert 'logging' not in sys.modules and 're' not in sys.modules\n"
HONEST = """
import importlib.machinery, sys
assert type(logging.__loader__) is importlib.machinery.SourceFileLoader is type(logging.__spec__.loader)
assert logging is sys.modules['logging'] and len(logging.root.handlers) == 1
assert [finder for finder in sys.meta_path if not finder.__module__.startswith(('_frozen', 'importlib', 'storytime', '_distutils'))] == [], sys.meta_path
logging.getLogger("shop").info("info %s", 1)
logging.getLogger("shop").debug("debug")
logging.getLogger("shop").error("error")
"""


RECORDED = """
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter('always')
    import logging
    warnings.warn('recorded')
assert len(caught) == 1
warnings.warn('careful')
"""


def saying(code: str) -> dict[str, str]:
    """A package that runs this code when it is imported."""
    return {**example(), "__init__.py": code}


@pytest.mark.parametrize("way", WAYS)
def test_records_are_lines(way: str, build: Build, tmp_path: Path) -> None:
    package = write_files(tmp_path / "shop", saying(UNTOUCHED + WAYS[way] + HONEST))
    result = build(package, tmp_path / "out", env=BARE)
    assert result.returncode == 0, result.stderr
    lines = [line for line in result.stderr.splitlines() if ".shop - " in line]
    assert lines == ["INFO:      storytime.shop - info 1", "ERROR:     storytime.shop - error"]


@pytest.mark.parametrize("option", ["-v", "-q"])
def test_the_level_of_the_command_applies(option: str, build: Build, tmp_path: Path) -> None:
    code = "import logging\nfor level in 10, 20, 30: logging.log(level, 'level %d', level)"
    package = write_files(tmp_path / "shop", saying(code))
    log = build(package, tmp_path / "out", option, env=BARE).stderr
    shown = [int(level) for level in re.findall(r"root - level (\d+)", log)]
    assert shown == ([10, 20, 30] if option == "-v" else [30])


@pytest.mark.parametrize(
    "code",
    [
        "import warnings; warnings.warn('careful')",
        "import warnings, logging; warnings.warn('careful')",
        "import logging, warnings; logging.captureWarnings(True); warnings.warn('careful')",
        "import logging, warnings; logging.captureWarnings(True); logging.captureWarnings(False); warnings.warn('careful')",
        RECORDED,
    ],
    ids=["alone", "with-logging", "captured", "released", "recorded"],
)
def test_warnings_are_lines(code: str, build: Build, tmp_path: Path) -> None:
    package = write_files(tmp_path / "shop", saying(code))
    result = build(package, tmp_path / "out", env=BARE)
    assert result.returncode == 0, result.stderr
    assert re.search(
        r"^WARNING:   storytime.py\.warnings - .*__init__\.py:\d+: UserWarning: careful",
        result.stderr,
        re.MULTILINE,
    )
    assert "recorded" not in result.stderr


@pytest.mark.parametrize(
    ("call", "line"),
    [
        ("logging.warning('done', 3)", "Message: 'done'"),
        ("logging.warning('a\\udc80b')", r"WARNING:   storytime.root - a\udc80b"),
        ("logging.warning('a\\0b')", r"WARNING:   storytime.root - a\0b"),
        ("logging.getLogger('a\\0b').warning('c')", r"WARNING:   storytime.a\0b - c"),
    ],
    ids=["arguments", "surrogate", "nul", "name"],
)
def test_records_that_python_tolerates_raise_nothing(
    call: str, line: str, build: Build, tmp_path: Path
) -> None:
    package = write_files(tmp_path / "shop", saying(f"import logging\n{call}"))
    result = build(package, tmp_path / "out", env=BARE)
    assert result.returncode == 0, result.stderr
    assert line in result.stderr.splitlines()


def test_a_warning_for_a_file_is_written_to_it(build: Build, tmp_path: Path) -> None:
    code = """
    import sys, warnings
    warnings.showwarning("for a file", UserWarning, "a.py", 1, sys.stdout)
    """.replace("\n    ", "\n")
    package = write_files(tmp_path / "shop", saying(code))
    result = build(package, tmp_path / "out", env=BARE)
    assert "a.py:1: UserWarning: for a file" in result.stdout
    assert "for a file" not in result.stderr


def test_output_at_exit_is_logged(build: Build, tmp_path: Path) -> None:
    """An unfinished line on each stream, a warning of an exit function, and one of a finalizer."""
    code = """
import atexit, sys, threading, warnings

class Last:
    def __del__(self, warn=warnings.warn): warn("finalized")

keep = Last()
atexit.register(warnings.warn, "at exit")
print("half of stdout", end="")
print("half of stderr", end="", file=sys.stderr)
"""
    package = write_files(tmp_path / "shop", saying(code))
    result = build(package, tmp_path / "out", env=BARE)
    assert result.returncode == 0, result.stderr
    assert "half of stdout" in result.stdout
    assert "half of stderr" in result.stderr
    assert "UserWarning: at exit" in result.stderr
    assert "UserWarning: finalized" in result.stderr


def test_modules_named_like_those_of_python_do_not_break_logging(
    serve: Callable[..., Server], build: Build, tmp_path: Path
) -> None:
    """They are beside the package, so they come first in sys.path. Build and serve give the same result."""
    beside = {name: "raise ImportError('not this one')" for name in ("string.py", "re/__init__.py")}
    write_files(tmp_path, beside)
    said = "import logging, string; logging.warning('here is %s', string.digits)"
    package = write_files(
        tmp_path / "shop", {**example(), STORIES: story_module("Shown", imports=said)}
    )
    result = build(package, tmp_path / "out", env=BARE)
    assert result.returncode == 0, result.stderr
    assert "WARNING:   storytime.root - here is 0123456789" in result.stderr
    server = serve(package, env={"VIRTUAL_ENV": ""})
    assert "here is 0123456789" in server.log
    assert "Shown" in server.get("/components/button/first/preview.html")


def test_directories_without_code_do_not_shadow_the_standard_library(
    build: Build, tmp_path: Path
) -> None:
    """Python skips them in sys.path, so storytime may remove them to be faster."""
    write_files(tmp_path, {"html/index.html": "", "email/README": ""})
    package = write_files(tmp_path / "shop", saying(UNTOUCHED))
    result = build(package, tmp_path / "out", env=BARE)
    assert result.returncode == 0, result.stderr
