"""Values for templates, ordinary and odd ones. They are made for each case."""

from collections import ChainMap, OrderedDict, deque
from collections.abc import Callable
from decimal import Decimal
from string.templatelib import Template
from types import MappingProxyType
from typing import Any


class Html:
    """Has `__html__`."""

    def __html__(self) -> str:
        return "<i>html</i>"


class HtmlIterable(Html):
    """Has `__html__`, and is iterable."""

    def __iter__(self) -> Any:
        return iter(["<x>", 1])


class OddHtml:
    """Its `__html__` returns a number."""

    def __html__(self) -> Any:
        return 5


class Dynamic:
    """Makes up `__html__` with `__getattr__`."""

    def __getattr__(self, name: str) -> Any:
        if name == "__html__":
            return lambda: "<dynamic>"
        raise AttributeError(name)

    def __str__(self) -> str:
        return "<dynamic str>"


class Text(str):
    """A subclass of str."""


class Plain:
    """An ordinary object."""

    def __str__(self) -> str:
        return "<plain & simple>"


class NotIterable:
    """Has `__iter__ = None`."""

    __iter__ = None

    def __str__(self) -> str:
        return "<not iterable>"


class Broken:
    """Raises when it becomes text."""

    def __str__(self) -> str:
        raise ZeroDivisionError("no text")


def generate(*items: Any) -> Any:
    """Yield the items."""
    yield from items


def values(tdom: Any) -> dict[str, Callable[[], Any]]:
    """Functions that make the values, by name."""
    markup = tdom.Markup
    return {
        "none": lambda: None,
        "true": lambda: True,
        "false": lambda: False,
        "zero": lambda: 0,
        "int": lambda: 42,
        "negative": lambda: -7,
        "huge": lambda: 10**30,
        "float": lambda: 1.5,
        "decimal": lambda: Decimal("1.10"),
        "empty": lambda: "",
        "str": lambda: "plain",
        "special": lambda: "<a href=\"x\" title='y'>&amp;</a>",
        "words": lambda: "  one   two\tthree  ",
        "unicode": lambda: "grün 🐍 \u00a0 <",
        "surrogate": lambda: "a\ud800<",
        "long": lambda: "x<" * 5000,
        "comment end": lambda: "--> --!> <!-- <!-",
        "script end": lambda: "</script><SCRIPT><!--</Style></style>",
        "declaration": lambda: "color: red; margin: 0",
        "odd declaration": lambda: "color: red: blue",
        "only semicolons": lambda: ";;;",
        "markup": lambda: markup("<b>bold</b>"),
        "empty markup": lambda: markup(""),
        "str subclass": lambda: Text("<text>"),
        "html": lambda: Html(),
        "html iterable": lambda: HtmlIterable(),
        "odd html": lambda: OddHtml(),
        "dynamic": lambda: Dynamic(),
        "plain object": lambda: Plain(),
        "not iterable": lambda: NotIterable(),
        "broken": lambda: Broken(),
        "bytes": lambda: b"a<",
        "list": lambda: ["a", "<b>", 3, None, True, "c d"],
        "tuple": lambda: ("x", "y"),
        "nested list": lambda: ["a", ["b", ["<c>", t"<i>{'d'}</i>"]]],
        "empty list": lambda: [],
        "list of strs": lambda: ["btn", "btn-large", None, "btn"],
        "bad list": lambda: ["btn", 5],
        "generator": lambda: generate("<", t"<u>{1}</u>", None),
        "deque": lambda: deque(["a", "b"]),
        "set": lambda: {"only"},
        "range": lambda: range(3),
        "dict": lambda: {"a": "1", "b-c": 2, "d": True, "e": False, "f": None},
        "toggles": lambda: {"on": True, "off": False, "two words": 1, "none": None},
        "class dict": lambda: {"class": ["x", "y"], "id": "i", "style": {"color": "red"}},
        "special dict": lambda: {
            "data": {"x": 1, "y": True},
            "aria": {"label": "<l>", "hidden": False},
        },
        "odd keys": lambda: {1: "a", "b>c": "d", "viewbox": "0"},
        "empty dict": lambda: {},
        "ordered": lambda: OrderedDict(x=1, y=None),
        "proxy": lambda: MappingProxyType({"z": "<z>"}),
        "chain": lambda: ChainMap({"c": 1}, {"d": 2}),
        "template": lambda: t"<em>{'<nested>'}</em>",
        "empty template": lambda: t"",
        "text template": lambda: t"just & text",
        "bad template": lambda: t"<div>",
        "function": lambda: lambda: "<called>",
        "raising function": lambda: lambda: 1 / 0,
        "class": lambda: Template,
    }
