"""Full builds: pages that are open are published first, and the next save interrupts the rest."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support import PREVIEW, Server, listen, run, shows, story_module, tree, write_files

PAGE = PREVIEW.replace("preview", "index")

LAYOUT = """
from string.templatelib import Template
from storytime import Site

def layout(*, story_title: str, children: object) -> Template:
    return t"<title>{story_title}</title><body data-layout={NUMBER}>{children}</body>"

def this_site() -> Site:
    return Site(title="Shop", themed_layout=layout)
"""

DECORATED = """
from storytime import Site

def decorate(children):
    return t"<i data-layout={NUMBER}>{children}</i>"

def this_site() -> Site:
    return Site(title="Shop", decorators=[decorate])
"""


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A pipe that the last module of the package may wait for."""
    path = tmp_path / "gate"
    os.mkfifo(path)
    return path


def last_unit(gate: Path | None) -> dict[str, str]:
    """The last subject in order. If there is a gate, its import waits for it."""
    wait = f"open({str(gate)!r}).read()\n" if gate else ""
    return {"zz/__init__.py": "", "zz/stories.py": wait + story_module("last")}


@pytest.mark.parametrize("site", [LAYOUT, DECORATED], ids=["layout", "decorator"])
def test_the_open_page_comes_first(
    serve: Callable[..., Server], package: Path, gate: Path, site: str
) -> None:
    """It is announced while the rest is still being built. The rest has the same build number."""
    write_files(package, last_unit(None) | {"stories.py": site.replace("NUMBER", "1")})
    server = serve(package)
    with listen(server, PAGE) as page:
        write_files(package, last_unit(gate) | {"stories.py": site.replace("NUMBER", "2")})
        first = page.reload()
        assert 'data-layout="2"' in first["html"][PREVIEW]
        assert 'data-layout="2"' in server.get(PREVIEW)
        assert 'data-layout="1"' in server.get("zz/first/preview.html")
        gate.write_text("")
        second = page.reload()
        assert second["build"] == first["build"]
        assert PREVIEW not in second["pages"]
        assert 'data-layout="2"' in server.get("zz/first/preview.html")


def test_the_open_page_and_the_tree_come_before_lists_of_all_stories(
    serve: Callable[..., Server], package: Path
) -> None:
    """After a change of a section's title, which is on all pages below, and after a new directory."""
    server = serve(package)
    with listen(server, PAGE) as page:
        section = package / "components/stories.py"
        section.write_text(section.read_text().replace('"Components"', '"Parts"'))
        first = page.reload()
        assert "Parts" in first["html"][PAGE]
        assert [node[0] for node in first["nodes"]] == ["Parts"]
        assert page.reload()["build"] == first["build"]
        write_files(package, {"components/badge/stories.py": story_module("Badge")})
        first = page.reload()
        assert [node[1] for node in first["nodes"]] == ["components", "components/badge"]
        assert first["navigation"] is False
        assert server.request("components/badge/first/")[0] == 200


def test_the_rest_gives_way_to_the_next_save(
    serve: Callable[..., Server], program: Path, package: Path, gate: Path, tmp_path: Path
) -> None:
    """In the end, both saves show everywhere."""
    write_files(package, last_unit(None) | {"stories.py": LAYOUT.replace("NUMBER", "1")})
    server = serve(package, tmp_path / "out")
    with listen(server, PAGE) as page:
        write_files(package, last_unit(gate) | {"stories.py": LAYOUT.replace("NUMBER", "2")})
        page.reload()
        write_files(package, last_unit(None))
        write_files(package, {"components/button/stories.py": story_module("Second")})
        while shows("Second") not in server.get(PREVIEW):
            page.reload()
        while 'data-layout="2"' not in server.get("zz/first/preview.html"):
            page.reload()
    run(program, "build", package, tmp_path / "expected")
    while tree(tmp_path / "out") != tree(tmp_path / "expected"):
        server.wait_for(r"Build \d+: ")
