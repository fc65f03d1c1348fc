"""The root: `Site` and all of its fields."""

from storytime import Site

from .layout import layout


def this_site() -> Site:
    """Return the site."""
    return Site(
        title="Complete",
        # Puts every story into a whole page of yours; see layout.py.
        themed_layout=layout,
        # Yours: storytime keeps it with the site and does not look at it.
        context={"team": "Design"},
        # `items` is filled with what the directories hold. What is given here is kept as well.
        items={},
    )
