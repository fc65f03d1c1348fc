"""Actions: what people press."""

from storytime import Section


def this_section() -> Section:
    """Return the section."""
    return Section(title="Actions", description="What people press.")
