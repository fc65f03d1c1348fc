"""Stories of SearchBox. Its requests are answered by functions: try it while you `serve`."""

from string.templatelib import Template

from storytime import RenderedStory, Story, Subject

from .search_box import Results, SearchBox

TEAS = ["Assam", "Darjeeling", "Earl Grey", "Genmaicha", "Jasmine", "Oolong", "Rooibos"]


def find(*, q: str = "") -> Template:
    """Answer with the teas that have `q` in their name."""
    return Results(found=[tea for tea in TEAS if q.lower() in tea.lower()])


def fail() -> Template:
    """Answer as a server in trouble does."""
    raise TimeoutError("the database did not answer")


def is_a_search(story: RenderedStory) -> None:
    """Assistive technology finds the field by its role and name."""
    assert story.get_by_role("searchbox", name="Teas"), "the field has no name"


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Search box",
        description="Shows what it finds while one types.",
        target=SearchBox,
        routes={"GET /teas": find},
        items=[
            Story(
                title="Empty",
                props={"label": "Teas", "address": "/teas"},
                assertions=[is_a_search],
            ),
            Story(
                title="With results",
                props={
                    "label": "Teas",
                    "address": "/teas",
                    "query": "as",
                    "found": ["Assam", "Jasmine"],
                },
                tags=["stable"],
            ),
            Story(
                title="Server in trouble",
                description="Type something: the panel *Actions* has the request and its status.",
                props={"label": "Teas", "address": "/teas"},
                routes={"GET /teas": fail},
                tags=["edge"],
            ),
        ],
    )
