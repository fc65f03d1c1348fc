"""The extension, as far as the package's own files use it: `storytime` itself says what is for others."""

from os import PathLike
from typing import Any, Self, final

from storytime import Catalog as Catalog
from storytime import RenderedStory
from storytime import Section as Section
from storytime import Site as Site
from storytime import Story as Story
from storytime import Subject as Subject
from storytime import build_catalog as build_catalog
from storytime import build_site as build_site
from storytime import find_path as find_path
from storytime import make_catalog as make_catalog
from storytime import make_site as make_site

__all__ = [
    "Catalog",
    "Section",
    "Site",
    "Story",
    "Subject",
    "build_catalog",
    "build_site",
    "find_path",
    "make_catalog",
    "make_site",
]

@final
class _Node:
    """An element of a story's HTML."""

    tag: str
    text: str
    html: str
    attributes: dict[str, str]
    role: str | None
    name: str
    level: int | None
    hidden: bool
    labels: list[str]
    parent: _Node | None
    children: list[_Node]
    @classmethod
    def parse(cls, html: str, /) -> _Node:
        """Return the <html> of a document, or of a part of one."""

    def select(self, selector: str, /) -> list[_Node]:
        """Return the nodes below that match a CSS selector. Raise ValueError where it is none."""

    def find(self, role: str | None, with_hidden: bool = False, /) -> list[_Node]:
        """Return the nodes below that have a role, or any role for None."""

    def labelled(self) -> list[_Node]:
        """Return the nodes below that have labels."""

@final
class _Collection:
    """The stories of a package, rendered one by one."""

    name: str
    directory: str
    def __new__(cls, package: str | PathLike[str]) -> Self: ...
    def load(
        self,
    ) -> list[tuple[str, str, BaseException | None, list[dict[str, Any]]]]:
        """Import all stories. Return a tuple for each stories.py: its directory, its path, what broke it, its stories."""

    def render(self, story: Story, subject: Subject, title: str, /) -> RenderedStory:
        """Render one story, with its layout. Raises what user code raises."""

    def close(self) -> None:
        """End the event loop of the components, and forget the stories."""
