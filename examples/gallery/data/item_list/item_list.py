"""A list."""

from collections.abc import Sequence
from string.templatelib import Template

from ..style import variant


def ItemList(*, items: Sequence[str], empty: str = "Nothing here yet.") -> Template:
    """Return a list, or a sentence where there is nothing to list."""
    if not items:
        return t"<p class={variant('list', 'empty')}>{empty}</p>"
    return t"<ul class={variant('list', None)}>{[t'<li>{item}</li>' for item in items]}</ul>"
