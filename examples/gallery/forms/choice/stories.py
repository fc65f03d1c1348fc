"""Stories of Choice."""

from storytime import Story, Subject

from .choice import Choice


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Choice",
        description="One of a few.",
        target=Choice,
        items=[
            Story(
                title="Nothing chosen",
                props={"name": "size", "label": "Size", "options": ["Small", "Medium", "Large"]},
            ),
            Story(
                title="Chosen",
                props={
                    "name": "plan",
                    "label": "Plan",
                    "options": ["Free", "Team", "Company"],
                    "chosen": "Team",
                },
            ),
        ],
    )
