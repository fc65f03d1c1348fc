"""Stories of amounts."""

from decimal import Decimal

from ledger.components import Amount
from storytime import Story, Subject


def has_no_digits(story: str) -> None:
    """Assert that yen have no hundredths."""
    assert "." not in story


def this_subject() -> Subject:
    """Return the subject."""
    return Subject(
        title="Amount",
        target=Amount,
        items=[
            Story(title="Credit", props={"value": Decimal("1250.5")}),
            Story(title="Debit", props={"value": Decimal(-80)}),
            Story(
                title="Yen",
                props={"value": Decimal(125000), "currency": "JPY"},
                assertions=[has_no_digits],
            ),
        ],
    )
