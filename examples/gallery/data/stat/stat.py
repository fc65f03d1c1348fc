"""A number that matters."""

from enum import Enum
from string.templatelib import Template

from ..style import Tone, tone


class Trend(Enum):
    """Where a number is going."""

    UP = "↗"
    STEADY = "→"
    DOWN = "↘"


def Stat(
    *, name: str, value: str, trend: Trend | None = None, meaning: Tone | None = None
) -> Template:
    """Return a large number with its name, and an arrow for its trend."""
    arrow = trend and t"<span role='img' aria-label={trend.name.lower()}>{trend.value}</span>"
    return t"""<div class={tone("stat", meaning)}>
  <span>{name}</span>
  <strong>{value} {arrow}</strong>
</div>"""
