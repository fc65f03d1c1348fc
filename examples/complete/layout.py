"""The page around every story."""

from tdom import Markup, html


def layout(*, story_title: str | None = None, children: Markup) -> str:
    """Return a document around a rendered story."""
    return html(t"""<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <link rel="icon" href="data:,">
    <title>{story_title}</title>
    <link rel="stylesheet" href="static/complete.css">
  </head>
  <body>{children}</body>
</html>
""")
