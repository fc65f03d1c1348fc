"""The root of the gallery."""

from storytime import Global, Site

from .layout import themed_layout
from .settings import context


def this_site() -> Site:
    """Return the site: its title, the layout around every story, and the menus of the toolbar."""
    return Site(
        title="Gallery",
        themed_layout=themed_layout,
        context=context,
        globals=[
            Global("theme", ["auto", "light", "dark"], attribute="data-theme"),
            Global("direction", ["ltr", "rtl"], attribute="dir"),
            Global("locale", ["en", "de"]),  # Without an attribute: `context` has it.
        ],
    )
