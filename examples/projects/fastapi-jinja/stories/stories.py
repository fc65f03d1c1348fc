"""The catalog."""

from app.templating import render
from storytime import Site

from tdom import Markup


def layout(*, story_title: str, children: Markup) -> str:
    """Return the application's own page around a story."""
    return render("story.html", title=story_title, story=children)


def this_site() -> Site:
    """Return the site."""
    return Site(title="Contacts", themed_layout=layout)
