"""Stories of DateField."""

from datetime import date

from storytime import RenderedStory, Story, Subject

from .date_field import DateField


def has_a_label(story: RenderedStory) -> None:
    """The label belongs to the field."""
    assert story.select("label[for=arrival] + input#arrival"), "the field has no label"


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Date field",
        description="A day, typed or picked.",
        target=DateField,
        arg_types={
            "name": {"control": False},
            "earliest": {"description": "The first day that can be picked."},
            "latest": {"description": "The last one."},
        },
        items=[
            Story(title="Empty", props={"name": "arrival", "label": "Arrival"}),
            Story(
                title="Within a month",
                props={
                    "name": "arrival",
                    "label": "Arrival",
                    "value": date(2026, 6, 12),
                    "earliest": date(2026, 6, 1),
                    "latest": date(2026, 6, 30),
                },
                tags=["stable"],
                assertions=[has_a_label],
            ),
        ],
    )
