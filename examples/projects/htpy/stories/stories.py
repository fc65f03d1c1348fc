"""The catalog."""

import htpy as h
from app.components import page
from storytime import Site

from tdom import Markup


def layout(*, story_title: str, children: Markup) -> h.Element:
    """Return the application's own page around a story."""
    return page(title=story_title, content=children)


def this_site() -> Site:
    """Return the site."""
    return Site(title="Notices", themed_layout=layout)
