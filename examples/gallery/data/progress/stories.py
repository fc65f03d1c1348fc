"""Stories of Progress."""

from storytime import Story, Subject

from .progress import Progress


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Progress",
        description="How far something has come.",
        target=Progress,
        items=[
            Story(title="Begun", props={"label": "Uploading", "done": 12}),
            Story(title="Finished", props={"label": "Uploaded", "done": 100}, tags=["stable"]),
        ],
    )
