"""A badge."""

from string.templatelib import Template

from ..style import Tone, tone


def Badge(*, text: str, meaning: Tone | None = None) -> Template:
    """Return a badge, in the colour of its meaning."""
    return t"<span class={tone('badge', meaning)}>{text}</span>"
