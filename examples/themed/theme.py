"""The layout: a whole document around each story."""

from tdom import Markup, html


def page(*, story_title: str | None = None, children: Markup) -> str:
    """Return the document. `static/...` reaches the package's static directory from every page."""
    return html(t"""<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <link rel="icon" href="data:,">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{story_title} in its theme</title>
    <link rel="stylesheet" href="static/theme.css">
  </head>
  <body class="night">
    <header><img src="static/moon.svg" alt="" width="32" height="32"> The night shift</header>
    <main>{children}</main>
  </body>
</html>
""")
