"""tools/release: what it refuses, and what it builds."""

import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from support.installing import command

ROOT = Path(__file__).parents[2]

CHANGES = "# Changelog\n\n## Unreleased\n\n## 1.2.3 - 2026-01-31\n\n### Added\n\n- Everything.\n"


def release(repository: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run tools/release in a repository, without the tests."""
    return subprocess.run(
        [repository / "tools/release", "--untested", *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        timeout=1800,
        cwd=repository,
    )


def commit(repository: Path) -> None:
    """Commit everything, with an author's name for tests."""
    identity = ["-c", "user.name=nobody", "-c", "user.email=nobody@localhost"]
    subprocess.run(["git", "-C", repository, "add", "--all"], check=True)
    subprocess.run(
        ["git", "-C", repository, *identity, "commit", "--quiet", "--message", "Release"],
        check=True,
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository that may be released, with only the files that the script checks first."""
    directory = tmp_path / "repository"
    (directory / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "tools/release", directory / "tools")
    (directory / "VERSION").write_text("1.2.3\n")
    (directory / "CHANGELOG.md").write_text(CHANGES)
    subprocess.run(["git", "init", "--quiet", directory], check=True)
    commit(directory)
    return directory


def test_what_is_not_committed_is_not_released(repository: Path) -> None:
    (repository / "more.py").write_text("")
    done = release(repository)
    assert done.returncode == 1
    assert "commit or remove these first:\n?? more.py" in done.stderr


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("VERSION", "1.2.3rc\n", "VERSION holds '1.2.3rc'"),
        ("VERSION", "1.2.4\n", "CHANGELOG.md has no section '## 1.2.4 - "),
        ("CHANGELOG.md", CHANGES.replace("Unreleased\n", "Unreleased\n\n- More.\n"), "move them"),
    ],
)
def test_an_inconsistent_project_is_not_released(
    repository: Path, file: str, text: str, said: str
) -> None:
    (repository / file).write_text(text)
    commit(repository)
    done = release(repository)
    assert done.returncode == 1
    assert said in done.stderr


def test_a_version_that_is_tagged_is_not_released_again(repository: Path) -> None:
    subprocess.run(["git", "-C", repository, "tag", "v1.2.3"], check=True)
    (repository / "more.py").write_text("")
    commit(repository)
    done = release(repository)
    assert done.returncode == 1
    assert "the tag v1.2.3 is on another commit: increase VERSION" in done.stderr


def test_an_existing_directory_is_refused(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    done = release(repository, tmp_path / "there")
    assert done.returncode == 1
    assert "already exists" in done.stderr


@pytest.mark.long(minutes=5)
def test_everything_that_is_published_is_built(tmp_path: Path) -> None:
    if not (ROOT / ".git").exists() or not os.environ.get("STORYTIME_WHEEL"):
        pytest.skip("a release is made from a clone, where wheels can be made")
    repository, out = tmp_path / "repository", tmp_path / "out"
    subprocess.run(["git", "clone", "--quiet", ROOT, repository], check=True)
    (repository / "VERSION").write_text("1.2.3\n")
    (repository / "CHANGELOG.md").write_text(CHANGES)
    commit(repository)
    done = release(repository, out)
    assert done.returncode == 0, done.stderr
    names = {path.name for path in out.iterdir()}
    assert names == {
        "SHA256SUMS",
        "storytime-1.2.3-py3-none-manylinux_2_28_aarch64.whl",
        "storytime-1.2.3-py3-none-manylinux_2_28_x86_64.whl",
        "storytime-1.2.3.cdx.json",
        "storytime-1.2.3.tar.gz",
        "storytime_1.2.3_amd64.deb",
    }
    sums = dict(reversed(line.split()) for line in (out / "SHA256SUMS").read_text().splitlines())
    assert sums.keys() == names - {"SHA256SUMS"}
    for name, wanted in sums.items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == wanted
    with zipfile.ZipFile(out / "storytime-1.2.3-py3-none-manylinux_2_28_aarch64.whl") as archive:
        archive.extractall(tmp_path / "aarch64")
    found = tmp_path / "aarch64"
    binaries = [*found.rglob("_native.*-aarch64-linux-gnu.so"), *found.rglob("scripts/*")]
    assert len(binaries) == 3
    for binary in binaries:
        assert "AArch64" in command("readelf", "-h", binary)
    assert json.loads((out / "storytime-1.2.3.cdx.json").read_text())["bomFormat"] == "CycloneDX"
    assert "The tests did NOT run" in done.stdout
    assert "git tag --sign v1.2.3" in done.stdout
