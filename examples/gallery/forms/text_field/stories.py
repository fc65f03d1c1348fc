"""Stories of TextField."""

from storytime import Story, Subject

from .text_field import TextField


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Text field",
        description="A line of text, and what is wrong with it.",
        target=TextField,
        items=[
            Story(title="Empty", props={"name": "city", "label": "City"}),
            Story(
                title="With an error",
                props={
                    "name": "mail",
                    "label": "Mail address",
                    "value": "ada@",
                    "error": "An address looks like name@example.org.",
                },
                tags=["validation"],
            ),
        ],
    )
