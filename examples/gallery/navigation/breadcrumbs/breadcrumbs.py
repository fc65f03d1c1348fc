"""The way back up."""

from collections.abc import Sequence
from string.templatelib import Template

from ..style import variant


def Breadcrumbs(*, trail: Sequence[str]) -> Template:
    """Return the places above the last one of the trail, which is where one is."""
    *above, here = trail
    links = [t"<li><a href='#{place}'>{place}</a></li>" for place in above]
    classes = variant("crumbs", None)
    return t"""<nav class={classes} aria-label="Breadcrumbs">
  <ol>{links}<li aria-current="page">{here}</li></ol>
</nav>"""
