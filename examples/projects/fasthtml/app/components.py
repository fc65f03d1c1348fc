"""What the pages show."""

from dataclasses import dataclass

from fasthtml.common import FT, Form, Input, Label, Li, P, Span, Ul


@dataclass
class Task:
    """Something to do."""

    number: int
    text: str
    done: bool = False


def task_row(*, task: Task) -> FT:
    """Return a task with its check box."""
    return Li(
        Form(
            Label(
                Input(type="checkbox", name="done", checked=task.done),
                Span(task.text, cls="done" if task.done else None),
            ),
            hx_post=f"/tasks/{task.number}",
            hx_trigger="change",
            hx_target="closest li",
            hx_swap="outerHTML",
        ),
        cls="task",
    )


def task_list(*, tasks: list[Task]) -> FT:
    """Return all tasks."""
    if not tasks:
        return P("Nothing to do.", cls="empty")
    return Ul(*(task_row(task=task) for task in tasks), cls="tasks")
