"""A save builds the modules that it reaches, in an interpreter that has not imported their old versions. `serve -v` logs which."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from support import (
    PREVIEW,
    Server,
    listen,
    story_module,
    wait_for_page,
    wait_for_text,
    write_files,
)
from support.processes import wait_until

NOTE = "components/note/one/preview.html"
REACHED = r"Build \d+: \d+ stor\w+, partial build"


@pytest.fixture
def shop(package: Path) -> Path:
    """A helper two imports away from a page, and a subject that does not use it."""
    return write_files(
        package,
        {
            "wording.py": "WORD = 'Buy'\n",
            "components/button/label.py": "from shop.wording import WORD\nLABEL = WORD + ' now'\n",
            "components/button/button.py": (
                "from tdom import html\nfrom .label import LABEL\n"
                "def Button(*, label: str):\n    return html(t'<button>{LABEL}: {label}</button>')\n"
            ),
            "components/note/__init__.py": "",
            "components/note/stories.py": (
                "from storytime import Story, Subject\nprint('note is executed')\n"
                "def this_subject() -> Subject:\n"
                "    return Subject(title='Note', items=[Story(title='One', template=lambda: 'A note')])\n"
            ),
        },
    )


def test_a_save_builds_what_it_reaches(serve_in: Callable[..., Server], shop: Path) -> None:
    server = serve_in(shop, "-v")
    with listen(server) as page:
        for word in ("Get", "Take"):
            (shop / "wording.py").write_text(f"WORD = '{word}'\n")
            server.wait_for(
                r"Build \d+ affects 4 modules: shop\.wording, .*shop\.components\.button\.stories"
            )
            server.wait_for(REACHED)
            wait_for_text(server, page, f"<button>{word} now: Buy</button>")


def test_a_standby_imports_ahead_what_edits_need_and_do_not_reach(
    serve: Callable[..., Server], shop: Path
) -> None:
    server = serve(shop, "-v")

    def wait_until_standby_has_imported(times: int) -> None:
        ahead = re.compile(r"ahead, [1-9]\d* of them from the catalog")
        wait_until(lambda: len(ahead.findall(server.log)) >= times)

    def save(file: str, text: str, job: str) -> None:
        """Save, and wait for two lines of the build's log, which come from different threads, in any order."""
        before = len(server.lines)
        (shop / file).write_text(text)

        def said(pattern: str) -> bool:
            return any(re.search(pattern, line) for line in server.lines[before:])

        wait_until(lambda: said(f"job: {job} imported ahead") and said(REACHED))

    stories = "components/button/stories.py"
    wait_until_standby_has_imported(1)
    save(stories, story_module("One"), "modules")
    wait_until_standby_has_imported(2)
    save(stories, story_module("Two"), "modules")
    wait_until_standby_has_imported(3)
    # The helper was imported ahead, so only the plain interpreter can import its new version.
    save("wording.py", "WORD = 'Get'\n", "nothing")
    assert "<button>Get now: Two</button>" in server.get(PREVIEW)


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        (
            "stories.py",
            "from storytime import Site\ndef s() -> Site:\n    return Site(title='T')\n",
            "site itself",
        ),
        (
            "components/note/stories.py",
            (
                "import sys\nfrom storytime import Subject\ndef s() -> Subject:\n"
                "    return Subject(title=str(len(sys.modules)))\n"
            ),
            "inspects what others have imported",
        ),
    ],
)
def test_an_unknown_reach_builds_everything(
    serve_in: Callable[..., Server], shop: Path, name: str, text: str, why: str
) -> None:
    server = serve_in(shop, "-v")
    with listen(server) as page:
        write_files(shop, {name: text})
        server.wait_for(r"Build \d+: \d+ stor")  # the next save must not supersede it
        (shop / "wording.py").write_text("WORD = 'Get'\n")
        wait_for_text(server, page, "<button>Get now")
    assert why in server.log


def test_a_registry_that_an_edit_fills_shows_on_pages_that_do_not_import_it(
    serve_in: Callable[..., Server], shop: Path
) -> None:
    write_files(
        shop,
        {
            "registry.py": "NAMES = []\n",
            "components/note/stories.py": (
                "from storytime import Story, Subject\nfrom shop.registry import NAMES\n"
                "def this_subject() -> Subject:\n"
                "    return Subject(title='Note', items=[Story(title='One', template=lambda: ' '.join(NAMES))])\n"
            ),
        },
    )
    server = serve_in(shop, "-v")
    with listen(server) as page:
        for number in range(3):
            (shop / "components/button/label.py").write_text(
                f"from shop.registry import NAMES\nNAMES.append('label {number}')\nLABEL = 'x'\n"
            )
            wait_for_text(server, page, f"label {number}", NOTE)
    assert "the build affected more than expected" in server.log


def test_code_that_closes_descriptors_between_two_parts_of_a_build_does_no_harm(
    serve_in: Callable[..., Server], shop: Path
) -> None:
    write_files(
        shop,
        {
            "components/note/stories.py": (
                "import os\nfrom storytime import Story, Subject\nfrom shop.wording import WORD\n"
                "if WORD == 'Close':\n    os.closerange(0, 20)\n"
                "def this_subject() -> Subject:\n"
                "    return Subject(title='Note', items=[Story(title='One', template=lambda: WORD)])\n"
            )
        },
    )
    server = serve_in(shop)
    with listen(server, "components/button/first/index.html") as page:
        (shop / "wording.py").write_text("WORD = 'Close'\n")
        wait_for_text(server, page, "Close", NOTE)
        assert "<button>Close now: Buy</button>" in server.get(PREVIEW)


def test_a_new_directory_that_imports_a_cycle_of_modules_builds_everything(
    serve_in: Callable[..., Server], shop: Path
) -> None:
    """In a full build, modules before it have begun the cycle with another module, so the result differs."""
    circle = "from . import {}\nbase = {!r}\nvalue = base + getattr({}, 'base', '?')\n"
    write_files(
        shop,
        {
            "ring/__init__.py": "",
            "ring/a.py": circle.format("b", "a", "b"),
            "ring/b.py": circle.format("a", "b", "a"),
            "components/button/label.py": "from shop.ring.a import value\nLABEL = value\n",
            "components/late/__init__.py": "",
        },
    )
    server = serve_in(shop, "-v")
    with listen(server) as page:
        write_files(
            shop,
            {
                "components/late/stories.py": (
                    "from storytime import Story, Subject\nfrom shop.ring.b import value\n"
                    "def this_subject() -> Subject:\n"
                    "    return Subject(title='Late', items=[Story(title='One', template=lambda: value)])\n"
                )
            },
        )
        while server.request("components/late/one/preview.html")[0] != 200:
            page.reload()
    assert "b?" in server.get("components/late/one/preview.html")
    server.wait_for("Build 2 builds everything")


KIT_STORIES = """
from shop import kit
from storytime import Story, Subject

{more}

def this_subject() -> Subject:
    return Subject(title="Kit", items=[Story(title="One", template=lambda: f"{word} {{kit.words.TEXT}}")])
"""
KITS = {
    "the package": "from .others import *\nfrom . import words\n",
    "another module": "def load():\n    from . import words\n",
}


@pytest.mark.parametrize("importer", KITS)
def test_a_package_that_imports_all_of_its_modules_may_be_used_as_a_whole(
    serve_in: Callable[..., Server], package: Path, importer: str
) -> None:
    """If it does not, a story may depend on what only others import, so everything is built."""
    alone = importer == "the package"
    files = {
        "kit/__init__.py": KITS[importer],
        "kit/words.py": "TEXT = 'zero'\n",
        "kit/others.py": "from shop.kit.words import TEXT\n",
        "a_first/stories.py": KIT_STORIES.format(word="a", more="" if alone else "kit.load()"),
        "b_second/stories.py": KIT_STORIES.format(word="b", more=""),
    }
    write_files(package, files)
    server = serve_in(package, "-v")
    with listen(server) as page:
        for number, text in enumerate(("one", "two")):
            stories = KIT_STORIES.format(word=f"b{number}", more="")
            (package / "b_second/stories.py").write_text(stories)
            wait_for_page(server, page, f"b{number} ", "b_second/one/preview.html")
            (package / "kit/words.py").write_text(f"TEXT = {text!r}\n")
            wait_for_page(server, page, f"b{number} {text}", "b_second/one/preview.html")
            wait_for_page(server, page, f"a {text}", "a_first/one/preview.html")
    assert ("full build" in server.log.partition("Build 2")[2]) != alone


SEES = """
from shop import kit
from storytime import Story, Subject

TEXT = getattr(getattr(kit, "late", None), "TEXT", "nothing")

def this_subject() -> Subject:
    return Subject(title="Kit", items=[Story(title="One", template=lambda: f"It sees {TEXT}.")])
"""
BRINGS = """
from storytime import Story, Subject
{line}

def this_subject() -> Subject:
    return Subject(title="First", items=[Story(title="One", template=lambda: "First")])
"""


def test_a_module_that_another_story_imports_shows_where_its_package_is_used(
    serve_in: Callable[..., Server], package: Path
) -> None:
    files = {
        "kit/__init__.py": "",
        "kit/late.py": "TEXT = 'late'\n",
        "a_first/stories.py": BRINGS.format(line=""),
        "b_second/stories.py": SEES,
    }
    server = serve_in(write_files(package, files), "-v")
    with listen(server) as page:
        wait_for_page(server, page, "It sees nothing.", "b_second/one/preview.html")
        line = "from shop.kit.late import TEXT"
        (package / "a_first/stories.py").write_text(BRINGS.format(line=line))
        wait_for_page(server, page, "It sees late.", "b_second/one/preview.html")


LOSSES = {
    "an import goes": lambda shop: (shop / "a_first/stories.py").write_text(BRINGS.format(line="")),
    "a story goes": lambda shop: (shop / "a_first/stories.py").unlink(),
    "an import of an importer goes": lambda shop: write_files(
        shop,
        {
            "a_first/stories.py": BRINGS.format(line=""),
            "between.py": "from shop.kit.late import TEXT as T\n",
        },
    ),
}


@pytest.mark.parametrize("line", ["from shop.kit.late import TEXT", "from shop import between"])
@pytest.mark.parametrize("loss", LOSSES)
def test_what_no_story_imports_into_a_package_any_more_is_missed_where_that_is_used_as_a_whole(
    serve_in: Callable[..., Server], package: Path, loss: str, line: str
) -> None:
    files = {
        "between.py": "from shop.kit.late import TEXT\n",
        "kit/__init__.py": "",
        "kit/late.py": "TEXT = 'late'\n",
        "a_first/stories.py": BRINGS.format(line=line),
        "b_second/stories.py": SEES,
    }
    server = serve_in(write_files(package, files), "-v")
    with listen(server) as page:
        wait_for_page(server, page, "It sees late.", "b_second/one/preview.html")
        LOSSES[loss](package)
        wait_for_page(server, page, "It sees nothing.", "b_second/one/preview.html")
