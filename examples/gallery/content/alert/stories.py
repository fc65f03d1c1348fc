"""Stories of Alert."""

from storytime import Story, Subject

from .alert import Alert


def is_announced(story: str) -> None:
    """An urgent message interrupts a screen reader."""
    assert 'role="alert"' in story, "an urgent message must be announced"


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Alert",
        description="Tells what happened and what to do next.",
        target=Alert,
        items=[
            Story(title="Information", props={"message": "A new version is ready."}),
            Story(
                title="Urgent",
                props={
                    "message": "The payment did not go through. Check the card's number.",
                    "meaning": "bad",
                    "urgent": True,
                },
                assertions=[is_announced],
            ),
        ],
    )
