"""Stories inherit the target of their subject, and its title where they have none."""

from storytime import Story, Subject

from .label import Label, LoudLabel


class LabelSubject(Subject):
    """The classes may be subclassed: a provider may return any of them."""


def this_subject() -> LabelSubject:
    """Return the subject."""
    return LabelSubject(
        title="Label",
        target=Label,
        items=[
            Story(props={"text": "by the subject's target"}),  # "Label Story"
            Story(props={"text": "the same title again"}),  # its page gets a "-2"
            Story(title="Loud", target=LoudLabel, props={"text": "by its own", "marks": 3}),
        ],
    )
