"""Currencies, by their codes."""

import importlib.resources
import tomllib
from dataclasses import dataclass


@dataclass(frozen=True)
class Currency:
    """How amounts are written."""

    sign: str
    digits: int


def read_currencies() -> dict[str, Currency]:
    """Return all currencies that there is data for."""
    text = importlib.resources.files("ledger").joinpath("currencies.toml").read_text()
    return {code: Currency(**values) for code, values in tomllib.loads(text).items()}


CURRENCIES = read_currencies()
