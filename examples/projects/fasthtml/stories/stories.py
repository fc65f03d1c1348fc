"""The catalog."""

from fasthtml.common import FT, Body, Head, Html, Link, Title
from storytime import Site

from tdom import Markup


def layout(*, story_title: str, children: Markup) -> FT:
    """Return a page around a story, with the application's stylesheet."""
    return Html(
        Head(Title(story_title), Link(rel="stylesheet", href="/static/tasks.css")),
        Body(children),
        lang="en",
    )


def this_site() -> Site:
    """Return the site."""
    return Site(title="Tasks", themed_layout=layout)
