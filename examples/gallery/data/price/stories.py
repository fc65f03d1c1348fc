"""Stories of Price. The menu "locale" of the toolbar, a global of the site, says how it is written."""

from decimal import Decimal

from storytime import Story, Subject

from .price import Price


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Price",
        description="What something costs, as people write it where they live.",
        target=Price,
        items=[
            Story(title="Plain", props={"amount": Decimal("1299.90")}, tags=["money"]),
            Story(
                title="Reduced",
                props={
                    "amount": Decimal("899.00"),
                    "currency": "USD",
                    "before": Decimal("1299.90"),
                },
                tags=["money"],
            ),
        ],
    )
