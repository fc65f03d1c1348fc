"""Globals without an attribute: their value is set in the site's context, and stories are rendered again."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from support import PREVIEW, Server, write_files
from support.processes import children_of

type Serve = Callable[..., Server]

SITE = """
from storytime import Global, Site

context = {"locale": "en", "other": 1}

def this_site() -> Site:
    choices = [Global("locale", ["en", "de"]), Global("theme", ["light", "dark"], attribute="data-theme")]
    return Site(title="Shop", context=context, globals=choices)
"""
STORIES = """
from shop.stories import context
from storytime import Story, Subject

def Button(*, label="Buy"):
    return f"<button>{context['locale']} {label} {sorted(context)}</button>"

def this_subject() -> Subject:
    return Subject(title="Button", target=Button, items=[Story(title="First")])
"""


@pytest.fixture
def server(serve: Serve, package: Path) -> Server:
    write_files(package, {"stories.py": SITE, "components/button/stories.py": STORIES})
    return serve(package)


def shown(server: Server, query: str, page: str = PREVIEW) -> str:
    found = re.search("<button>(.*?)</button>", server.get(f"{page}?{query}"))
    assert found is not None
    return found[1]


def test_a_global_sets_the_context_of_a_story(server: Server) -> None:
    own = "en Buy ['locale', 'other']"
    assert shown(server, "") == own
    assert shown(server, "globals=locale:de") == own.replace("en", "de")
    assert (
        shown(server, "globals=theme:dark;locale:de&args=label:Sell")
        == "de Sell ['locale', 'other']"
    )
    assert shown(server, "args=label:Sell") == "en Sell ['locale', 'other']"
    assert shown(server, "globals=locale:fr;other:2;theme:dark") == own


def test_globals_with_attributes_start_no_process(serve: Serve, package: Path) -> None:
    site = SITE.replace('Global("locale", ["en", "de"]), ', "")
    write_files(package, {"stories.py": site, "components/button/stories.py": STORIES})
    server = serve(package)
    assert shown(server, "globals=theme:dark").startswith("en Buy")
    assert children_of(server.process.pid) == [server.builder]


def test_other_pages_ignore_globals(server: Server) -> None:
    for page in ("index.html", "components/button/index.html"):
        assert server.get(f"{page}?globals=locale:de") == server.get(page)
    for missing in (
        "button/index.html?globals=locale:de&as=python",
        "gone/index.html?globals=locale:de",
    ):
        assert server.request(f"components/{missing}")[0] == 404
