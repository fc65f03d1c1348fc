"""Amounts of money."""

from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def euros(amount: Decimal) -> str:
    """Return an amount as people write it."""
    return f"€ {amount:,.2f}"
