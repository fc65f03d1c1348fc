"""The catalog."""

from string.templatelib import Template

from app.components import Page
from storytime import Site

from tdom import Markup


def layout(*, story_title: str, children: Markup) -> Template:
    """Return the application's own page around a story, without htmx: no server answers it here."""
    return Page(title=story_title, children=children, scripts=False)


def this_site() -> Site:
    """Return the site."""
    return Site(title="Books", themed_layout=layout)
