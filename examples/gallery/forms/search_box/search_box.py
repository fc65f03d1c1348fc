"""A search that shows what it finds while one types."""

from collections.abc import Sequence
from string.templatelib import Template

from ..style import variant


def Results(*, found: Sequence[str]) -> Template:
    """Return what was found; the server answers with this, too."""
    if not found:
        return t"<p>Nothing found.</p>"
    return t"<ul>{[t'<li>{name}</li>' for name in found]}</ul>"


def SearchBox(
    *, label: str, address: str, query: str = "", found: Sequence[str] | None = None
) -> Template:
    """Return a search field.

    Args:
        label: What can be searched.
        address: Where static/search.js asks for results.
        query: What is searched for.
        found: The results for it.
    """
    results = None if found is None else Results(found=found)
    return t"""<form class={variant("field", None)} role="search" action={address}>
  <label for="q">{label}</label>
  <input type="search" id="q" name="q" value={query} autocomplete="off">
  <div class="results" aria-live="polite">{results}</div>
</form>"""
