"""A switch."""

from string.templatelib import Template

from ..style import variant


def Toggle(*, name: str, label: str, on: bool = False) -> Template:
    """Return a switch that is on or off."""
    classes = variant("toggle", None)
    return t"""<label class={classes}>
  <input type="checkbox" role="switch" name={name} checked={on}>
  <span>{label}</span>
</label>"""
