"""A choice of one."""

from collections.abc import Sequence
from string.templatelib import Template

from ..style import variant


def Choice(*, name: str, label: str, options: Sequence[str], chosen: str | None = None) -> Template:
    """Return a labelled select."""
    items = [
        t"<option value={option} selected={option == chosen}>{option}</option>"
        for option in options
    ]
    return t"""<div class={variant("field", None)}>
  <label for={name}>{label}</label>
  <select id={name} name={name}>{items}</select>
</div>"""
