"""The catalog."""

from string.templatelib import Template

from storytime import Site

from tdom import Markup


def layout(*, story_title: str, children: Markup) -> Template:
    """Return a page around a story, with the report's stylesheet."""
    return t"""<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>{story_title}</title>
    <link rel="stylesheet" href="/static/report.css">
  </head>
  <body>{children}</body>
</html>"""


def this_site() -> Site:
    """Return the site."""
    return Site(title="Sales", themed_layout=layout)
