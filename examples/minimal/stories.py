"""The root of the catalog."""

from storytime import Site


def this_site() -> Site:
    """Return the site. Every catalog has exactly one, in the stories.py of its root."""
    return Site(title="Minimal")
