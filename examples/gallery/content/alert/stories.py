"""Stories of Alert."""

from storytime import Story, Subject

from .alert import Alert


def is_announced(story: str) -> None:
    """An urgent message interrupts a screen reader."""
    assert 'role="alert"' in story, "an urgent message must be announced"


def has_a_text(story: str) -> None:
    """A message says something."""
    assert "<p></p>" not in story, "a message needs a text"


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
            Story(
                title="Good news", props={"message": "All changes are saved.", "meaning": "good"}
            ),
            Story(
                title="Urgent, yet silent",
                description="Left so on purpose: a failed assertion shows what it found.",
                props={
                    "message": "Your session ends in a minute.",
                    "meaning": "warn",
                },
                tags=["edge"],
                assertions=[is_announced, has_a_text],
            ),
        ],
    )
