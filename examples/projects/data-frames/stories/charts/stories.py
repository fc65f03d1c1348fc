"""Stories of charts."""

from report.charts import sales_chart
from storytime import Story, Subject


def this_subject() -> Subject:
    """Return the subject."""
    return Subject(
        title="Charts",
        target=sales_chart,
        items=[
            Story(title="Side by side"),
            Story(title="Stacked", props={"stacked": True}),
        ],
    )
