"""Stories of notices."""

from app.components import notice
from storytime import Story, Subject


def is_announced(story: str) -> None:
    """Assert that a screen reader says it."""
    assert 'role="status"' in story


def this_subject() -> Subject:
    """Return the subject."""
    return Subject(
        title="Notice",
        target=notice,
        items=[
            Story(title="Info", props={"text": "Saved at noon."}, assertions=[is_announced]),
            Story(title="Warning", props={"text": "The disk is nearly full.", "kind": "warning"}),
            Story(title="Error", props={"text": "<script> is no name.", "kind": "error"}),
        ],
    )
