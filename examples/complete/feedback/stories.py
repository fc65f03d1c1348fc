"""A section: a directory whose stories.py returns a `Section`. It gathers the subjects below it."""

from storytime import Section


def this_section() -> Section:
    """Return the section."""
    return Section(
        title="Feedback",
        description="What people tell us, and how we show it.",
        context={"reviewed": True},
    )
