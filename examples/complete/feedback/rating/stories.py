"""A subject, and stories with all of their fields."""

from string.templatelib import Template

from storytime import Story, Subject

from .rating import Rating


def has_a_name(story: str) -> None:
    """An assertion is called with the rendered story and raises AssertionError when it fails."""
    assert "aria-label" in story, "a rating needs a name for those who do not see it"


def has_five_stars(story: str) -> None:
    """This one fails for some of the stories below, on purpose: look for its badge."""
    assert story.count("★") == 5, f"{story.count('★')} stars are lit, not 5"


def compared() -> Template:
    """Return the body of a story that shows the component beside itself."""
    return t"<p><{Rating} stars={2} /> or <{Rating} stars={4} /></p>"


def this_subject() -> Subject:
    """Return the subject."""
    return Subject(
        title="Rating",
        description="Stars, and what they say to a screen reader.",
        # The component that all of the stories show, unless a story names its own.
        target=Rating,
        context={"icon": "★"},
        items=[
            # Everything is optional. Without a title it is the subject's and "Story".
            Story(props={"stars": 3}),
            Story(
                title="The best",
                description="All stars are lit.",
                props={"stars": 5},
                # Names the story's page, whatever happens to its title.
                id="best",
                tags=["stable", "edge"],
                assertions=[has_a_name, has_five_stars],
            ),
            Story(
                title="The worst",
                description="No star is lit; one of its assertions fails to show how that looks.",
                props={"stars": 0},
                tags=["edge"],
                assertions=[has_a_name, has_five_stars],
            ),
            # `template` returns the whole body of the story; `target` and `props` are not used.
            Story(title="Side by side", template=compared),
            # Its own target, in place of the subject's.
            Story(title="Out of three", target=lambda: Rating(stars=2, best=3)),
        ],
    )
