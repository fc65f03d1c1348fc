"""Symbolic links in a package that come and go while it is served."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support import Server, listen, story_module, wait_for_page, write_files
from support.modes import WATCH_MODES


@pytest.mark.parametrize("mode", WATCH_MODES)
def test_documents_behind_links_come(
    serve: Callable[..., Server], package: Path, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    elsewhere = write_files(tmp_path / "elsewhere", {"one.md": "# One\n", "two/stories.py": ""})
    (package / "linked").symlink_to(elsewhere / "two")
    server = serve(package, *mode)
    with listen(server) as page:
        (package / "one.md").symlink_to(elsewhere / "one.md")
        wait_for_page(server, page, "One", "one.html")
        (elsewhere / "one.md").write_text("# Other\n")
        wait_for_page(server, page, "Other", "one.html")
        (elsewhere / "two/inner.md").write_text("# Inner\n")
        wait_for_page(server, page, "Inner", "linked/inner.html")


@pytest.mark.parametrize("mode", WATCH_MODES[:2])
def test_the_first_of_two_links_to_a_directory_goes(
    serve: Callable[..., Server], package: Path, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    """A directory is shown once, where the first of its links is."""
    elsewhere = write_files(tmp_path / "elsewhere", {"stories.py": story_module("One")})
    for name in ("first", "second"):
        (package / name).symlink_to(elsewhere)
    server = serve(package, *mode)
    with listen(server) as page:
        wait_for_page(server, page, "One", "first/index.html")
        (package / "first").unlink()
        wait_for_page(server, page, "One", "second/index.html")
        (elsewhere / "stories.py").write_text(story_module("Two"))
        wait_for_page(server, page, "Two", "second/index.html")


@pytest.mark.parametrize("mode", WATCH_MODES[:2])
def test_a_link_that_sorts_before_its_target(
    serve: Callable[..., Server], package: Path, mode: tuple[str, ...]
) -> None:
    """Documents and static files have the paths of real directories where there are such."""
    write_files(package, {"docs/v2/one.md": "# One\n", "static/v2/app.css": "a { top: 0 }\n"})
    for name in ("docs", "static"):
        (package / name / "latest").symlink_to("v2")
    server = serve(package, *mode)
    with listen(server) as page:
        (package / "docs/v2/one.md").write_text("# Two\n")
        wait_for_page(server, page, "Two", "docs/v2/one.html")
        (package / "static/v2/app.css").write_text("a { top: 1px }\n")
        wait_for_page(server, page, "1px", "static/v2/app.css")
