"""Stories of Label."""

from storytime import Story, Subject

from .label import Label


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Label",
        description="A topic. People choose its colour; black or white text follows.",
        target=Label,
        parameters={"backgrounds": {"Paper": "#f5f0e6", "Night": "#101820"}},
        items=[
            Story(title="Dark", props={"text": "Documentation"}, tags=["stable"]),
            Story(title="Bright", props={"text": "Good first issue", "colour": "#fbd38d"}),
            Story(
                title="At night",
                description="The parameter `background` chooses one of the `backgrounds`.",
                props={"text": "Release", "colour": "#7c3aed"},
                parameters={"background": "Night"},
            ),
        ],
    )
