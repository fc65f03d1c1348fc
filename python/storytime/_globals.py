"""Globals: what the toolbar's menus set for all stories at once."""

TYPE_CHECKING = False  # collections take longer to import than all of this

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_. ")


def _checked(what: str, text: object) -> str:
    if not isinstance(text, str):
        raise TypeError(f"Global: the {what} must be a str, not {type(text).__name__}")
    if not text or not _LETTERS.issuperset(text):
        raise ValueError(
            f"Global: the {what} {text!r} must consist of letters A to Z, digits, spaces and - _ ."
        )
    return text


class Global:
    """A menu in the toolbar; initially, its first value is chosen.

    The value is set as an attribute of every preview's <html>; without `attribute`, it is set in the site's `context`.
    """

    __slots__ = ("attribute", "name", "values")

    def __init__(self, name: str, values: Sequence[str], *, attribute: str | None = None) -> None:
        if isinstance(values, str) or not values:
            raise TypeError("Global: the values must be a non-empty list of str")
        self.name = _checked("name", name)
        self.values = [_checked("value", value) for value in values]
        self.attribute = _checked("attribute", attribute) if attribute is not None else None
        if " " in (self.attribute or ""):
            raise ValueError(f"Global: the attribute {attribute!r} must not contain spaces")

    def __repr__(self) -> str:
        return f"Global({self.name!r}, {self.values!r}, attribute={self.attribute!r})"


def parse(text: str) -> dict[str, str]:
    """The names and values in "locale:de;theme:dark"."""
    return dict(part.partition(":")[::2] for part in text.split(";") if part)


def check(globals_: Iterable[Global], context: object, chosen: str = "") -> None:
    """Raise ValueError if the site's context does not start with the values of globals without an attribute.

    These are the first ones, or the chosen ones.
    """
    values = parse(chosen)
    for one in globals_:
        if one.attribute is not None:
            continue
        value = values.get(one.name, one.values[0])
        if not isinstance(context, dict) or context.get(one.name) != value:
            raise ValueError(
                f"Global({one.name!r}, ...) has no attribute, so the site's context must hold its first value: Site(context={{{one.name!r}: {one.values[0]!r}}}, ...)"
            )


def choose(globals_: Iterable[Global], context: dict[Any, Any], text: str) -> dict[Any, Any]:
    """Put the values that an address chooses ("locale:de;theme:dark") into the context. Return its former values."""
    before = dict(context)
    chosen = parse(text)
    for one in globals_:
        if one.attribute is None and chosen.get(one.name) in one.values:
            context[one.name] = chosen[one.name]
    return before


def begin_with(globals_: Sequence[Global] | None, context: object, text: str) -> None:
    """Put the values that a build is told to use into the context. Raise ValueError if the site does not offer them."""
    known = {one.name: one for one in globals_ or []}
    for name, value in parse(text).items():
        if name not in known:
            there = f"it has {', '.join(map(repr, known))}" if known else "it has none"
            raise ValueError(f"the site has no global {name!r}: {there}")
        if known[name].attribute is not None:
            raise ValueError(
                f"the global {name!r} sets an attribute in the browser: choose its value in the URL, ?globals={name}:{value}"
            )
        if value not in known[name].values:
            there = ", ".join(map(repr, known[name].values))
            raise ValueError(f"the global {name!r} has no value {value!r}: use one of {there}")
    check(known.values(), context)
    if isinstance(context, dict):
        choose(known.values(), context, text)
