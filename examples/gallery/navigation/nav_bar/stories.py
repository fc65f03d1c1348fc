"""Stories of NavBar."""

from storytime import Story, Subject

from .nav_bar import NavBar


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Navigation bar",
        description="The few places that matter most.",
        target=NavBar,
        items=[
            Story(
                title="Nothing current",
                props={"links": {"Home": "#home", "Work": "#work", "About": "#about"}},
            ),
            Story(
                title="One current",
                props={
                    "links": {"Home": "#home", "Work": "#work", "About": "#about"},
                    "current": "Work",
                },
                tags=["stable"],
            ),
        ],
    )
