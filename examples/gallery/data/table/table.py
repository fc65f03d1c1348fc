"""A table."""

from collections.abc import Sequence
from string.templatelib import Template

from ..style import variant


def Table(*, caption: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> Template:
    """Return a table with a caption and a row of headings."""
    headings = [t"<th scope='col'>{name}</th>" for name in head]
    lines = [t"<tr>{[t'<td>{cell}</td>' for cell in row]}</tr>" for row in rows]
    return t"""<table class={variant("table", None)}>
  <caption>{caption}</caption>
  <thead><tr>{headings}</tr></thead>
  <tbody>{lines}</tbody>
</table>"""
