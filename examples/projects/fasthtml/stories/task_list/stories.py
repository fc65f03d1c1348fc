"""Stories of the list."""

from app.components import Task, task_list
from storytime import Story, Subject


def this_subject() -> Subject:
    """Return the subject."""
    tasks = [Task(1, "Water the plants"), Task(2, "Call Grace", done=True)]
    return Subject(
        title="Task list",
        target=task_list,
        items=[
            Story(title="Two tasks", props={"tasks": tasks}),
            Story(title="Empty", props={"tasks": []}),
        ],
    )
