"""Stories of Menu."""

from storytime import Story, Subject

from .menu import Menu


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Menu",
        description="More actions than there is room for.",
        target=Menu,
        items=[
            Story(
                title="Closed",
                props={"label": "Account", "links": {"Profile": "#profile", "Sign out": "#out"}},
            ),
            Story(
                title="Open",
                props={
                    "label": "Share",
                    "links": {"Copy link": "#copy", "Send by mail": "#mail"},
                    "opened": True,
                },
            ),
        ],
    )
