"""Stories of Banner."""

from storytime import Story, Subject

from .banner import Banner, Link

# Text lies on a picture, and axe-core can't know the picture's colours.
ON_A_PICTURE = {"config": {"rules": [{"id": "color-contrast", "enabled": False}]}}


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Banner",
        description="What a page is about, in one look.",
        target=Banner,
        parameters={
            "layout": "fullscreen",
            "viewports": {"Wide": [1600, 600], "Watch": [198, 242]},
            "a11y": ON_A_PICTURE,
        },
        items=[
            Story(
                title="Plain",
                props={
                    "title": "Walk more",
                    "text": "Forty routes, from one hour to ten days.",
                    "picture": "static/hills.svg",
                },
            ),
            Story(
                title="With a link",
                props={
                    "title": "Walk more",
                    "text": "Forty routes, from one hour to ten days.",
                    "picture": "static/hills.svg",
                    "action": Link("Find a route", "#routes"),
                },
                tags=["stable", "picture"],
            ),
        ],
    )
