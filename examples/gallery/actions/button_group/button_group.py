"""Buttons that belong together."""

from collections.abc import Sequence
from string.templatelib import Template

from ..style import variant


def ButtonGroup(*, labels: Sequence[str], name: str = "Choose one") -> Template:
    """Return one button for each label, side by side."""
    classes = variant("button", "quiet")
    buttons = [t"<button type='button' class={classes}>{label}</button>" for label in labels]
    return t"<div class='group' role='group' aria-label={name}>{buttons}</div>"
