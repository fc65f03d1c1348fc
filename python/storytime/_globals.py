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
    """A menu in the toolbar, at first with the first of its values.

    Its value is an attribute of the <html> of every preview; without `attribute`, it is in the site's `context`.
    """

    __slots__ = ("attribute", "name", "values")

    def __init__(self, name: str, values: Sequence[str], *, attribute: str | None = None) -> None:
        if isinstance(values, str) or not values:
            raise TypeError("Global: the values must be a list of at least one str")
        self.name = _checked("name", name)
        self.values = [_checked("value", value) for value in values]
        self.attribute = _checked("attribute", attribute) if attribute is not None else None
        if " " in (self.attribute or ""):
            raise ValueError(f"Global: the attribute {attribute!r} must not have spaces")

    def __repr__(self) -> str:
        return f"Global({self.name!r}, {self.values!r}, attribute={self.attribute!r})"


def check(globals_: Iterable[Global], context: object) -> None:
    """Raise TypeError or ValueError where the site's context does not hold what globals without an attribute set."""
    for one in globals_:
        if one.attribute is not None:
            continue
        if not isinstance(context, dict) or context.get(one.name) != one.values[0]:
            raise ValueError(
                f"Global({one.name!r}, ...) has no attribute, so its value is in the site's context, and this must begin "
                f"with it: Site(context={{{one.name!r}: {one.values[0]!r}}}, ...)"
            )


def choose(globals_: Iterable[Global], context: dict[Any, Any], text: str) -> dict[Any, Any]:
    """Put what an address chooses ("locale:de;theme:dark") into the context. Return what was in it before."""
    before = dict(context)
    chosen = dict(part.partition(":")[::2] for part in text.split(";"))
    for one in globals_:
        if one.attribute is None and chosen.get(one.name) in one.values:
            context[one.name] = chosen[one.name]
    return before
