"""The stories of a package, found once and rendered one by one in this process."""

import difflib
import os
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from storytime import Global, RenderedStory, Story, Subject
from storytime._globals import choose
from storytime._native import _Collection


@dataclass(frozen=True)
class CollectedStory:
    """A story, with the path that a build gives it."""

    subject: str  # "actions/button"
    subject_title: str
    title: str
    slug: str
    file: str | None
    line: int
    tags: list[str]
    assertions: list[tuple[str, Callable[[Any], object]]]
    story: Story
    parent: Subject

    @property
    def path(self) -> str:
        """As in its URL: "actions/button/primary"."""
        return f"{self.subject}/{self.slug}"

    @property
    def parameters(self) -> dict[str, Any]:
        """Its own and those of all nodes above it, merged; the nearest wins."""
        merged: dict[str, Any] = {}
        for node in reversed(self._nodes):
            merge(merged, node.parameters or {})
        return merged

    @property
    def globals(self) -> list[Global]:
        """The globals of its site."""
        return list(getattr(self._nodes[-1], "globals", None) or [])

    @property
    def context(self) -> dict[Any, Any]:
        """The context of its site."""
        context = getattr(self._nodes[-1], "context", None)
        return context if isinstance(context, dict) else {}

    @property
    def _nodes(self) -> list[Any]:
        """The story and all nodes above it, up to the site."""
        nodes: list[Any] = [self.story, self.parent]
        while (above := getattr(nodes[-1], "parent", None)) is not None:
            nodes.append(above)
        return nodes


def merge(into: dict[str, Any], other: dict[str, Any]) -> None:
    """Add the items of another dict; dicts that are in both are merged, too."""
    for key, value in other.items():
        known = into.get(key)
        if isinstance(value, dict):
            into[key] = copy = dict(known) if isinstance(known, dict) else {}
            merge(copy, value)
        else:
            into[key] = value


class StoriesFile(NamedTuple):
    """A `stories.py`."""

    directory: str  # relative to the package; "" is its own
    path: Path
    fault: BaseException | None
    stories: list[CollectedStory]


def configured_package(*directories: Path) -> str | None:
    """The package in the nearest pyproject.toml with our table, at or above the first of these directories that has one."""
    for start in directories:
        for directory in (start, *start.parents):
            file = directory / "pyproject.toml"
            if not file.is_file() or "storytime" not in (text := file.read_text()):
                continue
            table = tomllib.loads(text).get("tool", {}).get("storytime")
            if isinstance(table, dict):
                return located(table.get("package"), directory)
    return None


def located(package: object, directory: Path) -> str | None:
    """The directory of a package below another directory if there is one, else its dotted name."""
    if not isinstance(package, str) or not package:
        return None
    for path in (directory / package, directory / package.replace(".", "/")):
        if path.is_dir():
            return str(path)
    return package


class Stories:
    """All stories of a package. Nothing is imported before they are requested."""

    def __init__(self, package: str, directory: Path) -> None:
        """Raises ValueError if there is no such package. Makes `directory` importable, as a build does."""
        if str(directory) not in sys.path:
            sys.path.insert(0, str(directory))
        self._collection = _Collection(package)
        self.name = self._collection.name
        self.directory = Path(self._collection.directory)

    @cached_property
    def files(self) -> list[StoriesFile]:
        """All `stories.py` files. Raises ValueError if the package has no Site, or two stories have the same id."""
        return [
            StoriesFile(
                directory, Path(path), fault, [CollectedStory(**story) for story in stories]
            )
            for directory, path, fault, stories in self._collection.load()
        ]

    @cached_property
    def by_path(self) -> dict[str, CollectedStory]:
        """All stories that could be imported."""
        return {story.path: story for file in self.files for story in file.stories}

    def render(self, story: CollectedStory, globals_: str = "") -> RenderedStory:
        """The story's HTML; with values of globals, "locale:de", in the site's context. Raises what user code raises."""
        context = story.context
        before = choose(story.globals, context, globals_)
        try:
            return self._collection.render(story.story, story.parent, story.title)
        finally:
            if globals_:
                context.clear()
                context.update(before)

    def render_path(self, path: str, /) -> RenderedStory:
        """The HTML of the story at a path. Raises the error of its file, or LookupError if there is no such story."""
        found = self.by_path.get(path.strip("/"))
        if found is None:
            raise self._missing(path.strip("/"))
        return self.render(found)

    def _missing(self, path: str) -> BaseException:
        """Explain that there is no story at a path, and suggest similar ones."""
        directory = path.rpartition("/")[0]
        for file in self.files:
            if file.fault is not None and file.directory == directory:
                return file.fault
        near = difflib.get_close_matches(path, self.by_path, n=3, cutoff=0.5)
        near = near or sorted(name for name in self.by_path if name.startswith(directory + "/"))[:3]
        hint = f"; did you mean {' or '.join(repr(name) for name in near)}?" if near else ""
        return LookupError(f"{os.path.basename(self.directory)!r} has no story {path!r}{hint}")

    def close(self) -> None:
        """End the event loop of async components."""
        self._collection.close()
