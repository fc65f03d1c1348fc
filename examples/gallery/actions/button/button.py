"""A button."""

from string.templatelib import Template
from typing import Literal

from ..style import variant


def Button(
    *,
    label: str,
    kind: Literal["quiet", "danger"] | None = None,
    small: bool = False,
    disabled: bool = False,
) -> Template:
    """Return a button for an action on this page.

    Args:
        label: What the button does, as a verb.
        kind: How much it asks for attention.
        small: For rows of tables and toolbars.
        disabled: Whether it can't be used now.
    """
    classes = [*variant("button", kind), *(["button-small"] if small else [])]
    return t"<button type='button' class={classes} disabled={disabled}>{label}</button>"
