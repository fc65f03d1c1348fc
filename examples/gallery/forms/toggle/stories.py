"""Stories of Toggle."""

from storytime import Story, Subject

from .toggle import Toggle


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Toggle",
        description="On or off, at once.",
        target=Toggle,
        parameters={"actions": {"handles": ["change"]}},
        items=[
            Story(title="Off", props={"name": "news", "label": "Send me news"}),
            Story(
                title="On",
                props={"name": "dark", "label": "Dark mode", "on": True},
                tags=["stable"],
            ),
        ],
    )
