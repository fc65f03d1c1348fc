"""Random templates: half of them well formed, half of them pieces of markup in any order. The same for the same number."""

import random
from string.templatelib import Interpolation, Template
from typing import Any

from cases import Box, Card, Named, Optional
from values import values

TAGS = [
    "p",
    "div",
    "span",
    "svg",
    "foreignobject",
    "clippath",
    "math",
    "ul",
    "textarea",
    "title",
    "script",
    "style",
]
VOID = ["br", "img", "input"]
TEXTS = [
    "text",
    " ",
    "\n",
    "a & b",
    "&amp;",
    "&lt;",
    "&copy",
    "'quoted'",
    '"double"',
    "ü🐍",
    ">",
    "a > b",
    "1 < 2",
]
NAMES = [
    "id",
    "title",
    "class",
    "style",
    "data",
    "aria",
    "data-x",
    "viewbox",
    "disabled",
    "HREF",
    "x-y",
]
LITERAL_VALUES = ["v", "a b", "color: red", "", "&amp;", "x:y;z:w"]
TOKENS = [
    "<",
    ">",
    "/",
    "=",
    '"',
    "'",
    " ",
    "\n",
    "\t",
    "-",
    "!",
    "?",
    "&",
    ";",
    "#",
    "a",
    "b",
    "p",
    "x",
    "1",
    "--",
    "-->",
    "<!--",
    "<!",
    "</",
    "/>",
    "<p",
    "<p>",
    "</p>",
    "<br>",
    "<script>",
    "</script>",
    "<title>",
    "</title",
    "doctype ",
    "<!doctype html>",
    "<![CDATA[",
    "]]>",
    "&amp",
    "&lt;",
    "&#6",
    "5;",
    "class",
    "style=",
    "id=",
    "<svg>",
    "</svg>",
    "É",
]
FORMATS = ["", "", "", "", "", "safe", "unsafe", "callback", ">6", "r", "s", "a"]


class Maker:
    """Makes one template."""

    def __init__(self, seed: int, tdom: Any) -> None:
        self.random = random.Random(seed)
        self.values = values(tdom)
        self.names = sorted(self.values)
        self.parts: list[str | Interpolation] = []

    def chance(self, probability: float) -> bool:
        """Whether something happens."""
        return self.random.random() < probability

    def interpolate(self, value: Any = None) -> None:
        """Add an interpolation of a value, by default any."""
        conversion: Any = None
        spec = ""
        if value is None:
            value = self.values[self.random.choice(self.names)]()
            spec = self.random.choice(FORMATS)
            if spec in "rsa" and spec:
                conversion, spec = spec, ""
        self.parts.append(Interpolation(value, "value", conversion, spec))

    def attribute(self) -> None:
        """Add an attribute of any kind."""
        kind = self.random.randrange(6)
        self.parts.append(" ")
        if kind == 0:
            self.interpolate()
            return
        self.parts.append(self.random.choice(NAMES))
        if kind == 1:
            return
        quote = self.random.choice(["", '"', "'"]) if kind == 2 else self.random.choice(['"', "'"])
        self.parts.append("=" + quote)
        if kind == 3:
            self.parts.append(self.random.choice(LITERAL_VALUES))
        if kind in (2, 4, 5):
            self.interpolate()
        if kind == 5:
            self.parts.append(self.random.choice(["", " ", "-x", "&amp;"]))
            self.interpolate()
        self.parts.append(quote)

    def component(self, depth: int) -> None:
        """Add a component, with or without children."""
        component = self.random.choice([Box, Named, Card, Optional])
        self.parts.append("<")
        self.interpolate(component)
        for _ in range(self.random.randrange(3)):
            self.attribute()
        if self.chance(0.3):
            self.parts.append(" />")
            return
        self.parts.append(">")
        self.content(depth - 1)
        self.parts.append("</")
        self.interpolate(component)
        self.parts.append(">")

    def element(self, depth: int) -> None:
        """Add an element with attributes and content."""
        tag = self.random.choice(VOID if self.chance(0.15) else TAGS)
        self.parts.append("<" + tag)
        for _ in range(self.random.randrange(4)):
            self.attribute()
        if tag in VOID or self.chance(0.1):
            self.parts.append(self.random.choice([">", " />"]) if tag in VOID else " />")
            return
        self.parts.append(">")
        if tag in ("textarea", "title", "script", "style"):
            for _ in range(self.random.randrange(3)):
                self.text()
        else:
            self.content(depth - 1)
        self.parts.append(f"</{tag}>")

    def text(self) -> None:
        """Add text or a value."""
        if self.chance(0.5):
            self.parts.append(self.random.choice(TEXTS))
        else:
            self.interpolate()

    def content(self, depth: int) -> None:
        """Add some nodes."""
        for _ in range(self.random.randrange(4)):
            kind = self.random.random()
            if kind < 0.4 or depth <= 0:
                self.text()
            elif kind < 0.85:
                self.element(depth)
            elif kind < 0.95:
                self.component(depth)
            else:
                self.parts.append("<!--")
                self.text()
                self.parts.append("-->")

    def soup(self) -> None:
        """Add pieces of markup in any order."""
        for _ in range(self.random.randrange(1, 14)):
            if self.chance(0.12):
                self.interpolate()
            else:
                self.parts.append(self.random.choice(TOKENS))


def random_template(seed: int, tdom: Any) -> Template:
    """The template of a number."""
    maker = Maker(seed, tdom)
    if maker.chance(0.5):
        maker.content(3)
    else:
        maker.soup()
    return Template(*maker.parts)
