"""The figures."""

from pathlib import Path

import pandas as pd

FILE = Path(__file__).parent.parent / "data/sales.csv"


def read_sales() -> pd.DataFrame:
    """Return a row for each month, and a column for each region."""
    return pd.read_csv(FILE).pivot_table(
        index="month", columns="region", values="amount", aggfunc="sum"
    )
