"""A menu that opens."""

from collections.abc import Mapping
from string.templatelib import Template

from ..style import variant


def Menu(*, label: str, links: Mapping[str, str], opened: bool = False) -> Template:
    """Return a menu of links, from their texts to their addresses."""
    items = [t"<li><a href={address}>{text}</a></li>" for text, address in links.items()]
    return t"""<details class="menu" open={opened}>
  <summary class={variant("button", "quiet")}>{label}</summary>
  <ul>{items}</ul>
</details>"""
