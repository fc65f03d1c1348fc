"""Charts."""

from io import StringIO

import matplotlib as mpl
from matplotlib.figure import Figure

from .sales import read_sales

mpl.rcParams |= {"svg.hashsalt": "report", "svg.fonttype": "none", "font.family": "sans-serif"}


def as_svg(figure: Figure) -> str:
    """Return a figure as an element to put into a page."""
    file = StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    text = file.getvalue()
    return text[text.index("<svg") :]


def sales_chart(*, stacked: bool = False) -> str:
    """Return a chart of all regions over the months."""
    figure = Figure(figsize=(6, 3.5), layout="constrained")
    axes = figure.subplots()
    read_sales().plot.bar(ax=axes, stacked=stacked, rot=0, color=["#0369a1", "#f59e0b"])
    axes.set_xlabel("")
    axes.spines[["top", "right"]].set_visible(False)
    return as_svg(figure)
