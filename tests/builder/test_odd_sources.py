"""Invalid files and odd values: each shows an error page that names the user's code, or is simply shown."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support import PREVIEW, Page, Server, listen, own_memory, story_module, wait_for_page

BUTTON = "components/button/button.py"
STORIES = "components/button/stories.py"
STORY = "components/button/first/index.html"
SUBJECT = "components/button/index.html"


@pytest.fixture(scope="module")
def server(serve_all: Callable[..., Server], shared_package: Path) -> Server:
    """A server of a package, in which each test puts good files again at its end."""
    return serve_all(shared_package)


def repair(server: Server, page: Page, package: Path) -> None:
    """Write good files, and wait until they show."""
    for name in (BUTTON, STORIES):
        path = package / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.is_symlink() or not path.is_file():
            path.unlink(missing_ok=True)
    (package / BUTTON).write_text("def Button(*, label):\n    return f'<button>{label}</button>'\n")
    (package / STORIES).write_text(story_module("Repaired"))
    for path in (PREVIEW, SUBJECT, STORY):
        wait_for_page(server, page, "Repaired", path, timeout=60)


def subject(story: str, before: str = "") -> bytes:
    """A module with a subject that has these stories."""
    return f"{before}\nfrom storytime import Story, Subject\n\ndef Show(**props):\n    return '<b>shown</b>'\n\ndef it() -> Subject:\n    return Subject(title='Odd', target=Show, items=[{story}])\n".encode()


SOURCES = {
    "syntax": (b"def broken(:\n", "SyntaxError"),
    "binary": (bytes(range(256)) * 10, "SyntaxError"),
    "nul": (b"x = 1\0\n", "SyntaxError"),
    "latin-1": ("x = 'é'\n".encode("latin-1"), "SyntaxError"),
    "no-such-coding": (b"# -*- coding: no-such-thing -*-\n", "SyntaxError"),
    "tabs-and-spaces": (b"if 1:\n        x = 1\n\ty = 2\n", "TabError"),
    "indentation": (b"def f():\nreturn 1\n", "IndentationError"),
    "endless-brackets": (b"(" * 100_000, "SyntaxError"),
    "deep-nesting": (b"x = " + b"[" * 5_000 + b"]" * 5_000, "Error"),
    "provider-returns-none": (
        b"from storytime import Subject\ndef it() -> Subject: return None\n",
        "must return a Site, Section or Subject",
    ),
    "provider-is-async": (
        b"from storytime import Subject\nasync def it() -> Subject: return Subject()\n",
        "not coroutine",
    ),
    "provider-raises": (
        b"from storytime import Subject\ndef it() -> Subject: return 1 / 0\n",
        "ZeroDivisionError",
    ),
    "unknown-field": (
        b"from storytime import Subject\ndef it() -> Subject: return Subject(titel='x')\n",
        "titel",
    ),
    "circular": (
        b"from shop.components.button import stories\nstories.nothing\n",
        "AttributeError",
    ),
    "items-of-a-wrong-type": (subject("1, 'two', None"), "TypeError"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_an_invalid_source_shows_an_error_page(
    server: Server, shared_package: Path, name: str
) -> None:
    source, says = SOURCES[name]
    with listen(server) as page:
        (shared_package / STORIES).write_bytes(source)
        text = wait_for_page(server, page, says, SUBJECT, timeout=60)
        assert "components/button/stories.py" in text
        assert "_bootstrap" not in text
        repair(server, page, shared_package)


ODD_VALUES = {
    "bom": b"\xef\xbb\xbf" + subject("Story(title='First')"),
    "latin-1-with-coding": b"# -*- coding: latin-1 -*-\nx = '\xe9'\n"
    + subject("Story(title='First')"),
    "carriage-returns": subject("Story(title='First')").replace(b"\n", b"\r\n"),
    "long-line": subject("Story(title='First')", before="x = '" + "x" * 5_000_000 + "'"),
    "repr-raises": subject(
        "Story(title='First', props={'x': Odd()})",
        before="class Odd:\n    def __repr__(self): raise ValueError",
    ),
    "repr-is-no-text": subject(
        "Story(title='First', props={'x': Odd()})",
        before="class Odd:\n    def __repr__(self): return 7",
    ),
    "repr-is-huge": subject(
        "Story(title='First', props={'x': Odd()})",
        before="class Odd:\n    def __repr__(self): return 'x' * 50_000_000",
    ),
    "surrogates": subject("Story(title='First', description='\\ud800', props={'x': '\\udfff'})"),
    "nul-in-texts": subject("Story(title='First', description='a\\0b', props={'x': 'a\\0b'})"),
    "tags-of-all-kinds": subject(
        "Story(title='First', tags=['', 'good', 'a b', '<b>', '\\ud800', 'x' * 5_000])"
    ),
    "many": subject("Story(title='First'), *[Story(title='Same') for _ in range(300)]"),
}


@pytest.mark.parametrize("name", ODD_VALUES)
def test_odd_values_are_shown(server: Server, shared_package: Path, name: str) -> None:
    with listen(server) as page:
        (shared_package / STORIES).write_bytes(ODD_VALUES[name])
        wait_for_page(server, page, "<b>shown</b>", PREVIEW, timeout=60)
        assert server.request("components/button/first/")[0] == 200
        repair(server, page, shared_package)


TITLES = [
    "a/b",
    "../../up",
    "..",
    ".",
    "",
    " ",
    "line\nbreak",
    "nul\0",
    "\U0001f600",
    "x" * 5_000,
    "CON",
    "-",
    "?#%&=",
    "<b>",
    "É",
    "É".lower(),
    "A",
    "a",
    "preview.html",
    "index",
]


def test_titles_and_ids_of_all_kinds_have_pages(
    build: Callable[..., object], package: Path, tmp_path: Path
) -> None:
    """No page is outside of the catalog, none overwrites another, and no name is too long for a file system."""
    stories = ", ".join(f"Story(title={title!r})" for title in TITLES)
    (package / STORIES).write_bytes(subject(stories))
    out = tmp_path / "deep" / "out"
    result = build(package, out)
    assert result.returncode == 0, result.stderr  # type: ignore[attr-defined]
    pages = list(out.glob("components/button/*/preview.html"))
    assert len(pages) == len(TITLES)
    assert {path.name for path in (tmp_path / "deep").iterdir()} == {"out"}


def test_ids_that_differ_only_in_case_are_refused(
    build: Callable[..., object], package: Path, tmp_path: Path
) -> None:
    (package / STORIES).write_bytes(subject("Story(id='Same'), Story(id='same')"))
    result = build(package, tmp_path / "out")
    assert "has the id 'same', which the story" in result.stderr  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["directory", "loop", "fifo", "dangling", "unreadable-directory"])
def test_a_stories_file_that_is_not_a_file(
    serve: Callable[..., Server], package: Path, kind: str
) -> None:
    """The rest of the catalog is served, and the next good save shows."""
    path = package / STORIES
    server = serve(package, "--build-timeout", "2")
    with listen(server) as page:
        path.unlink()
        match kind:
            case "directory":
                path.mkdir()
            case "loop":
                path.symlink_to(path.name)
            case "fifo":
                os.mkfifo(path)
            case "dangling":
                path.symlink_to("nowhere.py")
            case _:
                path.mkdir(mode=0)
        page.reload(timeout=60)
        assert server.request("components/")[0] == 200
        repair(server, page, package)


def test_links_that_lead_in_circles(serve: Callable[..., Server], package: Path) -> None:
    (package / "components/again").symlink_to("..")
    (package / "components/button/here").symlink_to(".")
    server = serve(package)
    with listen(server) as page:
        (package / STORIES).write_text(story_module("Round"))
        wait_for_page(server, page, "<button>Round</button>", PREVIEW, timeout=60)


def test_an_init_file_that_raises_breaks_its_own_part_only(
    server: Server, shared_package: Path
) -> None:
    with listen(server) as page:
        (shared_package / "components/button/__init__.py").write_text(
            "raise ValueError('in init')\n"
        )
        text = wait_for_page(server, page, "in init", SUBJECT, timeout=60)
        assert "components/button/__init__.py" in text
        assert server.request("components/")[0] == 200
        (shared_package / "components/button/__init__.py").write_text("")
        repair(server, page, shared_package)


RESULTS = {
    "html-raises": (
        "class Odd:\n    def __html__(self): raise KeyError('no html')\n",
        "Odd()",
        "no html",
    ),
    "html-is-no-text": ("class Odd:\n    def __html__(self): return 7\n", "Odd()", "TypeError"),
    "generator": ("", "(x for x in (1, 2))", "the component returned int"),
    "coroutine": ("async def it(): return 5\n", "it()", "the component returned int"),
    "bytes": ("", "b'<b>'", "TypeError"),
    "endless-callables": ("def it(): return it\n", "it", "TypeError"),
}


@pytest.mark.parametrize("name", RESULTS)
def test_wrong_results_of_a_component_show_an_error_page(
    server: Server, shared_package: Path, name: str
) -> None:
    before, result, says = RESULTS[name]
    with listen(server) as page:
        (shared_package / BUTTON).write_text(
            f"{before}\ndef Button(**props):\n    return {result}\n"
        )
        wait_for_page(server, page, says, STORY, timeout=60)
        repair(server, page, shared_package)


def test_a_story_of_50_megabytes(server: Server, shared_package: Path) -> None:
    with listen(server) as page:
        (shared_package / BUTTON).write_text(
            "def Button(**props):\n    return '<p>large</p>' * 4_200_000\n"
        )
        while len(server.request(PREVIEW)[2]) < 50_000_000:
            page.reload(timeout=120)
        repair(server, page, shared_package)


def test_static_files_with_strange_names(
    build: Callable[..., object], package: Path, tmp_path: Path
) -> None:
    names = [
        "sp ace.css",
        "ümlaut.css",
        "a#b.css",
        "100%.css",
        "'quote\".css",
        "-rf",
        "x" * 250,
        "\U0001f600.svg",
        "con",
    ]
    (package / "static").mkdir()
    for name in names:
        (package / "static" / name).write_text(name)
    result = build(package, tmp_path / "out")
    assert result.returncode == 0, result.stderr  # type: ignore[attr-defined]
    for name in names:
        assert (tmp_path / "out/static" / name).read_text() == name


@own_memory
def test_code_that_runs_out_of_memory_shows_an_error_page(
    program: Path, package: Path, tmp_path: Path
) -> None:
    """With a limit of memory, MemoryError is raised at the line that asks for too much."""
    wrapper = tmp_path / "storytime"
    wrapper.write_text(f'#!/bin/sh\nulimit -d 1000000\nexec {program} "$@"\n')
    wrapper.chmod(0o755)
    server = Server(wrapper, tmp_path, package)
    try:
        with listen(server) as page:
            (package / STORIES).write_text(story_module("Never", imports="x = b'x' * (4 << 30)"))
            text = wait_for_page(server, page, "MemoryError", SUBJECT, timeout=60)
            assert "stories.py" in text
            (package / STORIES).write_text(
                story_module("Never", imports="x = []\nwhile True: x.append(bytes(1_000_000))")
            )
            server.wait_for(r"stories\.py:2: MemoryError")
            repair(server, page, package)
    finally:
        server.close()
