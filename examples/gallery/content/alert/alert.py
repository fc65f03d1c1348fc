"""An alert."""

from string.templatelib import Template

from ..style import Tone, tone


def Alert(*, message: str, meaning: Tone = "info", urgent: bool = False) -> Template:
    """Return a message that stands out; an urgent one is read aloud at once."""
    role = "alert" if urgent else "status"
    return t"<div class={tone('alert', meaning)} role={role}><p>{message}</p></div>"
