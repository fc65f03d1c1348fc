"""Stories of Pagination."""

from storytime import Story, Subject

from .pagination import Pagination


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Pagination",
        description="A long list, a page at a time.",
        target=Pagination,
        items=[
            Story(title="First page", props={"pages": 3}),
            Story(title="In the middle", props={"pages": 7, "current": 4}),
        ],
    )
