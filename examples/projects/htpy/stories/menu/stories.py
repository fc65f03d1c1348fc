"""Stories of the menu."""

from app.components import menu
from storytime import Story, Subject

LINKS = {"Home": "#home", "News": "#news", "About": "#about"}


def this_subject() -> Subject:
    """Return the subject."""
    return Subject(
        title="Menu",
        target=menu,
        items=[
            Story(title="Plain", props={"links": LINKS}),
            Story(title="On a page", props={"links": LINKS, "current": "News"}),
        ],
    )
