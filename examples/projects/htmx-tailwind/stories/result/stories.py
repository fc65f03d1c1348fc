"""Stories of one result."""

from app.components import Book, Result
from storytime import Story, Subject


def this_subject() -> Subject:
    """Return the subject."""
    return Subject(
        title="Result",
        target=Result,
        items=[
            Story(title="A book", props={"book": Book("Kindred", "Octavia E. Butler", 1979)}),
            Story(
                title="A long title",
                props={"book": Book("The Left Hand of Darkness and Light", "Le Guin", 1969)},
            ),
        ],
    )
