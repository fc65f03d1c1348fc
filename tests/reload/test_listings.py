"""Directories that user code lists, files that it looks for, symbolic links, and files that it writes."""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Server, listen, shows, wait_for_page, write_files
from support.modes import BUILD_MODES, WATCH_MODES

PREVIEW_A, PREVIEW_B = "a/first/preview.html", "b/first/preview.html"

STORIES = """
import glob, os
from pathlib import Path
from storytime import Story, Subject

PLACE = Path({place!r})
{top}

def read() -> str:
    {body}
    return "<button>" + str(text) + "</button>"

def this_subject() -> Subject:
    return Subject(items=[Story(title="First", target=read)])
"""

OTHER = "b/stories.py"


@pytest.fixture(params=["outside", "in the package"])
def place(request: pytest.FixtureRequest, package: Path, tmp_path: Path) -> Path:
    """A directory for the files of a test."""
    directory = tmp_path / "data" if request.param == "outside" else package / "data"
    directory.mkdir()
    return directory


def stories(place: Path, body: str, top: str = "") -> str:
    """A story that shows what it finds in a directory."""
    return STORIES.format(place=str(place), body=body, top=top)


def numbered(count: int) -> list[str]:
    """The previews of the stories in `a0/stories.py` and so on."""
    return [PREVIEW_A.replace("a/", f"a{number}/", 1) for number in range(count)]


LISTINGS = [
    "text = sorted(os.listdir(PLACE))",
    "text = sorted(one.name for one in os.scandir(PLACE))",
    "text = sorted(one.name for one in PLACE.iterdir())",
    "text = sorted(one.name for one in PLACE.glob('*.txt'))",
    "text = sorted(one.name for one in PLACE.rglob('*'))",
    "text = sorted(glob.glob(str(PLACE / '*.txt')))",
    "text = sorted(glob.glob('*', root_dir=PLACE))",
    "text = [sorted(files) for _, _, files in os.walk(PLACE)]",
]


@pytest.mark.parametrize("mode", BUILD_MODES[:2])
def test_a_listed_directory_reaches_the_stories_that_list_it(
    serve: Callable[..., Server], package: Path, place: Path, mode: tuple[str, ...]
) -> None:
    """Each story lists it in a different way."""
    write_files(place, {"one.txt": "1"})
    files = {f"a{number}/stories.py": stories(place, body) for number, body in enumerate(LISTINGS)}
    write_files(package, files | {OTHER: stories(place, "text = 1")})
    previews = numbered(len(LISTINGS))
    reached = ", ".join(f"shop.a{number}.stories" for number in range(len(LISTINGS)))
    server = serve(package, "-v", *mode)
    with listen(server) as page:
        assert not [body for body in map(server.get, previews) if "two.txt" in body]
        (place / "two.txt").write_text("2")
        for preview in previews:
            wait_for_page(server, page, "two.txt", preview)
        server.wait_for(r"Build \d+: .*partial build")
        (place / "two.txt").rename(place / "three.txt")
        for preview in previews:
            wait_for_page(server, page, "three.txt", preview)
        (place / "one.txt").unlink()
        for preview in previews:
            while "one.txt" in server.get(preview):
                page.reload()
    first, *later = re.findall(r"Build \d+ (?:affects|builds) .*", server.log)
    assert "builds everything: it is the first" in first
    assert len(later) >= 3
    assert not [line for line in later if not line.endswith(f"modules: {reached}")]


@pytest.mark.parametrize("mode", BUILD_MODES[:2])
def test_a_listed_directory_is_removed_and_restored(
    serve: Callable[..., Server], package: Path, place: Path, mode: tuple[str, ...]
) -> None:
    body = "text = sorted(os.listdir(PLACE)) if PLACE.exists() else 'nothing there'"
    write_files(place, {"one.txt": "1"})
    write_files(package, {"a/stories.py": stories(place, body)})
    server = serve(package, *mode)
    with listen(server, PREVIEW_A) as page:
        shutil.rmtree(place)
        wait_for_page(server, page, "nothing there", PREVIEW_A)
        write_files(place, {"back.txt": "1"})
        wait_for_page(server, page, "back.txt", PREVIEW_A)
        (place / "more.txt").write_text("2")
        wait_for_page(server, page, "more.txt", PREVIEW_A)


MISSES = [
    "try: text = (PLACE / 'late/word.txt').read_text()\n    except OSError: text = 'nothing'",
    "text = 'there' if (PLACE / 'late/word.txt').exists() else 'nothing'",
    "text = 'there' if os.path.isfile(PLACE / 'late/word.txt') else 'nothing'",
    "text = 'there' if os.path.exists(str(PLACE / 'late/word.txt')) else 'nothing'",
    "text = 'there' if os.access(PLACE / 'late/word.txt', os.R_OK) else 'nothing'",
    "text = 'there' if os.path.lexists(PLACE / 'late/word.txt') else 'nothing'",
    "try: text = os.listdir(PLACE / 'late')\n    except OSError: text = 'nothing'",
    "text = sorted(one.name for one in PLACE.glob('late/*.txt')) or 'nothing'",
]


@pytest.mark.parametrize("mode", BUILD_MODES[:2])
def test_a_file_that_appears_where_one_was_looked_for(
    serve: Callable[..., Server], package: Path, place: Path, mode: tuple[str, ...]
) -> None:
    """Each story looks for it in a different way, and below a directory of its own."""
    bodies = [
        body.replace("late/", f"late{number}/").replace("'late'", f"'late{number}'")
        for number, body in enumerate(MISSES)
    ]
    write_files(
        package,
        {f"a{number}/stories.py": stories(place, body) for number, body in enumerate(bodies)},
    )
    server = serve(package, "-v", *mode)
    with listen(server) as page:
        previews = numbered(len(bodies))
        for preview in previews:
            wait_for_page(server, page, shows("nothing"), preview)
        write_files(place, {f"late{number}/word.txt": "there" for number in range(len(bodies))})
        for body, preview in zip(bodies, previews, strict=True):
            found = "word.txt" if "listdir" in body or "glob" in body else "there"
            wait_for_page(server, page, found, preview)
        server.wait_for(r"Build \d+: .*partial build")
        for number, preview in enumerate(previews):
            shutil.rmtree(place / f"late{number}")
            wait_for_page(server, page, shows("nothing"), preview)


DIRECTORIES = [
    "text = (PLACE / 'late').is_dir()",
    "text = (PLACE / 'late').exists()",
    "text = os.path.isdir(str(PLACE / 'late'))",
]


@pytest.mark.parametrize("mode", [*BUILD_MODES, WATCH_MODES[2]])
def test_a_directory_that_code_checks_for_is_added_and_removed(
    serve: Callable[..., Server], package: Path, place: Path, mode: tuple[str, ...]
) -> None:
    """Each story checks in a different way, and for another directory."""
    directories = [place / f"late{number}" for number in range(len(DIRECTORIES))]
    for number, (directory, body) in enumerate(zip(directories, DIRECTORIES, strict=True)):
        directory.mkdir()
        text = stories(place, body.replace("late", directory.name))
        write_files(package, {f"a{number}/stories.py": text})
    server = serve(package, *mode, subinterpreters=bool(mode))
    before = server.log.count("Building ")
    with listen(server) as page:
        for directory, preview in zip(directories, numbered(len(directories)), strict=True):
            assert shows("True") in server.get(preview)
            (directory / "file").write_text("nobody has asked for it")
            (directory / "file").unlink()
            for there in (False, True, False):
                directory.mkdir() if there else directory.rmdir()
                wait_for_page(server, page, shows(str(there)), preview)
    assert mode == () or server.log.count("Building ") <= before + 3 * len(DIRECTORIES)


@pytest.mark.parametrize("mode", [*WATCH_MODES, pytest.param((), id="direct")])
def test_a_listing_is_followed_wherever_it_is_read(
    serve: Callable[..., Server], package: Path, place: Path, mode: tuple[str, ...]
) -> None:
    """At import, in the provider and in an assertion."""
    template = stories(place, "text = 'x'", "{top}")
    write_files(
        package,
        {
            "a/stories.py": stories(place, "text = TEXT", "TEXT = sorted(os.listdir(PLACE))"),
            "c/stories.py": template.replace("{top}", "").replace(
                "return Subject(", "text = str(os.listdir(PLACE)); return Subject(title=text, "
            ),
            "d/stories.py": template.replace(
                "{top}",
                "def check(html: str) -> None:\n    assert not os.listdir(PLACE), os.listdir(PLACE)",
            ).replace("target=read", "target=read, assertions=[check]"),
        },
    )
    server = serve(package, *mode, subinterpreters=mode != ())
    with listen(server, "c/index.html") as page:
        (place / "new-name.txt").write_text("")
        wait_for_page(server, page, "new-name.txt", "c/index.html")
        wait_for_page(server, page, "new-name.txt", "d/first/index.html")
        if mode:  # in direct mode, modules stay as they were imported
            wait_for_page(server, page, "new-name.txt", PREVIEW_A)


# -- links


@pytest.mark.parametrize("mode", BUILD_MODES[:2])
def test_a_link_that_is_changed_to_another_file_is_followed(
    serve: Callable[..., Server], package: Path, place: Path, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    write_files(tmp_path, {"elsewhere/one.txt": "one", "elsewhere/two.txt": "two"})
    (place / "current.txt").symlink_to(tmp_path / "elsewhere/one.txt")
    body = "text = (PLACE / 'current.txt').read_text()"
    write_files(package, {"a/stories.py": stories(place, body)})
    server = serve(package, *mode)
    with listen(server, PREVIEW_A) as page:
        wait_for_page(server, page, shows("one"), PREVIEW_A)
        (tmp_path / "elsewhere/one.txt").write_text("changed")
        wait_for_page(server, page, shows("changed"), PREVIEW_A)
        (place / "new").symlink_to(tmp_path / "elsewhere/two.txt")
        (place / "new").replace(place / "current.txt")
        wait_for_page(server, page, shows("two"), PREVIEW_A)
        (tmp_path / "elsewhere/two.txt").write_text("two again")
        wait_for_page(server, page, shows("two again"), PREVIEW_A)


@pytest.mark.parametrize("mode", BUILD_MODES[:2])
def test_a_link_that_is_changed_to_another_directory_is_followed(
    serve: Callable[..., Server], package: Path, place: Path, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    write_files(tmp_path, {"v1/word.txt": "one", "v2/word.txt": "two"})
    (place / "current").symlink_to(tmp_path / "v1")
    body = (
        "text = [(PLACE / 'current/word.txt').read_text(), *sorted(os.listdir(PLACE / 'current'))]"
    )
    write_files(package, {"a/stories.py": stories(place, body)})
    server = serve(package, *mode)
    with listen(server, PREVIEW_A) as page:
        wait_for_page(server, page, "one", PREVIEW_A)
        (tmp_path / "v1/word.txt").write_text("changed")
        wait_for_page(server, page, "changed", PREVIEW_A)
        (tmp_path / "v1/more.txt").write_text("")
        wait_for_page(server, page, "more.txt", PREVIEW_A)
        (place / "new").symlink_to(tmp_path / "v2")
        os.replace(place / "new", place / "current")
        wait_for_page(server, page, "two", PREVIEW_A)
        (tmp_path / "v2/word.txt").write_text("two again")
        wait_for_page(server, page, "two again", PREVIEW_A)


def test_a_replaced_target_of_a_link_is_followed(
    serve_in: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    """A directory beside the package is moved away, and another takes its name."""
    for name in ("v1", "v2"):
        write_files(tmp_path, {f"{name}/stories.py": stories(tmp_path, f"text = {name!r}")})
    (package / "current").symlink_to(tmp_path / "v1")
    server = serve_in(package)
    preview = "current/first/preview.html"
    with listen(server, preview) as page:
        wait_for_page(server, page, shows("v1"), preview)
        (tmp_path / "v1").rename(tmp_path / "v0")
        (tmp_path / "v2").rename(tmp_path / "v1")
        wait_for_page(server, page, shows("v2"), preview)
        write_files(tmp_path, {"v1/stories.py": stories(tmp_path, "text = 'saved'")})
        wait_for_page(server, page, shows("saved"), preview)
        shutil.rmtree(tmp_path / "v1")
        while server.request(preview)[0] != 404:
            page.reload()
        write_files(tmp_path, {"v1/stories.py": stories(tmp_path, "text = 'back'")})
        wait_for_page(server, page, shows("back"), preview)


# -- what code writes itself

WRITES = [
    "(PLACE / 'count').write_text(str(len(os.listdir(PLACE)))); text = 1",
    "(PLACE / f'made-{os.urandom(4).hex()}').write_text(''); text = len(os.listdir(PLACE))",
    "(PLACE / os.urandom(4).hex()).mkdir(); text = len(os.listdir(PLACE))",
    "p = PLACE / 'cache'; text = p.read_text() if p.exists() else ''; p.write_text(os.urandom(4).hex())",
    "p = PLACE / 'cache'; text = p.exists(); (PLACE / 'new').write_text('x'); (PLACE / 'new').replace(p)",
    "p = PLACE / 'cache'; p.write_text('x'); text = sorted(os.listdir(PLACE)); p.unlink()",
    "import tempfile; f = tempfile.NamedTemporaryFile(dir=PLACE); text = sorted(os.listdir(PLACE))",
    (
        "import sqlite3; c = sqlite3.connect(PLACE / 'db'); c.execute('create table if not exists t (x)');"
        " c.execute('insert into t values (1)'); c.commit(); text = c.execute('select count(*) from t').fetchone(); c.close()"
    ),
]


OPENED = [
    ("LOG = open(PLACE / 'log', 'a')", "print('x', file=LOG, flush=True); text = 1"),
    ("LOG = open(PLACE / 'log', 'a+')", "print('x', file=LOG, flush=True); text = 1"),
    (
        "import sqlite3; c = sqlite3.connect(PLACE / 'db', autocommit=True); c.execute('create table if not exists t (x)')",
        "c.execute('insert into t values (1)'); text = c.execute('select count(*) from t').fetchone()",
    ),
    (
        "(PLACE / 'word').write_text(os.urandom(4).hex()); WORD = (PLACE / 'word').read_text()",
        "text = WORD",
    ),
]


def builds_end(server: Server) -> bool:
    """Whether the builds that the last saves cause are few, and none follows for a while."""
    for _ in range(12):
        try:
            server.wait_for(": rebuilding|building again", timeout=0.7)
        except AssertionError:
            return True
    return False


@pytest.mark.parametrize("mode", BUILD_MODES)
@pytest.mark.parametrize(
    "ways", [[("", body) for body in WRITES], OPENED], ids=["rendering", "importing"]
)
def test_files_that_code_writes_cause_no_loop(
    serve: Callable[..., Server],
    package: Path,
    place: Path,
    tmp_path: Path,
    ways: list[tuple[str, str]],
    mode: tuple[str, ...],
) -> None:
    """While a story is rendered, and while a module is imported, also with files that stay open. Each story writes into a
    directory of its own."""
    files = {}
    for number, (top, body) in enumerate(ways):
        (place / str(number)).mkdir()
        files[f"a{number}/stories.py"] = stories(place / str(number), body, top)
    write_files(package, files)
    write_files(tmp_path, {"word.txt": "one"})
    reader = stories(tmp_path, "text = (PLACE / 'word.txt').read_text()")
    write_files(package, {OTHER: reader})
    server = serve(package, "-v", *mode, subinterpreters=mode != ())
    with listen(server, PREVIEW_B) as page:
        for word in ("two", "three", "four"):  # builds that a build causes come in between
            write_files(package, {name: f"{text}# {word}\n" for name, text in files.items()})
            server.wait_for(r"Build \d+: .* build,")
            (tmp_path / "word.txt").write_text(word)
            wait_for_page(server, page, shows(word), PREVIEW_B)
    assert builds_end(server), server.log
    assert server.log.count(": rebuilding") <= 24, server.log
    assert server.log.count("building again") <= 24, server.log


ONCE = [
    "p = PLACE / 'made'; p.exists() or p.write_text('one'); text = p.read_text()",
    "p = PLACE / 'made'; p.exists() or p.write_text('one'); text = p.read_text(); open(PLACE / 'log', 'a').write('x')",
]


@pytest.mark.parametrize("mode", [*WATCH_MODES[:2], pytest.param((), id="direct")])
def test_a_file_that_code_wrote_once_is_followed(
    serve: Callable[..., Server], package: Path, place: Path, mode: tuple[str, ...]
) -> None:
    """A default file, which code writes if it is missing, and which somebody then edits."""
    for number, body in enumerate(ONCE):
        (place / str(number)).mkdir()
        write_files(package, {f"a{number}/stories.py": stories(place / str(number), body)})
    write_files(package, {OTHER: stories(place, "text = 1")})
    server = serve(package, "-v", *mode, subinterpreters=mode != ())
    with listen(server) as page:
        for number, preview in enumerate(numbered(len(ONCE))):
            wait_for_page(server, page, shows("one"), preview)
            for word in ("two", "three", "four"):
                (place / f"{number}/made").write_text(word)
                wait_for_page(server, page, shows(word), preview)


def test_a_log_that_code_appends_to_causes_no_build(
    serve_in: Callable[..., Server], package: Path, place: Path
) -> None:
    """Code that appends to a file does not depend on it."""
    body = "text = 'x'; open(PLACE / 'app.log', 'a').write('built'); text = (PLACE / 'word').read_text()"
    write_files(place, {"app.log": "", "word": "one"})
    write_files(package, {"a/stories.py": stories(place, body)})
    server = serve_in(package, "-v")
    with listen(server, PREVIEW_A) as page:
        for word in ("two", "three"):
            (place / "app.log").write_text("a line of the application's")
            (place / "word").write_text(word)
            wait_for_page(server, page, shows(word), PREVIEW_A)
    assert server.log.count("partial build, 0 pages") + 2 >= server.log.count("partial build, ")
