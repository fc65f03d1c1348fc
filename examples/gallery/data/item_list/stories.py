"""Stories of ItemList."""

from storytime import Story, Subject

from .item_list import ItemList


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="List",
        description="One thing after the other.",
        target=ItemList,
        items=[
            Story(title="Three things", props={"items": ["Bread", "Butter", "Marmalade"]}),
            Story(title="Nothing", props={"items": []}, tags=["empty"]),
        ],
    )
