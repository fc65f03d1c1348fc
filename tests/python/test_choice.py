"""Which Python runs user code, and the errors if none is suitable."""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest
from support import example, run, write_files

LOADED = "import sys\nfrom pathlib import Path\nPath(__file__).with_name('seen').write_text(sys.prefix)\n"


@pytest.fixture
def watched(package: Path) -> Path:
    """A package whose root writes down the environment that it is imported in."""
    stories = package / "stories.py"
    stories.write_text(LOADED + stories.read_text())
    return package


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """Environment variables without an active environment, and with an empty directory as PATH."""
    (tmp_path / "bin").mkdir()
    return {"PATH": str(tmp_path / "bin")}


def interpreter(path: Path, *lines: str, code: int = 0) -> Path:
    """A program that prints lines, like an interpreter that storytime asks for its version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    said = "".join(f"echo '{line}'\n" for line in lines)
    path.write_text(f"#!/bin/sh\n{said}exit {code}\n")
    path.chmod(0o755)
    return path


def environment(path: Path) -> Path:
    """A virtual environment of the Python that runs the tests."""
    venv.create(path, with_pip=False, symlinks=True)
    return path


def seen(package: Path) -> str:
    """The environment that the package was built in."""
    return (package / "seen").read_text()


def test_the_option_python_comes_first(
    build: Callable[..., subprocess.CompletedProcess[str]], watched: Path, tmp_path: Path
) -> None:
    named, active = environment(tmp_path / "named"), environment(tmp_path / "active")
    env = {**os.environ, "VIRTUAL_ENV": str(active)}
    for name in (named, named / "bin/python"):
        assert build(watched, tmp_path / "out", "--python", name, env=env).returncode == 0
        assert seen(watched) == str(named)


@pytest.mark.parametrize("name", ["env314", "env314/bin/python"])
def test_the_python_of_the_configuration_replaces_environments_that_do_not_fit(
    build: Callable[..., subprocess.CompletedProcess[str]],
    watched: Path,
    tmp_path: Path,
    name: str,
) -> None:
    """It is relative to the file. An active environment, or .venv, may be one of another Python."""
    named = environment(tmp_path / "env314")
    for place in (tmp_path / ".venv", tmp_path / "active"):
        write_files(place, {"pyvenv.cfg": ""})
        interpreter(place / "bin/python", "cpython", "3.12.1")
    (tmp_path / "pyproject.toml").write_text(f"[tool.storytime]\npython = '{name}'\n")
    for variables in ({}, {"VIRTUAL_ENV": str(tmp_path / "active")}):
        env = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"} | variables
        result = build(watched, tmp_path / "out", cwd=watched, env=env)
        assert result.returncode == 0, result.stderr
        assert seen(watched) == str(named)


def test_then_the_active_environment(
    build: Callable[..., subprocess.CompletedProcess[str]], watched: Path, tmp_path: Path
) -> None:
    environment(tmp_path / ".venv")
    env = {**os.environ, "VIRTUAL_ENV": str(environment(tmp_path / "active"))}
    assert build(watched, tmp_path / "out", env=env).returncode == 0
    assert seen(watched) == str(tmp_path / "active")


def test_then_the_environment_above_the_package(
    build: Callable[..., subprocess.CompletedProcess[str]],
    watched: Path,
    tmp_path: Path,
    bare: dict[str, str],
) -> None:
    environment(tmp_path / ".venv")
    assert build(watched, tmp_path / "out", env=bare).returncode == 0
    assert seen(watched) == str(tmp_path / ".venv")


def test_then_the_newest_python_on_the_path(
    build: Callable[..., subprocess.CompletedProcess[str]],
    watched: Path,
    tmp_path: Path,
    bare: dict[str, str],
) -> None:
    interpreter(tmp_path / "bin/python3.15", "cpython", "3.15.0", ".cpython-315-none.so")
    (tmp_path / "bin/python3").symlink_to(sys.executable)
    result = build(watched, tmp_path / "out", env=bare)
    assert result.returncode == 0, result.stderr
    assert seen(watched) == sys.prefix


def test_an_active_environment_that_is_gone_is_passed_over(
    build: Callable[..., subprocess.CompletedProcess[str]],
    watched: Path,
    tmp_path: Path,
    bare: dict[str, str],
) -> None:
    (tmp_path / "bin/python3").symlink_to(sys.executable)
    env = {**bare, "VIRTUAL_ENV": str(tmp_path / "gone")}
    assert build(watched, tmp_path / "out", env=env).returncode == 0
    assert seen(watched) == sys.prefix


@pytest.mark.parametrize(
    ("lines", "code", "reason"),
    [
        (("cpython", "3.13.2"), 0, "it is Python 3.13.2, and storytime needs 3.14 or newer"),
        (("pypy", "3.14.1", ".pypy.so"), 0, "it is pypy, and storytime needs CPython"),
        (
            ("cpython", "3.19.0", ".cpython-319-x.so"),
            0,
            "no extension module for it ('.cpython-319-x.so')",
        ),
        (
            ("cpython", "3.14.1", ".cpython-314t-x.so"),
            0,
            "this storytime has no extension module for it",
        ),
        (("Fatal Python error: no encodings",), 1, "it does not work: Fatal Python error: no enc"),
        (("hello",), 0, "it is not a Python interpreter"),
        ((), 0, "it is not a Python interpreter"),
    ],
)
def test_an_interpreter_that_does_not_fit_is_reported(
    build: Callable[..., subprocess.CompletedProcess[str]],
    package: Path,
    tmp_path: Path,
    lines: tuple[str, ...],
    code: int,
    reason: str,
) -> None:
    python = interpreter(tmp_path / "strange/python", *lines, code=code)
    result = build(package, tmp_path / "out", "--python", python)
    assert result.returncode == 2
    assert "STY301" in result.stderr
    assert f"--python, {python}: " in result.stderr
    assert reason in result.stderr
    assert "uv venv --python 3.14" in result.stderr
    assert not (tmp_path / "out").exists()


def test_an_interpreter_that_cannot_run_is_reported(
    build: Callable[..., subprocess.CompletedProcess[str]], package: Path, tmp_path: Path
) -> None:
    plain = tmp_path / "plain"
    plain.write_text("no program\n")
    for python, reason in (
        (tmp_path / "missing", "there is no such file"),
        (plain, "it cannot be run: "),
        (tmp_path, "it is a directory without a Python in it"),
    ):
        result = build(package, tmp_path / "out", "--python", python)
        assert result.returncode == 2
        assert reason in result.stderr


def test_an_environment_whose_python_is_gone_is_reported(
    build: Callable[..., subprocess.CompletedProcess[str]], package: Path, tmp_path: Path
) -> None:
    python = environment(tmp_path / ".venv") / "bin/python"
    python.unlink()
    python.symlink_to(tmp_path / "gone/python3.14")
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    result = build(package, tmp_path / "out", env=env)
    assert result.returncode == 2
    assert (
        "it links to a Python that no longer exists; create the environment again" in result.stderr
    )


def test_the_error_lists_every_python_that_was_tried(
    program: Path, package: Path, tmp_path: Path, bare: dict[str, str]
) -> None:
    interpreter(tmp_path / "bin/python3.15", "cpython", "3.13.0")
    interpreter(tmp_path / "bin/python3", "cpython", "3.11.2")
    env = {**bare, "VIRTUAL_ENV": str(tmp_path / "gone")}
    for command in ("build", "serve"):
        result = run(program, command, package, tmp_path / "out", env=env)
        assert result.returncode == 2
        for words in ("VIRTUAL_ENV", "3.13.0", "PATH: no python3.14", "3.11.2"):
            assert words in result.stderr, (command, words)


def test_doctor_shows_the_chosen_python_and_the_rejected_ones(
    program: Path, tmp_path: Path, bare: dict[str, str]
) -> None:
    interpreter(tmp_path / "bin/python3.15", "cpython", "3.13.0")
    (tmp_path / "bin/python3").symlink_to(sys.executable)
    result = run(program, "doctor", cwd=tmp_path, env=bare)
    assert result.returncode == 0, result.stdout
    assert "rejected" in result.stdout
    assert f"{tmp_path}/bin/python3 (PATH)" in result.stdout


def test_user_code_sees_its_own_interpreter(
    build: Callable[..., subprocess.CompletedProcess[str]], package: Path, tmp_path: Path
) -> None:
    python = environment(tmp_path / ".venv") / "bin/python"
    site = next((tmp_path / ".venv").glob("lib/*/site-packages"))
    (site / "extra.pth").write_text(
        f"{tmp_path}/extra\nimport builtins; builtins.CUSTOM = 'custom'\n"
    )
    write_files(tmp_path / "extra", {"palette.py": "RED = 'crimson'\n"})
    names = "[sys.executable, sys.prefix, sys.base_prefix, sys.flags.dev_mode, sys.argv, CUSTOM]"
    stories = package / "stories.py"
    note = "import sys, json, palette\nfrom pathlib import Path\n"
    note += f"Path(__file__).with_name('seen').write_text(json.dumps({names}))\n"
    stories.write_text(note + stories.read_text())
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    env["PYTHONDEVMODE"] = "1"
    result = build(package, tmp_path / "out", env=env)
    assert result.returncode == 0, result.stderr
    assert (package / "seen").read_text() == (
        f'["{python}", "{tmp_path / ".venv"}", "{sys.base_prefix}", true, [""], "custom"]'
    )


def test_modules_of_the_current_directory_do_not_interfere(
    build: Callable[..., subprocess.CompletedProcess[str]], package: Path, tmp_path: Path
) -> None:
    trap = "raise SystemExit('a trap')\n"
    write_files(tmp_path / "here", {"storytime.py": trap, "importlib.py": trap, "_native.py": trap})
    shutil.copytree(package, tmp_path / "here/shop")
    result = build("shop", tmp_path / "out", cwd=tmp_path / "here")
    assert result.returncode == 0, result.stderr


def test_the_program_is_not_linked_with_python(program: Path) -> None:
    linked = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    assert "python" not in linked


def test_python_m_storytime_starts_the_program(program: Path, tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(program.parent / "python")}
    command = [sys.executable, "-m", "storytime", "build"]
    package = write_files(tmp_path / "shop", example())
    result = subprocess.run([*command, package, tmp_path / "out"], check=False, env=env)
    assert result.returncode == 0
    assert (tmp_path / "out/index.html").exists()
