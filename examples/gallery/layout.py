"""The page around every story of the gallery."""

from tdom import Markup, html


def themed_layout(*, story_title: str | None = None, children: Markup) -> str:
    """Return the whole standalone document of a story; `children` is the rendered story."""
    title = story_title or "Story"
    return html(t"""<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <link rel="icon" href="data:,">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{title}</title>
    <link rel="stylesheet" href="static/gallery.css">
    <script src="static/search.js" defer></script>
  </head>
  <body>
    <main class="stage">{children}</main>
  </body>
</html>
""")
