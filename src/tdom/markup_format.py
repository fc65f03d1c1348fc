"""The parts of Markup that are written in Python: format(), the % operator and striptags(). Run when first needed.

`escape` is the class method of the object's own class, so that a subclass can override it.
"""

from string import Formatter


class EscapeFormatter(Formatter):
    """str.format() that escapes the values, except for those that are HTML."""

    def __init__(self, escape):
        self.escape = escape

    def format_field(self, value, format_spec):
        if hasattr(value, "__html_format__"):
            text = value.__html_format__(format_spec)
        elif hasattr(value, "__html__"):
            if format_spec:
                raise ValueError(
                    f"{type(value)} has __html__() but no __html_format__(), so it takes no format: {format_spec!r}"
                )
            text = value.__html__()
        else:
            text = super().format_field(value, str(format_spec))
        return str(self.escape(text))


class Escaped:
    """A value for the % operator, escaped when it becomes text."""

    __slots__ = ("escape", "value")

    def __init__(self, value, escape):
        self.value = value
        self.escape = escape

    def __getitem__(self, key):
        return Escaped(self.value[key], self.escape)

    def __str__(self):
        return str(self.escape(self.value))

    def __repr__(self):
        return str(self.escape(repr(self.value)))

    def __int__(self):
        return int(self.value)

    def __float__(self):
        return float(self.value)


def fill_format(markup, args, kwargs):
    """The text of markup.format(*args, **kwargs)."""
    return EscapeFormatter(markup.escape).vformat(markup, args, kwargs)


def fill_percent(markup, value):
    """The text of markup % value."""
    if isinstance(value, tuple):
        values = tuple(Escaped(item, markup.escape) for item in value)
    elif hasattr(type(value), "__getitem__") and not isinstance(value, str):
        values = Escaped(value, markup.escape)
    else:
        values = (Escaped(value, markup.escape),)
    return str.__mod__(markup, values)


def strip_tags(markup):
    """The text without tags and comments and with spaces collapsed. Character references are left as they are."""
    text = str(markup)
    kept = []
    at = 0
    while (start := text.find("<", at)) != -1:
        comment = text.startswith("<!--", start)
        end = text.find("-->" if comment else ">", start + 4 if comment else start)
        if end == -1:
            break
        kept.append(text[at:start])
        at = end + (3 if comment else 1)
    kept.append(text[at:])
    return " ".join("".join(kept).split())
