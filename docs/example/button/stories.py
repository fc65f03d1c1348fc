"""Stories of Button."""

from storytime import Story, Subject

from .button import Button


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Example",
        target=Button,
        items=[
            Story(title="Save", props={"label": "Save"}),
            Story(title="Disabled", props={"label": "Save", "disabled": True}),
        ],
    )
