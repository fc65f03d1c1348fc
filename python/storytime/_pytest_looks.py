"""The sizes and globals with which browser tests open stories: by the parameter `screenshots`, else by options."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest

from storytime._collected import CollectedStory
from storytime._globals import Global

SIZES: dict[str, Any] = {"Tablet": [768, 1024], "Phone": [390, 844]}
"""The sizes of every site's menu, by assets/js/preview.js."""
KNOWN = ("disable", "globals", "mask", "threshold", "viewports")


@dataclass(frozen=True)
class Look:
    """One combination of size and globals to open a story with."""

    size: tuple[int, int] | None = None  # in pixels; None: no size is set
    globals: tuple[tuple[Global, str], ...] = ()  # and their values

    @property
    def name(self) -> str:
        """The name in ids and file names: "theme-dark-390x844"; "" if neither size nor globals are set."""
        parts = [f"{one.name}-{value}".replace(" ", "-") for one, value in self.globals]
        return "-".join([*parts, *([f"{self.size[0]}x{self.size[1]}"] if self.size else [])])

    @property
    def query(self) -> str:
        """The query for the address of a preview."""
        text = written(pair for pair in self.globals if pair[0].attribute is not None)
        return f"?globals={quote(text)}" if text else ""

    @property
    def rendered(self) -> str:
        """The values of globals that stories must be rendered with, if they differ from the first ones."""
        return written(
            (one, value)
            for one, value in self.globals
            if one.attribute is None and value != one.values[0]
        )


def written(globals_: Iterable[tuple[Global, str]]) -> str:
    """The values as written in an address."""
    return ";".join(f"{one.name}:{value}" for one, value in globals_)


class Screenshots:
    """The parameter `screenshots` of a story, completed by options."""

    def __init__(self, story: CollectedStory, config: pytest.Config) -> None:
        """Raises ValueError if one of them has another form."""
        parameters = story.parameters
        given = parameters.get("screenshots") or {}
        if not isinstance(given, dict) or (unknown := given.keys() - KNOWN):
            wrong = ", ".join(sorted(unknown)) if isinstance(given, dict) else given
            raise ValueError(
                f"the parameter screenshots must be a dict with {', '.join(KNOWN[:-1])} and {KNOWN[-1]}, not {wrong!r}"
            )
        named = SIZES | (parameters.get("viewports") or {})
        self.disabled = bool(given.get("disable"))
        self.mask: list[str] = list(given.get("mask", []))
        self.threshold = float(given.get("threshold", 0))
        viewports = given.get("viewports", config.getoption("storytime_viewport"))
        globals_ = given.get("globals", config.getoption("storytime_global"))
        sizes: list[tuple[int, int] | None] = [size_of(one, named) for one in viewports]
        self.looks = [
            Look(size, chosen)
            for chosen in product(*chosen_values(globals_, story.globals))
            for size in sizes or [None]
        ]


def size_of(viewport: Any, named: dict[str, Any]) -> tuple[int, int]:
    """A size in pixels, from a list, a name, or "390x844". Raises ValueError if it is none of these."""
    size = named.get(viewport) if isinstance(viewport, str) else viewport
    if size is None and isinstance(viewport, str):
        size = [int(side) if side.isdecimal() else side for side in viewport.split("x")]
    match size:
        case [int(width), int(height)]:
            return width, height
    there = ", ".join(repr(name) for name, known in named.items() if known is not None)
    raise ValueError(
        f"there is no viewport {viewport!r} for screenshots: use [width, height], '390x844' or one of {there}"
    )


def chosen_values(wanted: Iterable[str], globals_: list[Global]) -> list[list[tuple[Global, str]]]:
    """The values of each global requested by "theme" (all values) or "theme:dark". Raises ValueError."""
    known = {one.name: one for one in globals_}
    found: dict[str, list[tuple[Global, str]]] = {}
    for text in wanted:
        name, _, value = str(text).partition(":")
        if name not in known:
            there = f"the site has {', '.join(map(repr, known))}" if known else "the site has none"
            raise ValueError(f"there is no global {name!r} for screenshots: {there}")
        if value and value not in known[name].values:
            there = ", ".join(map(repr, known[name].values))
            raise ValueError(f"the global {name!r} has no value {value!r}: use one of {there}")
        values = [value] if value else known[name].values
        found.setdefault(name, []).extend((known[name], one) for one in values)
    return [list(dict.fromkeys(pairs)) for pairs in found.values()]
