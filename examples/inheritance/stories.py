"""The root."""

from storytime import Site


def this_site() -> Site:
    """Return the site."""
    return Site(title="Inheritance")
