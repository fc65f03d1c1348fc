"""Stories of one product."""

from decimal import Decimal

from django.template.loader import render_to_string
from shop.models import Product
from storytime import Story, Subject


def product_card(*, product: Product) -> str:
    """Return the template that the pages include."""
    return render_to_string("shop/product_card.html", {"product": product})


def can_be_bought(story: str) -> None:
    """Assert that there is a button."""
    assert "Add to basket" in story


def this_subject() -> Subject:
    """Return the subject."""
    lamp = Product(name="Desk lamp", price=Decimal("39.90"), stock=3)
    chair = Product(name="Chair", price=Decimal("1249.00"))
    return Subject(
        title="Product card",
        target=product_card,
        items=[
            Story(title="In stock", props={"product": lamp}, assertions=[can_be_bought]),
            Story(title="Sold out", props={"product": chair}),
        ],
    )
