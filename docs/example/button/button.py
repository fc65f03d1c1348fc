"""The example of the documents' first page."""

from string.templatelib import Template


def Button(*, label: str, disabled: bool = False) -> Template:
    """A button.

    Args:
        label: What it does, as a verb.
        disabled: Whether it can't be used now.
    """
    return t"<button type='button' disabled={disabled}>{label}</button>"
