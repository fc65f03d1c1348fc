"""The catalog, and what must be set up for all of its stories."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "stories.settings"
django.setup()

from django.template.loader import render_to_string
from storytime import Site

from tdom import Markup


def layout(*, story_title: str, children: Markup) -> str:
    """Return the site's own page around a story."""
    return render_to_string("shop/story.html", {"title": story_title, "story": children})


def this_site() -> Site:
    """Return the site."""
    return Site(title="Shop", themed_layout=layout)
