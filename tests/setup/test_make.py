"""The Makefile: its variables and directories, what it makes when, and how it ends."""

import os
import pty
import select
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support import tree
from support.processes import TIMEOUT

ROOT = Path(__file__).parents[2]


def make(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run make, and wait until it ends."""
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        ["make", *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
        **options,
    )


@pytest.fixture
def here(program: Path) -> list[str]:
    """The arguments that name this repository and the build under test."""
    if program.parent.parent != ROOT:
        pytest.skip("the program under test is not in a build directory of this repository")
    if not (program.parent / "venv/.stamp").exists():
        pytest.skip("make would make the environment again, which tests of pages use meanwhile")
    return ["-C", str(ROOT), f"BUILD={program.parent.name}"]


# -- catalogs ----------------------------------------------------------------------------------------------------------


def test_paths_may_hold_blanks_and_quotes(here: list[str], package: Path, tmp_path: Path) -> None:
    (tmp_path / "an owner's place").mkdir()
    place = package.rename(tmp_path / "an owner's place" / "shop")
    result = make(*here, "build", f"PACKAGE={place}", f"OUT={tmp_path / 'the $$ "out"'}")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / 'the $ "out"' / "index.html").exists()


def test_paths_are_those_of_the_callers_directory(
    here: list[str], package: Path, tmp_path: Path
) -> None:
    environment = {**os.environ, "PWD": str(tmp_path)}
    result = make(*here, "build", "PACKAGE=shop", "OUT=public", cwd=tmp_path, env=environment)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "public/index.html").exists()


def test_an_environment_above_the_package_is_used(
    here: list[str], package: Path, tmp_path: Path
) -> None:
    subprocess.run(["python3", "-m", "venv", "--without-pip", tmp_path / ".venv"], check=True)
    site = next((tmp_path / ".venv").glob("lib/python3*/site-packages"))
    (site / "palette.py").write_text("RED = 'crimson'\n")
    stories = package / "components/button/stories.py"
    stories.write_text("import palette\n" + stories.read_text())
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    result = make(*here, "build", f"PACKAGE={package}", f"OUT={tmp_path / 'out'}", env=environment)
    assert result.returncode == 0, result.stderr


def test_variables_of_the_environment_are_ignored(here: list[str], tmp_path: Path) -> None:
    environment = {**os.environ, "PACKAGE": str(tmp_path), "OUT": str(tmp_path / "out")}
    result = make(*here, "build", env=environment)
    assert result.returncode == 2
    assert "usage: make build PACKAGE=" in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_an_out_without_a_package_is_wrong_usage(here: list[str]) -> None:
    result = make(*here, "serve", "OUT=public")
    assert result.returncode == 2
    assert "PACKAGE=" in result.stdout


def test_a_broken_catalog_is_built_and_ends_with_an_error(
    here: list[str], package: Path, tmp_path: Path
) -> None:
    (package / "components/button/stories.py").write_text("def f(:\n")
    result = make(*here, "build", f"PACKAGE={package}", f"OUT={tmp_path / 'out'}")
    assert result.returncode == 2  # make's exit code
    assert "Error 1" in result.stderr  # the program's
    assert tree(tmp_path / "out")


@pytest.mark.parametrize("mode", ["native", "root"])
def test_ctrl_c_in_a_terminal_leaves_nothing(
    here: list[str], package: Path, tmp_path: Path, mode: str
) -> None:
    """The terminal sends SIGINT to make, to its shell and to the program."""
    if mode == "root" and "STORYTIME_DEVROOT_ID" not in os.environ:
        pytest.skip("this machine has no root: everything runs natively")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        ["setsid", "--ctty", "make", *here, "serve", f"PACKAGE={package}", "ARGS=--port 0"],
        stdin=end,
        stdout=end,
        stderr=end,
        env={**os.environ, "TMPDIR": str(temporary), "STORYTIME_DEVROOT": mode},
    )
    os.close(end)
    said = b""
    typed = False
    while True:
        assert select.select([terminal], [], [], 4 * TIMEOUT)[0], said.decode()
        try:
            said += os.read(terminal, 4096)
        except OSError:
            break  # all processes of the terminal have ended
        # The two of the pool, and one in place of that which has built: only at rest does it surely end in the time it has.
        if not typed and said.count(b" is warm: ") >= 3:
            typed = True
            os.write(terminal, b"\x03")
    os.close(terminal)
    assert typed, said.decode()
    # make waits for its children, and then ends by the signal.
    assert process.wait(TIMEOUT) == -signal.SIGINT
    assert b"The pool is shut down" in said, said.decode()
    assert b"make: ***" not in said, said.decode()
    assert list(temporary.iterdir()) == []


# -- what is made, and when --------------------------------------------------------------------------------------------

STAND_IN = """#!/usr/bin/env bash
# Stands in for tools/devroot: logs each command, and makes only what the Makefile looks for.
cd "$(dirname "$0")/.."
if [ "$1" = id ]; then cat root-id; exit; fi
shift 2
echo "begin $*" >>log
case "$*" in
*"npm ci"*) while [ -e hold ]; do sleep 0.01; done; mkdir -p node_modules; [ ! -e break-npm ] || kill -9 $$ ;;
*"meson setup"*) mkdir -p build; [ ! -e break-meson ] || kill -9 $$ ;;
*"-m venv"*) mkdir -p build/venv ;;
*"pip install"*) [ ! -e break-pip ] || exit 1 ;;
esac
echo "end $*" >>log
"""


class Checkout:
    """A checkout in which nothing is built."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        for name in ("Makefile", "package-lock.json", "requirements.txt"):
            shutil.copy(ROOT / name, directory / name)
        (directory / "tools").mkdir()
        (directory / "tools/devroot").write_text(STAND_IN)
        (directory / "tools/devroot").chmod(0o755)
        self.write("root-id", "one")

    def write(self, name: str, text: str = "") -> None:
        (self.directory / name).write_text(text)

    def made(self) -> list[str]:
        """The steps that ended since the last call."""
        names = ("npm ci", "meson setup", "-m venv", "pip install", "ninja")
        lines = (self.directory / "log").read_text().splitlines()
        (self.directory / "log").unlink()
        return [name for line in lines if line.startswith("end") for name in names if name in line]

    def log(self) -> str:
        log = self.directory / "log"
        return log.read_text() if log.exists() else ""

    def waits(self) -> bool:
        """Whether a run waits for the lock, or two do the same work."""
        status = os.stat(self.directory / "build.lock")
        lock = f":{status.st_ino} "
        locks = Path("/proc/locks").read_text().splitlines()
        waiting = any("->" in line and lock in line for line in locks)
        return waiting or self.log().count("begin tools/npm ci") > 1

    def wait_until(self, happened: Callable[[], bool]) -> None:
        deadline = time.monotonic() + TIMEOUT
        while not happened():
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.01)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run make in it, without the variables of a make that runs this test."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("MAKE")
        }
        return make(*(arguments or ("program",)), cwd=self.directory, env=environment)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


EVERYTHING = ["npm ci", "meson setup", "-m venv", "pip install", "ninja"]


def test_a_second_run_makes_nothing_but_what_changed(checkout: Checkout) -> None:
    assert checkout.run().returncode == 0
    assert checkout.made() == EVERYTHING
    assert checkout.run().returncode == 0
    assert checkout.made() == ["ninja"]


def test_with_another_root_everything_is_built_again(checkout: Checkout) -> None:
    checkout.run()
    checkout.made()
    checkout.write("root-id", "two")
    assert checkout.run().returncode == 0
    assert checkout.made() == ["meson setup", "-m venv", "pip install", "ninja"]


@pytest.mark.parametrize(
    ("step", "left"), [("break-npm", EVERYTHING), ("break-meson", EVERYTHING[1:])]
)
def test_the_next_run_completes_a_killed_one(
    checkout: Checkout, step: str, left: list[str]
) -> None:
    checkout.write(step)
    assert checkout.run().returncode != 0
    (checkout.directory / step).unlink()
    checkout.made()
    assert checkout.run().returncode == 0
    assert checkout.made() == left


def test_without_a_package_index_the_native_tdom_serves(checkout: Checkout) -> None:
    checkout.write("break-pip")
    result = checkout.run()
    assert result.returncode == 0
    assert "the native one serves" in result.stderr
    (checkout.directory / "break-pip").unlink()
    checkout.made()
    assert checkout.run().returncode == 0
    assert "pip install" in checkout.made()


def test_two_runs_at_once_make_everything_once(checkout: Checkout) -> None:
    """The first is held until the second waits for it, or does the same."""
    checkout.write("hold")
    results: list[subprocess.CompletedProcess[str]] = []
    runs = [threading.Thread(target=lambda: results.append(checkout.run())) for _ in range(2)]
    for run in runs:
        run.start()
    checkout.wait_until(lambda: checkout.log().count("begin tools/npm ci") > 0 and checkout.waits())
    (checkout.directory / "hold").unlink()
    for run in runs:
        run.join()
    assert [result.returncode for result in results] == [0, 0]
    assert sum("waiting for another run" in result.stderr for result in results) == 1
    assert checkout.made() == [*EVERYTHING, "ninja"]
