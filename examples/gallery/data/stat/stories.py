"""Stories of Stat."""

from storytime import Story, Subject

from .stat import Stat, Trend


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Stat",
        description="A number that matters, and its name.",
        target=Stat,
        items=[
            Story(title="Plain", props={"name": "Open orders", "value": "128"}),
            Story(
                title="Good news",
                props={
                    "name": "Conversion",
                    "value": "+4.2 %",
                    "trend": Trend.UP,
                    "meaning": "good",
                },
            ),
        ],
    )
