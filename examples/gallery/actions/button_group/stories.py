"""Stories of ButtonGroup."""

from storytime import Story, Subject

from .button_group import ButtonGroup


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Button group",
        description="A few actions of equal weight.",
        target=ButtonGroup,
        items=[
            Story(title="Two", props={"labels": ["Week", "Month"]}),
            Story(
                title="Three",
                props={"labels": ["Left", "Centre", "Right"], "name": "Alignment"},
                tags=["stable"],
            ),
        ],
    )
