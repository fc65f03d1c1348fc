"""A subject without a title, a description or a component of its own."""

from storytime import Story, Subject

from ..label.label import Label


def this_subject() -> Subject:
    """Return the subject; its title is its package path."""
    return Subject(items=[Story(target=Label, props={"text": "from another directory"})])
