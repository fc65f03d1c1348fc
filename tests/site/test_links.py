"""Symbolic links in a package: they are followed, each directory once, but not to files outside of the project."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Server, example, story_module, tree, write_files

type Build = Callable[..., subprocess.CompletedProcess[str]]


def stories(out: Path) -> set[str]:
    """The previews of all stories."""
    return {name for name in tree(out) if name.endswith("preview.html")}


def test_a_link_to_a_parent_directory_is_not_followed_forever(
    build: Build, package: Path, tmp_path: Path
) -> None:
    assert build(package, tmp_path / "plain").returncode == 0
    (package / "components/again").symlink_to(package)
    (package / "components/button/here").symlink_to(".")
    result = build(package, tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert stories(tmp_path / "out") == stories(tmp_path / "plain")
    assert result.stderr.count("links to a directory above itself and is not followed") == 2


def test_a_directory_that_two_links_lead_to_is_entered_once(
    build: Build, package: Path, tmp_path: Path
) -> None:
    elsewhere = write_files(tmp_path / "elsewhere", {"stories.py": story_module("Linked")})
    (package / "a").symlink_to(elsewhere)
    (package / "z").symlink_to(elsewhere)
    (package / "aa").symlink_to(package / "components")  # which is in the package anyway
    result = build(package, tmp_path / "out")
    assert result.returncode == 0, result.stderr
    found = stories(tmp_path / "out")
    assert found == {"a/first/preview.html", "components/button/first/preview.html"}
    assert "WARNING" not in result.stderr


def test_links_do_not_change_the_order(build: Build, package: Path, tmp_path: Path) -> None:
    plain = write_files(tmp_path / "plain" / "shop", example())
    for name in ("b", "d"):
        write_files(plain / name, {"stories.py": story_module(name)})
        write_files(tmp_path / "real" / name, {"stories.py": story_module(name)})
        (package / name).symlink_to(tmp_path / "real" / name)
    assert build(plain, tmp_path / "one").returncode == 0
    assert build(package, tmp_path / "two").returncode == 0
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_files_outside_of_the_project_are_not_published(
    build: Build, package: Path, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    package = package.rename(project / "shop")
    (project / "pyproject.toml").touch()
    files = {"secret.txt": "secret", "other/more.txt": "more"}
    outside = write_files(tmp_path / "outside", files)
    inside = write_files(project / "assets", {"logo.svg": "<svg/>"})
    static = package / "static"
    static.mkdir()
    (static / "secret.txt").symlink_to(outside / "secret.txt")
    (static / "other").symlink_to(outside / "other")
    (static / "logo.svg").symlink_to(inside / "logo.svg")
    (static / "assets").symlink_to(inside)
    result = build(package, tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert sorted(name for name in tree(tmp_path / "out") if name.startswith("static/")) == [
        "static/assets/logo.svg",
        "static/logo.svg",
    ]
    assert result.stderr.count("links to a place outside the project and is not published") == 2
    assert f"'{static / 'secret.txt'}'" in result.stderr
    assert "--static-dir" in result.stderr
    result = build(package, tmp_path / "out", "--static-dir", f"{outside}:/outside")
    assert result.returncode == 0, result.stderr
    assert tree(tmp_path / "out")["outside/other/more.txt"] == b"more"


@pytest.mark.parametrize("mode", [(), ("--poll",)], ids=["inotify", "poll"])
def test_a_circular_link_is_served(
    serve: Callable[..., Server], package: Path, mode: tuple[str, ...]
) -> None:
    (package / "components/again").symlink_to(package)
    server = serve(package, *mode)
    assert "Buy" in server.get("components/button/first/preview.html")
    assert server.request("components/again/")[0] == 404


def test_a_nojekyll_file_is_written(build: Build, package: Path, tmp_path: Path) -> None:
    """Without it, GitHub Pages would not serve `_storytime/`."""
    for _ in range(2):
        assert build(package, tmp_path / "out").returncode == 0
        assert (tmp_path / "out/.nojekyll").read_text() == ""
