"""Stories of tables."""

from report.tables import sales_table, summary_table
from storytime import Story, Subject


def has_both_regions(story: str) -> None:
    """Assert that no region is missing."""
    assert "North" in story
    assert "South" in story


def this_subject() -> Subject:
    """Return the subject."""
    return Subject(
        title="Tables",
        items=[
            Story(title="Sales", target=sales_table, assertions=[has_both_regions]),
            Story(title="Summary", target=summary_table),
            Story(title="Summary, plain", target=summary_table, props={"best": False}),
        ],
    )
