"""Published catalogs, and the links of pages."""

from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path


def tree(directory: Path) -> dict[str, bytes]:
    """The contents of all files of a directory by path, without storytime's own in .storytime.

    A file that a running build removes after it was listed is left out.
    """
    files = {}
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory)
        if ".storytime" not in name.parts and path.is_file():
            with suppress(FileNotFoundError):
                files[str(name)] = path.read_bytes()
    return files


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if name in ("href", "src") and value]


def links_of(page: str) -> list[str]:
    """The targets of all links, scripts, frames and images of a page."""
    parser = _Links()
    parser.feed(page)
    return parser.links
