"""Opening hours."""

from datetime import time
from string.templatelib import Template
from typing import Literal, get_args

from ..style import variant

type Day = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def OpeningHours(*, days: list[Day], opens: time, closes: time) -> Template:
    """Return the week, a row for each day.

    Args:
        days: On which days it is open.
        opens: From when.
        closes: Until when.
    """
    hours = f"{opens:%H:%M} – {closes:%H:%M}"
    rows = [
        t"<tr><th scope='row'>{day}</th><td>{hours if day in days else 'closed'}</td></tr>"
        for day in get_args(Day.__value__)
    ]
    return t"""<table class={variant("table", None)}>
  <caption>Opening hours</caption>
  <tbody>{rows}</tbody>
</table>"""
