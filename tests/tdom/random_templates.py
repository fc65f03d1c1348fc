"""Random templates of three kinds: well formed with suitable values, well formed with any values, and any sequence of markup.

The same number always gives the same template. Elements, attributes, values, mappings, lists, generators, nested templates and
components are chosen at random. An exception is a result like any other.
"""

import random
from collections.abc import Callable
from functools import partial
from html.entities import html5
from string.templatelib import Interpolation, Template
from typing import Any

import cases
from random_words import (
    CONVERSIONS,
    ELEMENTS,
    FORMATS,
    KEYS,
    LITERAL_VALUES,
    NAMES,
    SPECIAL,
    TEXT_ELEMENTS,
    TEXTS,
    TOKENS,
    VOID,
)
from values import values

ENTITIES = sorted(html5)


def components(tdom: Any) -> list[Callable[..., Any]]:
    """Components of every kind. Ordinary ones occur more often."""
    methods = cases.Methods()
    ordinary = [cases.Box, cases.Named, cases.Card, cases.Optional, cases.Themed]
    return ordinary * 4 + [
        cases.provider(tdom),
        cases.provider(tdom),
        cases.Positional,
        cases.Variadic,
        cases.Empty,
        cases.ReturnsText,
        cases.ReturnsNone,
        cases.ReturnsCallable,
        cases.ReturnsDeepCallable,
        cases.Raises,
        cases.Wrapped,
        cases.Methods,
        cases.WithNew,
        methods,
        methods.bound,
        methods.of_class,
        methods.static,
        partial(cases.Named, title="partial"),
        lambda x="y", **rest: t"<b {rest}>{x}</b>",
        len,
        dict,
    ]


class Maker:
    """Makes one template."""

    def __init__(self, source: random.Random, tdom: Any, tame: bool) -> None:
        self.random = source
        self.tdom = tdom
        self.tame = tame
        self.values = values(tdom)
        self.names = sorted(self.values)
        self.components = components(tdom)
        self.parts: list[str | Interpolation] = []

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.random.random() < probability

    def some(self, most: int) -> range:
        """A range of random length, at most `most`."""
        return range(self.random.randrange(most + 1))

    # -- values --

    def text_value(self) -> str:
        """A str of pieces that matter for escaping."""
        return "".join(self.random.choice(SPECIAL) for _ in self.some(6))

    def mapping(self, depth: int) -> dict[str, Any]:
        """A mapping, for attributes, classes or styles."""
        return {self.random.choice(KEYS): self.value(depth - 1) for _ in self.some(4)}

    def template(self, depth: int) -> Template:
        """A template as a value."""
        inner = Maker(self.random, self.tdom, self.tame)
        inner.content(min(depth, 2))
        return Template(*inner.parts)

    def value(self, depth: int) -> Any:
        """Any value, or a simple one if the template is tame."""
        kind = self.random.random()
        if depth > 0 and kind < 0.1:
            return [self.value(depth - 1) for _ in self.some(3)]
        if depth > 0 and kind < 0.14:
            return (item for item in [self.value(depth - 1) for _ in self.some(3)])
        if depth > 0 and kind < 0.22:
            return self.template(depth - 1)
        if depth > 0 and kind < 0.3:
            return self.mapping(depth)
        if kind < 0.6 or self.tame:
            choices = [self.text_value(), "w", "a b", 7, True, False, None, self.tdom.Markup("<u>")]
            return self.random.choice(choices)
        return self.values[self.random.choice(self.names)]()

    def fitting(self, name: str) -> Any:
        """A value that suits an attribute of this name."""
        name = name.lower()
        if name in ("data", "aria", "style") or name == "{}":
            return {
                self.random.choice(KEYS): self.random.choice(
                    [None, True, False, 3, self.text_value()]
                )
                for _ in self.some(4)
                if name != "{}"
            } or None
        if name == "class":
            return self.random.choice(["k l", None, ["m", None, "n o"], {"on": 1, "off": 0}, ()])
        return self.value(0)

    def interpolate(self, value: Any) -> None:
        """Add an interpolation, sometimes with a conversion and a format."""
        formatted = not self.tame and self.chance(0.3)
        conversion: Any = self.random.choice(CONVERSIONS) if formatted else None
        spec = self.random.choice(FORMATS) if formatted else ""
        if spec == "callback" and self.chance(0.7):
            value, conversion = partial(lambda it: it, value), None
        self.parts.append(Interpolation(value, "value", conversion, spec))

    def attribute_value(self, name: str) -> None:
        """Add an interpolation in an attribute."""
        self.interpolate(self.fitting(name) if self.tame or self.chance(0.4) else self.value(2))

    # -- markup --

    def attribute(self) -> None:
        """Add an attribute of any kind."""
        kind = self.random.randrange(7)
        self.parts.append(
            self.random.choice([" ", " ", " ", "\n", "/"]) if self.chance(0.2) else " "
        )
        if kind == 0:
            spread = {
                n: self.fitting(n) for n in self.random.choices(NAMES, k=self.random.randrange(4))
            }
            self.interpolate(spread if self.tame or self.chance(0.6) else self.value(2))
            return
        name = self.random.choice(NAMES)
        self.parts.append(name)
        if kind == 1:
            return
        quote = self.random.choice(["", '"', "'"]) if kind == 2 else self.random.choice(['"', "'"])
        self.parts.append("=" + quote)
        if kind in (3, 6):
            self.parts.append(self.random.choice(LITERAL_VALUES))
        if kind in (2, 4, 5):
            self.attribute_value(name)
        if kind == 5:
            self.parts.append(self.random.choice(["", " ", "-x", "&amp;"]))
            self.interpolate(self.value(0))
        self.parts.append(quote)

    def component(self, depth: int) -> None:
        """Add a component, with or without children. Sometimes its tags do not match."""
        component = self.random.choice(self.components)
        self.parts += ["<", Interpolation(component, "component")]
        if self.chance(0.5) and component in (cases.Named, cases.Card):
            self.parts.append(" title=literal")
        for _ in self.some(2):
            self.attribute()
        if self.chance(0.3):
            self.parts.append(" />")
            return
        self.parts.append(">")
        self.content(depth - 1)
        end = self.random.choice(self.components) if self.chance(0.03) else component
        self.parts += ["</", Interpolation(end, "component"), ">"]

    def element(self, depth: int) -> None:
        """Add an element with attributes and content."""
        tag = self.random.choice(VOID if self.chance(0.15) else ELEMENTS)
        self.parts.append("<" + (tag.upper() if self.chance(0.05) else tag))
        for _ in self.some(4):
            self.attribute()
        if tag in VOID or self.chance(0.1):
            self.parts.append(self.random.choice([">", " />"]) if tag in VOID else " />")
            return
        self.parts.append(">")
        if tag in TEXT_ELEMENTS:
            for _ in self.some(3):
                self.text(raw=True)
        else:
            self.content(depth - 1)
        self.parts.append(f"</{tag}>")

    def entity(self) -> str:
        """A character reference, complete or not, and what follows it."""
        name = self.random.choice(ENTITIES)
        name = name[: self.random.randrange(1, len(name) + 1)] if self.chance(0.3) else name
        return f"&{name}{self.random.choice(['', ';', ' ', 'x', '1', '='])} "

    def text(self, raw: bool = False, depth: int = 2) -> None:
        """Add text or a value."""
        if self.chance(0.1):
            self.parts.append(self.entity())
        elif self.chance(0.5):
            self.parts.append(self.random.choice(TEXTS) + (" " if raw else ""))
        elif raw and self.tame:
            self.interpolate(self.text_value())
        else:
            self.interpolate(self.value(depth))

    def content(self, depth: int) -> None:
        """Add some nodes."""
        for _ in self.some(3):
            kind = self.random.random()
            if kind < 0.4 or depth <= 0:
                self.text(depth=depth)
            elif kind < 0.8:
                self.element(depth)
            elif kind < 0.93:
                self.component(depth)
            else:
                self.parts.append("<!--")
                self.text(raw=True)
                self.parts.append("-->")

    def soup(self) -> None:
        """Add pieces of markup in any order."""
        for _ in range(self.random.randrange(1, 14)):
            if self.chance(0.12):
                self.interpolate(self.value(1))
            else:
                self.parts.append(self.random.choice(TOKENS))


def random_template(number: int, tdom: Any) -> Template:
    """The template of a number."""
    source = random.Random(number)
    maker = Maker(source, tdom, tame=number % 4 == 0)
    if number % 4 == 3:
        maker.soup()
    else:
        maker.content(3)
    return Template(*maker.parts)


def render_random(number: int, tdom: Any) -> str:
    """The output of a random template; two of eight are rendered as SVG."""
    render = tdom.svg if number % 8 in (2, 7) else tdom.html
    return str(render(random_template(number, tdom)))
