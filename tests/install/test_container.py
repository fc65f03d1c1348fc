"""packaging/Containerfile: the image builds, and runs as its own user, with a catalog that it can only read."""

import json
import os
import resource
import shutil
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import example, write_files
from support.installing import ROOT, command

pytestmark = pytest.mark.long

Buildah = Callable[..., str]


def limits() -> list[str]:
    """Options that keep the limits as they are: Buildah would raise them, which not every superuser may do."""
    return [
        f"--ulimit={name}={resource.getrlimit(number)[1]}"
        for name, number in (("nofile", resource.RLIMIT_NOFILE), ("nproc", resource.RLIMIT_NPROC))
    ]


def needed(program: Path) -> set[Path]:
    """The libraries that a program or an extension is linked with, and the loader."""
    words = command("ldd", program).split()
    return {Path(word) for word in words if word.startswith("/")}


def make_base(directory: Path, storytime: Path) -> None:
    """Make a file system with this system's Python, shell and C library, in place of a base image that can't be pulled."""
    for name in ("bin", "lib", "lib64"):
        if Path("/", name).is_symlink():
            (directory / "usr" / name).mkdir(parents=True)
            (directory / name).symlink_to(f"usr/{name}")
    (directory / "tmp").mkdir()
    (directory / "tmp").chmod(0o1777)
    library = Path(sysconfig.get_path("stdlib"))
    wheels = sysconfig.get_config_var("WHEEL_PKG_DIR")
    ignore = shutil.ignore_patterns("__pycache__", "test", "config-*", "*.a")
    for tree in [library, *([Path(wheels)] if wheels else [])]:
        shutil.copytree(tree, directory / tree.relative_to("/"), ignore=ignore)
    programs = [
        Path(sys.executable).resolve(),
        Path("/bin/sh"),
        *(Path("/usr/bin", name) for name in ("cat", "id")),
    ]
    files = {
        file for linked in [*programs, storytime, *library.rglob("*.so")] for file in needed(linked)
    }
    certificates = Path("/etc/ssl/certs/ca-certificates.crt")  # read by Debian's pip when it starts
    for file in [*programs, *files, *([certificates] if certificates.exists() else [])]:
        to = directory / file.relative_to("/")
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, to)


@pytest.fixture(scope="module")
def buildah(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Buildah]:
    """Run buildah, with its storage in a temporary directory."""
    if shutil.which("buildah") is None or os.getuid() != 0:
        pytest.skip("buildah and the superuser's rights are needed to build an image")
    storage = tmp_path_factory.mktemp("storage")
    places = [f"--root={storage / 'root'}", f"--runroot={storage / 'run'}"]

    def run(*words: object) -> str:
        return command("buildah", "--storage-driver=vfs", *places, *words).strip()

    yield run
    run("rm", "--all")


@pytest.fixture(scope="module")
def container(
    buildah: Buildah, wheel: Path, installed: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A container of the image."""
    directory = tmp_path_factory.mktemp("image")
    make_base(directory / "base", installed / "bin/storytime")
    made = buildah("from", "scratch")
    buildah("copy", "--quiet", made, directory / "base", "/")
    buildah("commit", "--quiet", made, "localhost/base")
    (directory / "dist").mkdir()
    shutil.copy(wheel, directory / "dist")
    buildah(
        *("build", "--isolation=chroot", "--pull=never", *limits(), "--tag=localhost/storytime"),
        *(
            "--build-arg=BASE=localhost/base",
            f"--file={ROOT / 'packaging/Containerfile'}",
            directory,
        ),
    )
    yield buildah("from", "--quiet", "--pull=never", *limits(), "localhost/storytime")
    shutil.rmtree(directory)


@pytest.fixture
def run(buildah: Buildah, container: str, tmp_path: Path) -> Buildah:
    """Run a command in the container, with a package of stories and this directory mounted read-only."""
    write_files(tmp_path / "shop", example())
    tmp_path.chmod(0o755)  # for the image's user
    tests = Path(__file__).parent
    volumes = [f"--volume={tmp_path}:/project:ro", f"--volume={tests}:/tests:ro"]
    return lambda *words: buildah("run", "--isolation=chroot", *volumes, container, "--", *words)


def test_the_image_builds_a_catalog_as_its_user(run: Buildah) -> None:
    assert "uid=1000 gid=1000" in run("id")
    said = run("sh", "-ec", "storytime build shop /tmp/out --strict && cat /tmp/out/index.html")
    assert "1 story" in said
    assert "<title>Shop" in said


@pytest.mark.parametrize("path", ["/opt/storytime/new", "/usr/new", "/project/new"])
def test_its_user_can_write_neither_to_the_image_nor_to_the_project(
    run: Buildah, path: str
) -> None:
    assert "not written" in run("sh", "-c", f"(: >{path}) || echo not written")


@pytest.mark.parametrize("words", [[], ["shop", "--use-subinterpreters"]])
def test_the_image_serves(buildah: Buildah, container: str, run: Buildah, words: list[str]) -> None:
    settings = json.loads(buildah("inspect", "--format={{json .OCIv1.Config}}", container))
    start = settings["Entrypoint"] + settings["Cmd"]
    assert start == ["storytime", "serve", "--host", "0.0.0.0"]
    run("python3.14", "/tests/try_served.py", *start, *words)
