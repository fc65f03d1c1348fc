"""A section without a title is called by its package path, `.components`."""

from storytime import Section


def this_section() -> Section:
    """Return the section."""
    return Section()
