"""Stories of Card."""

from storytime import Story, Subject

from .card import Card


def has_a_heading(story: str) -> None:
    """A card is found by its heading."""
    assert "<h2>" in story, "a card needs a heading"


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Card",
        description="One thing among others, with enough to choose it by.",
        target=Card,
        items=[
            Story(
                title="Text only",
                props={"title": "Release notes", "text": "What changed, and what to do about it."},
            ),
            Story(
                title="With a picture",
                description="The picture lies in the package's static directory.",
                props={
                    "title": "Weekend walk",
                    "text": "Twelve kilometres, two hills, one café.",
                    "picture": "static/hills.svg",
                },
                tags=["stable", "picture"],
                assertions=[has_a_heading],
            ),
            Story(
                title="With an action",
                description="Whatever is put into a card stands below its text.",
                props={
                    "title": "Team plan",
                    "text": "For up to ten people who work on the same things.",
                    "children": t"""<div class="card-foot">
      <span class="badge tone-good">Most chosen</span>
      <button type="button" class="button button-small">Choose</button>
    </div>""",
                },
                tags=["stable"],
                assertions=[has_a_heading],
            ),
        ],
    )
