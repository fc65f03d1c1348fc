"""The seed's task group 4: the command line."""

import os
import re
import socket
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from support import Server, tree

Run = Callable[..., CompletedProcess[str]]


def test_serve_takes_the_flag_and_is_direct_without_it(
    serve: Callable[..., Server], package: Path
) -> None:
    assert "Created a pool of 2" in serve(package).log
    assert "pool" not in serve(package, subinterpreters=False).log


def test_help_explains_the_flag(storytime: Run) -> None:
    result = storytime("serve", "--help")
    assert result.returncode == 0
    text = " ".join(result.stdout.split())
    assert "--use-subinterpreters" in text
    assert "fresh subinterpreter" in text
    assert "development with hot reload" in text
    assert "Without it, builds run directly" in text


def test_build_never_uses_a_subinterpreter(build: Run, package: Path, tmp_path: Path) -> None:
    result = build(package, tmp_path / "out", "--verbose")
    assert result.returncode == 0
    assert "subinterpreter" not in result.stderr
    refused = build(package, tmp_path / "out", "--use-subinterpreters")
    assert refused.returncode == 2
    assert "--use-subinterpreters" in refused.stderr


def test_build_says_what_it_did(build: Run, package: Path, tmp_path: Path) -> None:
    result = build(package, tmp_path / "out")
    assert re.search(
        r"^INFO:      storytime\.build - 1 story on \d+ pages, \d+ files written",
        result.stderr,
        re.MULTILINE,
    )
    again = build(package, tmp_path / "out")
    assert ", 0 files written, 0 removed" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["frobnicate"], ["unknown command 'frobnicate'", "--help"]),
        (["build"], ["no package given"]),
        (["build", "nowhere/at/all", "out"], ["no directory 'nowhere/at/all'"]),
        (["build", "no_such_package", "out"], ["no_such_package"]),
        (["serve", "--prot", "1"], ["--prot", "--port"]),
        (["serve", "--port", "seventy"], ["--port", "seventy"]),
        (["serve", "--port", "70000"], ["--port", "70000"]),
        (["serve", "--build-timeout", "never"], ["--build-timeout", "never"]),
        (["serve", "--isolation", "total", "--use-subinterpreters"], ["--isolation", "total"]),
        (["serve", "nowhere/at/all"], ["no directory 'nowhere/at/all'"]),
        (["serve", "a", "b", "c"], ["unexpected argument 'c'"]),
        (["seed", "huge", "x"], ["huge", "small"]),
        (["seed", "3", "not-a-name"], ["not-a-name"]),
    ],
)
def test_wrong_usage_is_named_and_ends_with_two(
    storytime: Run, tmp_path: Path, arguments: list[str], words: list[str]
) -> None:
    result = storytime(*arguments, cwd=tmp_path)
    assert result.returncode == 2, result.stderr
    for word in words:
        assert word in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_taken_port_ends_with_three(storytime: Run, package: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = storytime("serve", package, "--port", port)
    assert result.returncode == 3
    assert str(port) in result.stderr
    assert "--port" in result.stderr


def test_version(storytime: Run) -> None:
    version = (Path(__file__).parents[2] / "VERSION").read_text().strip()
    assert storytime("--version").stdout == f"storytime {version}\n"


def test_help_of_every_command(storytime: Run) -> None:
    overview = storytime("--help")
    assert overview.returncode == 0
    for command in ("serve", "build", "seed", "doctor"):
        assert f"\n  {command} " in overview.stdout
        result = storytime(command, "--help")
        assert result.returncode == 0
        assert result.stdout.startswith(f"usage: storytime {command}")


def test_doctor_names_what_is_in_use(storytime: Run, package: Path) -> None:
    result = storytime("doctor", package)
    assert result.returncode == 0
    for word in ("Python", "environment", "tdom", "watching", "open files"):
        assert re.search(rf"^ *{word} ", result.stdout, re.MULTILINE), result.stdout


def test_seed_writes_a_catalog_that_builds(storytime: Run, build: Run, tmp_path: Path) -> None:
    assert storytime("seed", "7", tmp_path / "seven").returncode == 0
    result = build(tmp_path / "seven", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert len([path for path in tree(tmp_path / "out") if path.endswith("preview.html")]) == 7
    refused = storytime("seed", "7", tmp_path / "seven")
    assert refused.returncode == 2


def test_serve_without_a_package_serves_the_gallery(serve: Callable[..., Server]) -> None:
    server = serve()
    assert "Actions" in server.get("index.html")
    assert server.interrupt() == 0
    assert list(server.temporary.iterdir()) == []


def test_serve_with_an_out_of_its_own_leaves_it(
    serve: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    server = serve(package, tmp_path / "public")
    assert server.interrupt() == 0
    assert (tmp_path / "public/index.html").exists()


def test_a_dotted_name_below_the_current_directory(
    build: Run, package: Path, tmp_path: Path
) -> None:
    result = build("shop", tmp_path / "out", cwd=package.parent)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "out/components/button/first/index.html").exists()


def test_a_dotted_name_on_pythonpath(build: Run, package: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    result = build("shop", tmp_path / "out", cwd=elsewhere, env=environment)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "out/components/button/first/index.html").exists()


def test_strict_takes_failing_assertions_for_errors(
    build: Run, package: Path, tmp_path: Path
) -> None:
    stories = package / "components/button/stories.py"
    stories.write_text(
        stories.read_text().replace("title='First'", "title='First', assertions=[is_blue]")
        + "\ndef is_blue(story: object) -> None:\n    assert 'blue' in str(story), 'not blue'\n"
    )
    line = "storytime.build - components/button/stories.py:6: story 'First': is_blue: not blue"
    lenient = build(package, tmp_path / "out")
    assert lenient.returncode == 0
    assert f"WARNING:   {line}" in lenient.stderr
    strict = build(package, tmp_path / "out", "--strict")
    assert strict.returncode == 1
    assert f"ERROR:     {line}" in strict.stderr
    stories.write_text(stories.read_text().replace(", 'not blue'", ""))
    unexplained = build(package, tmp_path / "out", "--strict")
    assert f"{line.removesuffix(': not blue')} failed\n" in unexplained.stderr


def test_quiet_and_verbose(build: Run, package: Path, tmp_path: Path) -> None:
    assert build(package, tmp_path / "out", "-q").stderr == ""
    assert "DEBUG:" in build(package, tmp_path / "out", "-v").stderr
    assert build(package, tmp_path / "out", "-q", "-v").returncode == 2
