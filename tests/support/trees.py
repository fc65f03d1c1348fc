"""Published trees."""

from html.parser import HTMLParser
from pathlib import Path


def tree(directory: Path) -> dict[str, bytes]:
    """Every file of a tree, by its path; what storytime keeps for itself aside."""
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and ".storytime" not in path.relative_to(directory).parts
    }


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
