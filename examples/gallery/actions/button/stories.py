"""Stories of Button."""

from storytime import Story, Subject

from .button import Button


def is_a_button(story: str) -> None:
    """A button says that it submits nothing."""
    assert 'type="button"' in story, "a button needs its type"


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Button",
        description="Starts something. Its label is a verb.",
        target=Button,
        matrix={"small": [False, True], "kind": [None, "quiet", "danger"]},
        items=[
            Story(
                title="Primary",
                description="The one thing that most people want here.",
                props={"label": "Save changes"},
                tags=["stable"],
                assertions=[is_a_button],
            ),
            Story(
                title="Quiet",
                props={"label": "Cancel", "kind": "quiet"},
                assertions=[is_a_button],
            ),
            Story(
                title="Danger",
                description="Loses something: say what.",
                props={"label": "Delete account", "kind": "danger"},
                tags=["destructive"],
            ),
            Story(title="Small", props={"label": "Edit", "kind": "quiet", "small": True}),
            Story(title="Disabled", props={"label": "Save changes", "disabled": True}),
        ],
    )
