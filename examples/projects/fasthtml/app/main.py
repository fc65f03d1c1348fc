"""The application: `python -m app.main`."""

from fasthtml.common import FT, Link, Titled, fast_app, serve

from .components import Task, task_list, task_row

app, route = fast_app(hdrs=[Link(rel="stylesheet", href="/static/tasks.css")], static_path="app")
TASKS = {1: Task(1, "Water the plants"), 2: Task(2, "Call Grace", done=True)}


@route("/")
def get() -> FT:
    """Show all tasks."""
    return Titled("Tasks", task_list(tasks=list(TASKS.values())))


@route("/tasks/{number}")
def post(number: int, done: bool = False) -> FT:
    """Tick a task off, or take that back."""
    TASKS[number].done = done
    return task_row(task=TASKS[number])


if __name__ == "__main__":
    serve()
