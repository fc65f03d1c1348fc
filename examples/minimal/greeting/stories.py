"""A subject shows one component; each of its stories is one variation of it."""

from storytime import Story, Subject

from .greeting import Greeting


def this_subject() -> Subject:
    """Return the subject."""
    return Subject(title="Greeting", target=Greeting, items=[Story(props={"name": "World"})])
