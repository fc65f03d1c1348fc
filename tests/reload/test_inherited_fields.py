"""Saves of fields that nodes inherit: they reach the nodes below, and no others."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support import Server, listen, wait_for_text, write_files

SECTION = """
from storytime import Section
from shop.components.frame import frame
def this_section() -> Section:
    return Section(title="Components", decorators=[frame])
"""

FRAME = "def frame(children):\n    return t'<div class=\"{0}\">{{children}}</div>'\n"


@pytest.fixture
def shop(package: Path) -> Path:
    """A section with a decorator, and a subject outside of it."""
    return write_files(
        package,
        {
            "components/frame.py": FRAME.format("one"),
            "components/stories.py": SECTION,
            "note/__init__.py": "",
            "note/stories.py": (
                "from storytime import Story, Subject\n"
                "def this_subject() -> Subject:\n"
                "    return Subject(title='Note', items=[Story(title='One', template=lambda: 'A note')])\n"
            ),
        },
    )


def test_a_save_of_a_decorator_reaches_what_it_wraps(
    serve: Callable[..., Server], shop: Path
) -> None:
    server = serve(shop, "-v")
    with listen(server) as page:
        wait_for_text(server, page, '<div class="one"><button>Buy')
        (shop / "components/frame.py").write_text(FRAME.format("two"))
        server.wait_for(r"Build \d+: \d+ stor\w+, partial build")
        wait_for_text(server, page, '<div class="two"><button>Buy')


def test_a_save_of_a_story_keeps_what_it_inherits(serve: Callable[..., Server], shop: Path) -> None:
    server = serve(shop, "-v")
    with listen(server) as page:
        stories = shop / "components/button/stories.py"
        stories.write_text(stories.read_text().replace("'Buy'", "'Sell'"))
        server.wait_for(r"Build \d+: \d+ stor\w+, partial build")
        wait_for_text(server, page, '<div class="one"><button>Sell')


def test_decorators_of_a_section_are_added_and_removed(
    serve: Callable[..., Server], shop: Path
) -> None:
    server = serve(shop, "-v")
    with listen(server) as page:
        stories = shop / "components/stories.py"
        stories.write_text(SECTION.replace("decorators=[frame]", ""))
        wait_for_text(server, page, "<body>\n<button>Buy")
        stories.write_text(SECTION)
        wait_for_text(server, page, '<div class="one"><button>Buy')
        (shop / "components/frame.py").write_text(FRAME.format("two"))
        wait_for_text(server, page, '<div class="two"><button>Buy')
