"""Content: what people read."""

from storytime import Section


def this_section() -> Section:
    """Return the section."""
    return Section(title="Content", description="What people read.")
