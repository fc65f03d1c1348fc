"""Make the same random calls with our own Markup and with markupsafe's, and print the differences.

usage: compare_markup.py SEED COUNT
"""

# ruff: noqa: SIM905 # words in one text are easier to read

import random
import sys
from collections.abc import Callable
from typing import Any

sys.modules["markupsafe"] = None  # type: ignore[assignment]
from tdom import Markup as Ours

del sys.modules["markupsafe"]
from markupsafe import Markup as Theirs

TEXTS = [
    *(
        "",
        "a",
        "<b>",
        "x & y",
        "&lt;",
        "&amp;copy",
        " a  b ",
        "%s",
        "{}",
        "{0} {a}",
        "%(a)s %%",
        "a\nb\r\nc",
    ),
    *(
        "<!-- x -->",
        "<i",
        "ü<",
        "'\"",
        "A<B",
        "{:>5}",
        "{!r:.2}",
        "%r %d",
        "&#60;&notit;",
        "\t",
        "ß",
    ),
]
CALLS = (
    "capitalize casefold lower upper title swapcase strip lstrip rstrip split rsplit splitlines expandtabs "
    "center ljust rjust zfill removeprefix removesuffix replace partition rpartition translate format "
    "format_map join escape unescape striptags __html__ __html_format__ __add__ __radd__ __mod__ __mul__ "
    "__rmul__ __getitem__ __contains__ __eq__ __repr__ __str__ __len__ __format__ count find index "
    "startswith isalpha encode"
).split()


class Html:
    """Has `__html__` and `__html_format__`."""

    def __html__(self) -> str:
        return "<html>"

    def __html_format__(self, spec: str) -> str:
        return f"<{spec}>"


def shape(value: Any) -> Any:
    """A value in a form that can be compared: Markup of either kind becomes a pair."""
    if isinstance(value, Ours | Theirs):
        return ("Markup", str(value))
    if isinstance(value, list | tuple):
        return [type(value).__name__, *map(shape, value)]
    return value


class Draw:
    """Makes the same random choices for both."""

    def __init__(self, seed: int, markup: Any) -> None:
        self.random = random.Random(seed)
        self.markup = markup

    def text(self) -> Any:
        """A str or Markup."""
        text = self.random.choice(TEXTS)
        return self.markup(text) if self.random.random() < 0.4 else text

    def argument(self) -> Any:
        """A random argument, which need not suit the method."""
        kinds: list[Callable[[], Any]] = [
            *([self.text] * 6),
            lambda: self.random.randrange(-2, 9),
            lambda: None,
            lambda: 1.5,
            Html,
            lambda: [self.text() for _ in range(2)],
            lambda: (self.text(), 3),
            lambda: {"a": self.text(), "b": 2},
            lambda: slice(self.random.randrange(3), None),
            lambda: {97: "<", 60: None},
        ]
        return self.random.choice(kinds)()

    def outcome(self) -> Any:
        """The result of a random call."""
        target = self.markup(self.random.choice(TEXTS))
        name = self.random.choice(CALLS)
        arguments = [self.argument() for _ in range(self.random.randrange(3))]
        named = {"a": self.text()} if name == "format" and self.random.random() < 0.5 else {}
        try:
            return name, shape(getattr(target, name)(*arguments, **named))
        except Exception as error:  # noqa: BLE001 # whatever it raises is its outcome
            return name, type(error).__name__


def main() -> None:
    """Compare."""
    first, count = map(int, sys.argv[1:])
    for seed in range(first, first + count):
        ours, theirs = Draw(seed, Ours).outcome(), Draw(seed, Theirs).outcome()
        if ours != theirs:
            print(f"{seed}: ours {ours!r}, theirs {theirs!r}")


if __name__ == "__main__":
    main()
