"""Stories that appear in the theme."""

from storytime import Story, Subject

from .quote import Quote


def this_subject() -> Subject:
    """Return the subject."""
    return Subject(
        title="Quote",
        target=Quote,
        items=[
            Story(title="With its author", props={"text": "So it goes.", "author": "K. V."}),
            Story(title="Without", props={"text": "Anonymous was a woman."}),
        ],
    )
