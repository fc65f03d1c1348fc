"""Tables."""

import pandas as pd
from pandas.io.formats.style import Styler

from .sales import read_sales


def sales_table() -> pd.DataFrame:
    """Return the figures as they are."""
    return read_sales()


def summary_table(*, best: bool = True) -> Styler:
    """Return sums and means, the best of each marked."""
    summary = read_sales().agg(["sum", "mean"]).T
    styled = summary.style.format("{:,.0f}").set_uuid("summary")
    return styled.highlight_max(props="font-weight: bold; background: #dcfce7") if best else styled
