"""The components."""

from decimal import Decimal
from string.templatelib import Template

from .currencies import CURRENCIES


def Amount(*, value: Decimal, currency: str = "EUR") -> Template:
    """Return an amount of money."""
    known = CURRENCIES[currency]
    text = f"{known.sign} {abs(value):,.{known.digits}f}"
    kind = "debit" if value < 0 else "credit"
    return t'<span class="amount {kind}">{"−" if value < 0 else ""}{text}</span>'


def Account(*, name: str, bookings: list[tuple[str, Decimal]]) -> Template:
    """Return an account with its bookings and the balance."""
    rows = [
        t"<tr><td>{what}</td><td><{Amount} value={value} /></td></tr>" for what, value in bookings
    ]
    balance = sum((value for _, value in bookings), Decimal(0))
    return t"""<table class="account">
  <caption>{name}</caption>
  <tbody>{rows}</tbody>
  <tfoot><tr><th scope="row">Balance</th><td><{Amount} value={balance} /></td></tr></tfoot>
</table>"""
