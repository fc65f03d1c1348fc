"""A price."""

from decimal import Decimal
from string.templatelib import Template
from typing import Literal

from ...settings import context
from ..style import variant

type Currency = Literal["EUR", "GBP", "USD"]

SIGNS: dict[Currency, str] = {"EUR": "€", "GBP": "£", "USD": "$"}


def written(amount: Decimal, currency: Currency) -> str:
    """Return an amount of money as people write it where the site's locale is at home."""
    number, sign = f"{amount:,.2f}", SIGNS[currency]
    if context["locale"] == "de":
        return number.translate(str.maketrans(",.", ".,")) + f" {sign}"
    return f"{sign}{number}"


def Price(
    *, amount: Decimal, currency: Currency = "EUR", before: Decimal | None = None
) -> Template:
    """Return a price, behind the crossed out one of before where it is lower now."""
    old = before is not None and t"<s>{written(before, currency)}</s> "
    return t"<p class={variant('price', None)}>{old}<b>{written(amount, currency)}</b></p>"
