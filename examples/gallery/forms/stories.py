"""Forms: what people fill in."""

from storytime import Section


def this_section() -> Section:
    """Return the section."""
    return Section(title="Forms", description="What people fill in.")
