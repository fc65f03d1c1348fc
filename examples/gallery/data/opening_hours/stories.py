"""Stories of OpeningHours."""

from datetime import time

from storytime import Story, Subject

from .opening_hours import OpeningHours


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Opening hours",
        description="When to come.",
        target=OpeningHours,
        items=[
            Story(
                title="Weekend",
                props={"days": ["Saturday", "Sunday"], "opens": time(10), "closes": time(16, 30)},
            ),
            Story(
                title="Closed",
                props={"days": [], "opens": time(9), "closes": time(17)},
                tags=["empty"],
            ),
        ],
    )
