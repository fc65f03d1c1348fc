"""`tools/devroot`: how it runs commands, and what these find in the root."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEVROOT = ROOT / "tools" / "devroot"

Devroot = Callable[..., subprocess.CompletedProcess[str]]


def roots() -> list[Path]:
    """The roots that exist; none if the system is used natively."""
    cache = Path(
        os.environ.get("STORYTIME_DEVROOT_CACHE")
        or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "storytime"
    )
    return list(cache.glob("root-*"))


def root_exists() -> bool:
    return bool(roots())


@pytest.fixture(params=["native", "root"])
def devroot(request: pytest.FixtureRequest) -> Devroot:
    """Run `tools/devroot run -- ...` natively, and in the root if there is one."""
    if request.param == "root" and not root_exists():
        pytest.skip("this machine has no root: everything runs natively")

    def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "STORYTIME_DEVROOT": request.param}
        environment.update(options.pop("env", {}))  # type: ignore[call-overload]
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            [str(DEVROOT), "run", "--", *arguments],
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
            env=environment,
            **options,
        )

    return run


def test_paths_are_the_same_in_the_root(devroot: Devroot, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("here")
    result = devroot(
        "sh", "-c", "pwd; cat 'a file'; test -d \"$HOME\" && test -d /tmp", cwd=tmp_path
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == f"{tmp_path}\nhere"
    assert devroot("test", "-e", str(DEVROOT)).returncode == 0


def test_the_current_directory_and_tmpdir_may_be_below_a_system_directory(devroot: Devroot) -> None:
    if not os.access("/run", os.W_OK):
        pytest.skip("only the superuser has a place below /run")
    with tempfile.TemporaryDirectory(dir="/run") as directory:
        Path(directory, "a file").write_text("here")
        assert devroot("cat", "a file", cwd=directory).stdout == "here"
        result = devroot("cat", f"{directory}/a file", env={"TMPDIR": directory})
        assert result.stdout == "here"


def test_the_id_is_the_same_inside_and_outside_the_root() -> None:
    def identity(*before: str) -> str:
        return subprocess.run(
            [*before, str(DEVROOT), "id"], check=True, capture_output=True, text=True, timeout=60
        ).stdout

    assert identity().strip()
    assert identity(str(DEVROOT), "run", "--") == identity()


def test_exit_codes_arguments_and_input_are_passed_on(devroot: Devroot) -> None:
    assert devroot("sh", "-c", "exit 7").returncode == 7
    assert devroot("printf", "%s|", "a b", "*", "").stdout == "a b|*||"
    assert devroot("cat", input="through").stdout == "through"


def test_the_environment_is_passed_on(devroot: Devroot) -> None:
    assert devroot("sh", "-c", "echo $MINE", env={"MINE": "kept"}).stdout == "kept\n"


def test_python_and_the_libraries_are_there(devroot: Devroot) -> None:
    version = devroot("python3", "-c", "import sys; print(sys.version_info >= (3, 14))")
    assert version.stdout == "True\n"
    assert (
        devroot(
            "pkg-config", "--exists", "libuv", "libwslay", "lexbor", "md4c", "yyjson"
        ).returncode
        == 0
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("mode", ["native", "root"])
def test_a_signal_reaches_the_command(mode: str, number: signal.Signals) -> None:
    if mode == "root" and not root_exists():
        pytest.skip("this machine has no root: everything runs natively")
    code = (
        "import signal, sys\n"
        f"signal.pthread_sigmask(signal.SIG_BLOCK, [{int(number)}])\n"
        "print('ready', flush=True)\n"
        f"signal.sigwait([{int(number)}])\n"  # blocked until here, so that it is not lost
        "sys.exit(42)\n"
    )
    with subprocess.Popen(
        [str(DEVROOT), "run", "--", "python3", "-c", code],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "STORYTIME_DEVROOT": mode},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.wait(30) == 42


def packages(*names: str) -> set[str]:
    text = "".join((ROOT / "tools/devroot.d" / name).read_text() for name in names)
    return {line for line in text.splitlines() if line and not line.startswith("#")}


def test_the_root_of_tests_is_used_for_everything_once_it_exists(tmp_path: Path) -> None:
    if shutil.which("bwrap") is None:
        pytest.skip("there is no bwrap")

    plain = {name: value for name, value in os.environ.items() if name != "STORYTIME_DEVROOT_ALL"}

    def path(**more: str) -> str:
        return subprocess.run(
            [DEVROOT, "path"],
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
            env={**plain, "STORYTIME_DEVROOT": "root", **more},
        ).stdout.strip()

    def make(*names: str) -> str:
        text = "".join(f"{line}\n" for line in ["testing 1", *sorted(packages(*names))])
        root = tmp_path / f"root-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
        root.mkdir()
        return str(root)

    cache = str(tmp_path)
    small = make("packages")
    assert path(STORYTIME_DEVROOT_CACHE=cache) == small
    complete = make("packages", "packages-of-tests")
    assert path(STORYTIME_DEVROOT_CACHE=cache) == complete
    assert path(STORYTIME_DEVROOT_CACHE=cache, STORYTIME_DEVROOT_ALL="1") == complete


def test_no_package_is_in_both_lists() -> None:
    assert packages("packages") & packages("packages-of-tests") == set()


def test_wrong_usage_is_explained() -> None:
    for arguments in ([], ["fly"], ["run", "--"]):
        result = subprocess.run(
            [str(DEVROOT), *arguments], check=False, capture_output=True, text=True, timeout=60
        )
        assert result.returncode == 2
        assert "usage: tools/devroot" in result.stdout


def test_the_lock_file_contains_no_addresses() -> None:
    lock = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert not re.search(r"https?://[^\"]*registry", lock)


def test_the_makefile_offers_what_the_readme_says() -> None:
    result = subprocess.run(
        ["make", "-C", str(ROOT), "help"], check=True, capture_output=True, text=True, timeout=60
    )
    for target in ("serve", "build", "test", "typecheck", "fmt", "lint"):
        assert f"make {target} " in result.stdout


def test_just_has_the_same_recipes() -> None:
    result = subprocess.run(
        ["just", "--justfile", str(ROOT / "justfile"), "--summary"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr
    assert {"test", "typecheck", "fmt", "serve", "build"} <= set(result.stdout.split())


def test_the_extension_is_importable_from_a_plain_python(
    program: Path, package: Path, tmp_path: Path
) -> None:
    code = (
        "import storytime\n"
        f"site = storytime.make_site({str(package)!r})\n"
        "print(site.title, storytime.find_path(site, '.components.button').title)\n"
        f"print(storytime.build_site({str(package)!r}, {str(tmp_path / 'out')!r}))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(program.parent / "python")}
    venv = (
        Path(os.environ["VIRTUAL_ENV"]) / "bin" / "python"
        if "VIRTUAL_ENV" in os.environ
        else Path(sys.executable)
    )
    result = subprocess.run(
        [str(venv), "-c", code],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == "Shop Button\n0\n"
    assert (tmp_path / "out/index.html").exists()
