"""No build sees what an earlier one did to environment variables, time zone and locale; each sees what its own modules set."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from support import PREVIEW, Page, Server, listen, story_module, wait_for_text, write_files
from support.processes import wait_until

STORIES = "components/button/stories.py"

SPOILS = """
import ctypes, locale, os, time
os.environ["OURS"] = "spoilt"
os.environ["ADDED"] = os.environb[b"ADDED_TOO"].decode() if "ADDED_TOO" in os.environ else "1"
del os.environ["THEIRS"]
os.putenv("PUT", "1")
ctypes.CDLL(None).setenv(b"NATIVE", b"1", 1)
os.environ["TZ"] = "Pacific/Honolulu"
time.tzset()
locale.setlocale(locale.LC_ALL, "C")
"""

LOOKS = """
import locale, os, subprocess, time
NAMES = ["OURS", "THEIRS", "ADDED", "PUT", "NATIVE", "TZ", "MODE"]
def seen():
    shown = subprocess.run(["env"], capture_output=True, text=True, check=True).stdout.splitlines()
    child = dict(line.split("=", 1) for line in shown if "=" in line)
    own = [f"{name} {os.environ.get(name)} {child.get(name)}" for name in NAMES]
    return ", ".join([*own, time.strftime("%H", time.localtime(0)), locale.setlocale(locale.LC_ALL)])
"""


def wait_for_look(server: Server, page: Page, text: str) -> str:
    """Wait for a text in the preview, and return what follows it in the button."""
    return wait_for_text(server, page, text).partition(text)[2].partition("</button>")[0]


def looking(number: int, imports: str = "") -> str:
    """A story that shows a number and the variables, hour and locale that it sees."""
    return story_module("x", imports=imports + LOOKS).replace("'x'", f"'Look {number}: ' + seen()")


@pytest.mark.parametrize("isolation", ["subinterpreters", "process"])
def test_no_build_sees_what_another_did_to_the_process(
    serve: Callable[..., Server], package: Path, isolation: str, pytestconfig: pytest.Config
) -> None:
    env = {"OURS": "ours", "THEIRS": "theirs", "TZ": "Asia/Tokyo"}
    server = serve(package, "--isolation", isolation, env=env)
    with listen(server) as page:
        (package / STORIES).write_text(looking(0))
        first = wait_for_look(server, page, "Look 0:")
        assert "OURS ours ours, THEIRS theirs theirs, ADDED None None, PUT None None" in first
        assert "TZ Asia/Tokyo Asia/Tokyo, MODE None None, 09" in first
        for number in range(1, 11 if pytestconfig.getoption("--long") else 5):
            (package / STORIES).write_text(story_module(f"Spoilt {number}", imports=SPOILS))
            wait_for_look(server, page, f"Spoilt {number}")
            (package / STORIES).write_text(looking(number))
            assert wait_for_look(server, page, f"Look {number}:") == first


SETTINGS = "import os\nMODE = os.environ['MODE'] = {!r}\n"


def test_variables_of_a_module_are_set_as_long_as_it_is_imported(
    serve: Callable[..., Server], package: Path
) -> None:
    write_files(package, {"settings.py": SETTINGS.format("dark"), STORIES: looking(0)})
    server = serve(package)
    with listen(server) as page:
        for mode in ("dark", "light"):
            write_files(package, {"settings.py": SETTINGS.format(mode)})
            for number in range(4):
                (package / STORIES).write_text(
                    looking(number, "import shop.settings\n").replace("Look", f"{mode}")
                )
                assert f"MODE {mode} {mode}" in wait_for_look(server, page, f"{mode} {number}")
        (package / STORIES).write_text(looking(9))
        assert "MODE None None" in wait_for_look(server, page, "Look 9")


def waiting_ahead(server: Server) -> set[str]:
    """The interpreters that have imported the site's settings ahead, and wait for a build."""
    imported = re.findall(r"Interpreter (\d+) imported .* ahead, [3-9] of them", server.log)
    gone = re.findall(r"Interpreter (\d+) (?:takes the job|was discarded)", server.log)
    return {*imported} - {*gone}


def test_variables_of_a_module_are_set_even_if_it_was_imported_ahead(
    serve: Callable[..., Server], package: Path
) -> None:
    site = (package / "stories.py").read_text()
    settings = package / "settings.py"
    settings.write_text(SETTINGS.format("dark"))
    write_files(
        package, {"stories.py": f"from shop.settings import MODE\n{site}", STORIES: looking(0)}
    )
    server = serve(package, "-v")
    with listen(server) as page:
        for mode in ("dark", "light"):
            settings.write_text(SETTINGS.format(mode))
            while f"MODE {mode} {mode}" not in server.get(PREVIEW):
                page.reload()
            jobs = server.log.count("job: modules imported ahead")
            number = 0
            while server.log.count("job: modules imported ahead") == jobs:
                wait_until(lambda: bool(waiting_ahead(server)))
                number += 1
                (package / STORIES).write_text(looking(number).replace("Look", mode))
                assert f"MODE {mode} {mode}" in wait_for_look(server, page, f"{mode} {number}:")
