"""The root of the gallery."""

from storytime import Global, Site

from .layout import themed_layout


def this_site() -> Site:
    """Return the site: its title, and the layout around every story."""
    return Site(
        title="Gallery",
        themed_layout=themed_layout,
        globals=[Global("direction", ["ltr", "rtl"], attribute="dir")],
    )
