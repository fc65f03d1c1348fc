"""Stories of Avatar."""

from storytime import Story, Subject

from .avatar import Avatar


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Avatar",
        description="Somebody, at a glance.",
        target=Avatar,
        items=[
            Story(title="Two words", props={"name": "Ada Lovelace"}),
            Story(title="One word", props={"name": "Aristotle"}),
        ],
    )
