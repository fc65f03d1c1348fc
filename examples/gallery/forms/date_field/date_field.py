"""A field for a day."""

from datetime import date
from string.templatelib import Template

from ..style import variant


def DateField(
    *,
    name: str,
    label: str,
    value: date | None = None,
    earliest: date | None = None,
    latest: date | None = None,
) -> Template:
    """Return a labelled field for a day, within limits where there are any."""
    return t"""<div class={variant("field", None)}>
  <label for={name}>{label}</label>
  <input type="date" id={name} name={name} value={value} min={earliest} max={latest}>
</div>"""
