"""The documentation of this repository is built as a catalog."""

import re
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from posixpath import normpath
from urllib.parse import unquote, urlsplit

import pytest
from support import tree

type Build = Callable[..., subprocess.CompletedProcess[str]]

DOCS = Path(__file__).parents[2] / "docs"
ELSEWHERE = {"../SECURITY.md"}
"""Links to files of the repository that are not pages of the site."""


class Reader(HTMLParser):
    """Collects a page's ids and links."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            elif name in ("href", "src") and value:
                self.links.append(value)


@pytest.fixture(scope="module")
def site(program: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """All files of the site, built as docs/deploy.md says."""
    recipe = (
        (DOCS / "deploy.md").read_text().partition("## These documents")[2].partition("\n## ")[0]
    )
    (command,) = re.findall(r"bin/storytime (build docs public .*)", recipe)
    out = tmp_path_factory.mktemp("documents") / "public"
    words = [str(out) if word == "public" else word for word in command.split()]
    done = subprocess.run(
        [program, *words], cwd=DOCS.parent, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return tree(out)


def test_each_document_is_a_page(site: dict[str, bytes]) -> None:
    for path in DOCS.glob("*.md"):
        if path.name != "docs.md":
            assert f"{path.stem}.html" in site
    assert b'title="Preview of Save"' in site["index.html"]


def test_no_link_within_the_site_is_broken(site: dict[str, bytes]) -> None:
    pages = {}
    for path, content in site.items():
        if path.endswith(".html"):
            pages[path] = Reader()
            pages[path].feed(content.decode())
    for path, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), path
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or link in ELSEWHERE or path == "404.html":
                continue
            target = normpath(f"{path}/../{unquote(parts.path)}") if parts.path else path
            assert target in site, (path, link)
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].ids, (path, link)
