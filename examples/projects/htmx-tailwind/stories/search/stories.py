"""Stories of the search."""

from app.components import Book, Search
from storytime import Story, Subject

BOOKS = [
    Book("The Dispossessed", "Ursula K. Le Guin", 1974),
    Book("Kindred", "Octavia E. Butler", 1979),
]


def asks_the_server(story: str) -> None:
    """Assert that typing sends a request."""
    assert 'hx-get="/books"' in story


def this_subject() -> Subject:
    """Return the subject."""
    return Subject(
        title="Search",
        target=Search,
        items=[
            Story(title="All books", props={"books": BOOKS}, assertions=[asks_the_server]),
            Story(title="Nothing found", props={"query": "zebra", "books": []}),
        ],
    )
