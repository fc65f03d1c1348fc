"""Stories of accounts."""

from decimal import Decimal

from ledger.components import Account
from storytime import Story, Subject


def this_subject() -> Subject:
    """Return the subject."""
    bookings = [("Salary", Decimal(2400)), ("Rent", Decimal(-900)), ("Bread", Decimal("-4.2"))]
    return Subject(
        title="Account",
        target=Account,
        items=[
            Story(title="A month", props={"name": "Household", "bookings": bookings}),
            Story(title="Empty", props={"name": "Savings", "bookings": []}),
        ],
    )
