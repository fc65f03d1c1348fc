"""The root: the site names the layout."""

from storytime import Site

from .theme import page


def this_site() -> Site:
    """Return the site."""
    return Site(title="Themed", themed_layout=page)
