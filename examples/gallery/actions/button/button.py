"""A button."""

from string.templatelib import Template

from ..style import variant


def Button(
    *, label: str, kind: str | None = None, small: bool = False, disabled: bool = False
) -> Template:
    """Return a button; `kind` is None, "quiet" or "danger"."""
    classes = [*variant("button", kind), *(["button-small"] if small else [])]
    return t"<button type='button' class={classes} disabled={disabled}>{label}</button>"
