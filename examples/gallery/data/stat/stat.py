"""A number that matters."""

from string.templatelib import Template

from ..style import tone


def Stat(*, name: str, value: str, meaning: str | None = None) -> Template:
    """Return a large number with its name."""
    return t"<div class={tone('stat', meaning)}><span>{name}</span><strong>{value}</strong></div>"
