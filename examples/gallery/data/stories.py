"""Data: what people compare."""

from storytime import Section


def this_section() -> Section:
    """Return the section."""
    return Section(title="Data", description="What people compare.")
