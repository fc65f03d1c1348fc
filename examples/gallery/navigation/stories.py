"""Navigation: how people get about."""

from storytime import Section


def this_section() -> Section:
    """Return the section."""
    return Section(title="Navigation", description="How people get about.")
