"""Stories of Table."""

from storytime import Story, Subject

from .table import Table


def has_a_caption(story: str) -> None:
    """A table says what it shows."""
    assert "<caption>" in story, "a table needs a caption"


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Table",
        description="Things of one kind, to be compared.",
        target=Table,
        items=[
            Story(
                title="A few rows",
                props={
                    "caption": "Planets",
                    "head": ["Name", "Moons"],
                    "rows": [["Earth", 1], ["Mars", 2], ["Jupiter", 95]],
                },
                assertions=[has_a_caption],
            ),
            Story(
                title="No rows",
                props={"caption": "Planets without a sun", "head": ["Name", "Moons"], "rows": []},
                assertions=[has_a_caption],
            ),
            Story(
                title="With badges",
                description="A cell may hold any other component.",
                props={
                    "caption": "Orders of today",
                    "head": ["Order", "Customer", "State"],
                    "rows": [
                        ["4021", "Ada Lovelace", t"<span class='badge tone-good'>Paid</span>"],
                        ["4022", "Alan Turing", t"<span class='badge tone-warn'>Waiting</span>"],
                        ["4023", "Grace Hopper", t"<span class='badge tone-bad'>Refused</span>"],
                    ],
                },
                tags=["stable", "money"],
                assertions=[has_a_caption],
            ),
        ],
    )
