"""Installing from source: the source archive, and the refusal of other systems."""

import re
import subprocess
import tarfile
from pathlib import Path

import pytest
from support import example, write_files
from support.installing import (
    DISTRIBUTION,
    ROOT,
    bare,
    command,
    install_from_index,
    make_environment,
    tree,
)


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the packages that build Python packages."""
    directory = make_environment(tmp_path_factory.mktemp("builder") / "environment")
    install_from_index(directory, "build", "meson-python")
    return directory


@pytest.fixture(scope="module")
def archive(builder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive of what is committed."""
    if not (ROOT / ".git").exists():
        pytest.skip("a source archive is made from a clone")
    directory = tmp_path_factory.mktemp("archive")
    build = [builder / "bin/python", "-m", "build", "--sdist", "--no-isolation"]
    command(*build, "--outdir", directory, ROOT)
    return next(directory.glob(f"{DISTRIBUTION}-*.tar.gz"))


@pytest.mark.long
def test_an_archive_installs_without_npm(builder: Path, archive: Path, tmp_path: Path) -> None:
    with tarfile.open(archive) as opened:
        names = [name.partition("/")[2] for name in opened.getnames()]
    assert {
        "PKG-INFO",
        "LICENSE",
        "assets/bundled/storytime.css",
        "assets/bundled/LICENSE.axe-core",
    } <= set(names)
    assert not [name for name in names if name.startswith(("node_modules", "build/"))]

    before = tree(builder)
    pip = [builder / "bin/python", "-m", "pip"]
    command(*pip, "install", "--no-index", "--no-build-isolation", archive, cwd=tmp_path)
    package = write_files(tmp_path / "shop", example())
    command(builder / "bin/storytime", "build", package, tmp_path / "out", cwd="/", env=bare())
    assert (tmp_path / "out/index.html").exists()

    command(*pip, "uninstall", "--yes", DISTRIBUTION)
    left = {name for name in tree(builder) - before if "__pycache__" not in name}
    assert left == set()


def test_another_system_is_refused_in_one_sentence(tmp_path: Path) -> None:
    machine = tmp_path / "machine.ini"
    machine.write_text(
        "[binaries]\nc = 'cc'\nar = 'ar'\n"
        "[host_machine]\nsystem = 'darwin'\ncpu_family = 'aarch64'\ncpu = 'aarch64'\nendian = 'little'\n"
    )
    done = subprocess.run(
        ["meson", "setup", tmp_path / "build", ROOT, "--cross-file", machine],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode != 0
    assert re.search(r"storytime runs on Linux alone, not on darwin: .*WSL 2", done.stdout)
