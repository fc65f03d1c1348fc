"""Stories of Badge."""

from string.templatelib import Template

from storytime import Story, Subject

from tdom import Markup

from .badge import Badge


def beside_a_title(children: Markup) -> Template:
    """Show a badge where people use one: behind the title of what it is about."""
    return t"<p>Quarterly report {children}</p>"


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Badge",
        description="A state in a word or two.",
        target=Badge,
        decorators=[beside_a_title],
        parameters={"layout": "padded"},
        items=[
            Story(title="Plain", props={"text": "Draft"}),
            Story(title="Good", props={"text": "Published", "meaning": "good"}, tags=["stable"]),
            Story(title="Warning", props={"text": "Needs review", "meaning": "warn"}),
            Story(title="Bad", props={"text": "Failed", "meaning": "bad"}),
        ],
    )
