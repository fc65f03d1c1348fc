"""Stories of Badge."""

from storytime import Story, Subject

from .badge import Badge


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Badge",
        description="A state in a word or two.",
        target=Badge,
        items=[
            Story(title="Plain", props={"text": "Draft"}),
            Story(title="Good", props={"text": "Published", "meaning": "good"}, tags=["stable"]),
            Story(title="Warning", props={"text": "Needs review", "meaning": "warn"}),
            Story(title="Bad", props={"text": "Failed", "meaning": "bad"}),
        ],
    )
