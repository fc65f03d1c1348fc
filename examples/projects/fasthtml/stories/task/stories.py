"""Stories of one task."""

from app.components import Task, task_row
from storytime import Story, Subject


def is_ticked(story: str) -> None:
    """Assert that the box is checked."""
    assert "checked" in story


def this_subject() -> Subject:
    """Return the subject."""
    return Subject(
        title="Task",
        target=task_row,
        items=[
            Story(title="Open", props={"task": Task(1, "Water the plants")}),
            Story(
                title="Done",
                props={"task": Task(2, "Call Grace", done=True)},
                assertions=[is_ticked],
            ),
        ],
    )
