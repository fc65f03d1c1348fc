"""A badge."""

from string.templatelib import Template

from ..style import tone


def Badge(*, text: str, meaning: str | None = None) -> Template:
    """Return a badge; `meaning` is None, "good", "warn", "bad" or "info"."""
    return t"<span class={tone('badge', meaning)}>{text}</span>"
