"""Two components."""

from dataclasses import dataclass
from string.templatelib import Template


def Label(*, text: str) -> Template:
    """Return a label, made by a function."""
    return t"<b>{text}</b>"


@dataclass
class LoudLabel:
    """A label, made by a dataclass: its fields are its properties."""

    text: str
    marks: int = 1

    def __call__(self) -> Template:
        """Return the label."""
        return t"<b>{self.text.upper()}{'!' * self.marks}</b>"
