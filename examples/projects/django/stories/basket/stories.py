"""Stories of the basket."""

from decimal import Decimal

from django.template.loader import render_to_string
from shop.models import Product
from storytime import Story, Subject


def basket(*, products: list[Product]) -> str:
    """Return the basket."""
    return render_to_string("shop/basket.html", {"products": products})


def this_subject() -> Subject:
    """Return the subject."""
    products = [
        Product(name="Desk lamp", price=Decimal("39.90")),
        Product(name="Chair", price=Decimal("1249.00")),
    ]
    return Subject(
        title="Basket",
        target=basket,
        items=[
            Story(title="Two products", props={"products": products}),
            Story(title="Empty", props={"products": []}),
        ],
    )
