"""Globals: what the toolbar's menus set for all stories at once."""

TYPE_CHECKING = False  # collections take longer to import than all of this

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    """A menu in the toolbar; its value is an attribute of the <html> of every preview, at first the first of the values."""

    __slots__ = ("attribute", "name", "values")

    def __init__(self, name: str, values: Sequence[str], *, attribute: str) -> None:
        if isinstance(values, str) or not values:
            raise TypeError("Global: the values must be a list of at least one str")
        self.name = _checked("name", name)
        self.values = [_checked("value", value) for value in values]
        self.attribute = _checked("attribute", attribute)
        if " " in attribute:
            raise ValueError(f"Global: the attribute {attribute!r} must not have spaces")

    def __repr__(self) -> str:
        return f"Global({self.name!r}, {self.values!r}, attribute={self.attribute!r})"
