"""The bar at the top."""

from collections.abc import Mapping
from string.templatelib import Template

from ..style import variant


def NavBar(*, links: Mapping[str, str], current: str | None = None) -> Template:
    """Return the main navigation, from its texts to their addresses."""
    items = [
        t"<a href={address} aria-current={'page' if text == current else None}>{text}</a>"
        for text, address in links.items()
    ]
    return t"<nav class={variant('bar', None)} aria-label='Main'>{items}</nav>"
