"""The documents as a catalog: `storytime build docs`."""

from storytime import Site


def this_site() -> Site:
    """Return the site, whose pages are the documents beside this file."""
    return Site(title="storytime")
