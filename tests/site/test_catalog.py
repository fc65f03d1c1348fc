"""Whole catalogs, as written by `storytime build`."""

import json
import posixpath
import re
import resource
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from urllib.parse import unquote, urlsplit

import pytest
from support import Server, links_of, run, story_module, tree, write_files

Build = Callable[..., CompletedProcess[str]]

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(path.name for path in EXAMPLES.iterdir() if (path / "stories.py").exists())
LARGEST_PAGE = 12 * 1024
LARGEST_SHARE = 10_600  # bytes of the whole output without axe-core, per story of a large catalog


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, program: Path) -> Callable[[str], Path]:
    """Each example, built once."""
    done: dict[str, Path] = {}

    def get(name: str) -> Path:
        if name not in done:
            done[name] = tmp_path_factory.mktemp(name) / "out"
            result = run(program, "build", EXAMPLES / name, done[name])
            assert result.returncode == 0, result.stderr
        return done[name]

    return get


@pytest.mark.parametrize("name", NAMES)
def test_no_link_is_broken(built: Callable[[str], Path], name: str) -> None:
    out = built(name)
    files = set(tree(out))
    pages = [path for path in files if path.endswith(".html")]
    assert pages
    for page in pages:
        for link in links_of((out / page).read_text()):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not parts.path:
                continue
            assert not parts.path.startswith("/"), f"{page}: {link} is not relative"
            target = posixpath.normpath(
                posixpath.join(posixpath.dirname(page), unquote(parts.path))
            )
            if parts.path.endswith("/"):
                target = posixpath.join(target, "index.html")
            assert target in files, f"{page}: {link} leads nowhere"


@pytest.mark.parametrize("name", NAMES)
def test_the_404_page_first_finds_out_where_its_files_are(
    built: Callable[[str], Path], name: str
) -> None:
    """tests/browser/catalog.test.mjs opens it at many addresses."""
    text = (built(name) / "404.html").read_text()
    sought = re.findall(r"new URL\('(_storytime/[^']+)', at\)", text)
    assert len(sought) == 1
    assert (built(name) / sought[0]).exists()
    assert text.index(sought[0]) < min(text.index('href="'), text.index('src="'))


@pytest.mark.parametrize("name", NAMES)
def test_two_builds_are_byte_identical(
    built: Callable[[str], Path], build: Build, tmp_path: Path, name: str
) -> None:
    shutil.copytree(
        EXAMPLES / name, tmp_path / "copy" / name, ignore=shutil.ignore_patterns("__pycache__")
    )
    result = build(tmp_path / "copy" / name, tmp_path / "again")
    assert result.returncode == 0, result.stderr
    assert tree(tmp_path / "again") == tree(built(name))


@pytest.mark.parametrize("name", NAMES)
def test_no_file_contains_paths_of_the_machine(built: Callable[[str], Path], name: str) -> None:
    out = built(name)
    for path, content in tree(out).items():
        for word in (str(EXAMPLES.parent), str(out.parent), " at 0x"):
            assert word.encode() not in content, f"{path} holds {word}"


@pytest.mark.parametrize("name", NAMES)
def test_index_json_lists_every_story(built: Callable[[str], Path], name: str) -> None:
    out = built(name)
    index = json.loads((out / "index.json").read_text())
    assert index["v"] == 5
    previews = [path for path in tree(out) if path.endswith("preview.html")]
    stories = [entry for entry in index["entries"].values() if entry["type"] == "story"]
    assert len(stories) == len(previews)
    for identifier, entry in index["entries"].items():
        assert entry["id"] == identifier
        assert {"title", "name", "type", "tags", "importPath"} <= set(entry)
        assert entry["tags"][:2] == ["dev", "test"]  # Storybook lists only entries with these
    assert all(entry["tags"][2] == "story" for entry in stories)


@pytest.mark.parametrize("name", NAMES)
def test_iframe_html_lists_every_story(built: Callable[[str], Path], name: str) -> None:
    out = built(name)
    text = (out / "iframe.html").read_text()
    stories = json.loads(text[text.index('{\n"') : text.index("\n};\n") + 2])
    assert set(stories) == set(json.loads((out / "index.json").read_text())["entries"])
    pages = [path if path.endswith(".html") else f"{path}preview.html" for path in stories.values()]
    assert all((out / path).is_file() for path in pages)


def test_the_size_of_a_page_does_not_grow_with_the_number_of_stories(
    storytime: Build, build: Build, tmp_path: Path
) -> None:
    sizes = []
    for count in (60, 240):
        assert storytime("seed", count, tmp_path / f"seed{count}").returncode == 0
        assert build(tmp_path / f"seed{count}", tmp_path / f"out{count}").returncode == 0
        pages = tree(tmp_path / f"out{count}")
        sizes.append(
            max(
                len(text)
                for path, text in pages.items()
                if path.count("/") >= 3 and path.endswith("index.html")
            )
        )
    assert sizes[0] < LARGEST_PAGE and sizes[1] < LARGEST_PAGE
    assert sizes[1] < sizes[0] + 200  # room for longer names, but not for more links


def test_the_whole_output_is_small(storytime: Build, build: Build, tmp_path: Path) -> None:
    assert storytime("seed", 300, tmp_path / "seed").returncode == 0
    assert build(tmp_path / "seed", tmp_path / "out").returncode == 0
    files = tree(tmp_path / "out")
    del files["_storytime/axe.js"]  # its size does not depend on the stories
    assert sum(map(len, files.values())) <= 300 * LARGEST_SHARE


def test_shared_parts_are_not_repeated_in_each_page(built: Callable[[str], Path]) -> None:
    files = tree(built("gallery"))
    assert b"<svg" in files["_storytime/icon.svg"]
    pages = [content for path, content in files.items() if path.endswith("index.html")]
    assert pages
    for content in pages:
        assert b"_storytime/icon.svg" in content
        for shared in (b"data:image/svg", b'id="search"', b'id="resizer"', b"data-zoom"):
            assert shared not in content


def test_other_pages_are_built_if_a_file_is_broken(
    build: Build, package: Path, tmp_path: Path
) -> None:
    write_files(package, {"components/broken/stories.py": "def f(:\n"})
    result = build(package, tmp_path / "out")
    assert result.returncode == 1
    assert "components/broken/stories.py" in result.stderr
    assert "SyntaxError" in result.stderr
    pages = tree(tmp_path / "out")
    assert b"<button>Buy</button>" in pages["components/button/first/preview.html"]
    page = pages["components/broken/index.html"].decode()
    assert "SyntaxError" in page
    assert "stories.py" in page


def test_a_file_outside_of_the_package_that_cannot_be_parsed_is_named(
    build: Build, package: Path, tmp_path: Path
) -> None:
    stories = "from app.models import Plant\n" + story_module()
    write_files(package, {"components/button/stories.py": stories})
    write_files(package.parent, {"app/models.py": "class Plant:\n    def thirsty(self -> bool:\n"})
    result = build(package, tmp_path / "out")
    assert result.returncode == 1
    told = "SyntaxError: invalid syntax (app/models.py, line 2)"
    assert f"components/button/stories.py: {told}" in result.stderr
    page = (tmp_path / "out/components/button/index.html").read_text()
    assert "invalid syntax (app/models.py, line 2)" in page


def test_other_stories_are_built_if_a_story_is_broken(
    build: Build, package: Path, tmp_path: Path
) -> None:
    text = story_module().replace("items=[", "items=[Story(title='Bad', template=lambda: 1 / 0), ")
    write_files(package, {"components/button/stories.py": text})
    result = build(package, tmp_path / "out")
    assert result.returncode == 1
    pages = tree(tmp_path / "out")
    assert b"<button>Buy</button>" in pages["components/button/first/preview.html"]
    assert b"ZeroDivisionError" in pages["components/button/bad/index.html"]
    assert any(
        entry["name"] == "Bad" for entry in json.loads(pages["index.json"])["entries"].values()
    )


def test_an_untitled_node_is_named_after_its_directory(
    build: Build, package: Path, tmp_path: Path
) -> None:
    untitled = story_module().replace('title="Button", ', "").replace("title='First', ", "")
    write_files(
        package,
        {
            "components/bad_import/stories.py": "import nowhere\n",
            "components/date_picker/stories.py": untitled,
        },
    )
    build(package, tmp_path / "out")
    pages = tree(tmp_path / "out")
    assert b"<h1>Bad import</h1>" in pages["components/bad_import/index.html"]
    assert b"<h1>Date picker</h1>" in pages["components/date_picker/index.html"]
    story = pages["components/date_picker/date-picker-story/index.html"]
    assert b"<h1>Date picker Story</h1>" in story


def test_the_debug_page_lists_warnings(build: Build, package: Path, tmp_path: Path) -> None:
    build(package, tmp_path / "out")
    page = (tmp_path / "out/debug.html").read_text()
    assert '<h2>Warnings</h2>\n<p class="quiet">None.</p>' in page
    text = story_module().replace("items=[", "items=[Story(title='Bad', template=lambda: 1 / 0), ")
    failing = "def fails(html: str) -> None:\n    assert not html\n"
    failing += text.replace("props=dict(", "assertions=[fails], props=dict(")
    files = {"components/button/stories.py": failing, "components/bad_import/stories.py": "("}
    write_files(package, files)
    build(package, tmp_path / "out")
    page = (tmp_path / "out/debug.html").read_text()
    warnings = page.split("<h2>Warnings</h2>")[1].split("<h2>")[0]
    assert re.findall(r"<li>(.*?)</li>", re.sub(r"</?a[^>]*>", "", warnings)) == [
        "Bad import: broken",
        "Button / Bad: broken",
        "Button / First: 1 assertion fails",
    ]


def test_everything_is_escaped(build: Build, package: Path, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    text = f"""
from storytime import Story, Subject

def fail():
    raise ValueError({evil!r})

def this_subject() -> Subject:
    return Subject(title={evil!r}, description={evil!r}, items=[
        Story(title={evil!r}, description={evil!r}, tags=[{evil!r}], props={{"x": {evil!r}}}, template=lambda: "<b>x</b>"),
        Story(title="Raises", template=fail),
    ])
"""
    write_files(package, {"components/button/stories.py": text})
    build(package, tmp_path / "out")
    pages = tree(tmp_path / "out")
    assert b"&lt;script&gt;alert" in pages["components/button/index.html"]
    for path, content in pages.items():
        if not path.endswith((".js", ".txt")):
            assert b"<script>alert" not in content, path


def test_a_package_without_a_site_is_an_error_that_says_what_to_write(
    build: Build, tmp_path: Path
) -> None:
    write_files(tmp_path / "empty_shop", {"__init__.py": ""})
    result = build(tmp_path / "empty_shop", tmp_path / "out")
    assert result.returncode == 1
    for word in ("empty_shop", "stories.py", "Site"):
        assert word in result.stderr
    assert not (tmp_path / "out").exists() or tree(tmp_path / "out") == {}


def test_an_id_that_is_used_twice_is_an_error_that_names_both_stories(
    build: Build, package: Path, tmp_path: Path
) -> None:
    text = story_module().replace(
        "items=[", "items=[Story(id='same', title='A'), Story(id='same', title='B'), "
    )
    write_files(package, {"components/button/stories.py": text})
    result = build(package, tmp_path / "out")
    assert result.returncode == 1
    assert result.stderr.count("same") >= 1
    assert "'A'" in result.stderr and "'B'" in result.stderr


CARD = story_module(title="Header")
"""A subject whose story would be where that of a directory `header` is."""


def test_a_story_and_a_subject_with_one_path_are_an_error_that_names_both(
    build: Build, package: Path, tmp_path: Path
) -> None:
    write_files(package, {"card/stories.py": CARD, "card/header/stories.py": story_module()})
    result = build(package, tmp_path / "out")
    assert result.returncode == 1
    story = f"card/stories.py:{CARD.splitlines().index('def this_subject() -> Subject:') + 2}"
    message = f"STY103: {story}: the story 'Header' and card/header/stories.py would both be 'card/header'"
    assert message in result.stderr
    write_files(package, {"card/stories.py": story_module(title="Other")})
    result = build(package, tmp_path / "out")
    assert result.returncode == 0, result.stderr


def test_a_save_may_give_a_story_and_a_subject_one_path(
    serve: Callable[..., Server], program: Path, package: Path, tmp_path: Path
) -> None:
    stories = package / "card/stories.py"
    write_files(package, {"card/stories.py": CARD})
    server = serve(package, tmp_path / "out")
    write_files(package, {"card/header/stories.py": story_module()})
    server.wait_for("STY103: .*'card/header'")
    stories.write_text(story_module(title="Other"))
    server.wait_for(r"Build \d+: .* rendered")
    stories.write_text(CARD)
    server.wait_for("STY103: .*'card/header'")
    (package / "card/header/stories.py").unlink()
    server.wait_for(r"Build \d+: .* rendered")
    run(program, "build", package, tmp_path / "whole")
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


# -- publishing ------------------------------------------------------------------------------------------------------------


def test_a_failed_build_does_not_change_the_output(
    build: Build, package: Path, tmp_path: Path
) -> None:
    assert build(package, tmp_path / "out").returncode == 0
    before = tree(tmp_path / "out")
    (package / "stories.py").unlink()
    assert build(package, tmp_path / "out").returncode == 1
    assert tree(tmp_path / "out") == before


def test_a_failed_write_does_not_change_the_output(
    build: Build, package: Path, tmp_path: Path
) -> None:
    assert build(package, tmp_path / "out").returncode == 0
    before = tree(tmp_path / "out")
    write_files(
        package, {"components/button/stories.py": story_module("x" * 20_000, title="Renamed")}
    )

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, 8_000))

    result = build(package, tmp_path / "out", preexec_fn=limit)
    assert result.returncode != 0
    assert tree(tmp_path / "out") == before
    assert build(package, tmp_path / "out").returncode == 0
    assert b"xxxx" in tree(tmp_path / "out")["components/button/renamed/preview.html"]


def test_an_output_directory_that_cannot_be_made_is_an_error(
    build: Build, package: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("mine")
    result = build(package, tmp_path / "file" / "out")
    assert result.returncode != 0
    assert str(tmp_path / "file") in result.stderr
    assert (tmp_path / "file").read_text() == "mine"


def test_a_directory_that_is_not_ours_is_refused_and_kept(
    build: Build, package: Path, tmp_path: Path
) -> None:
    write_files(tmp_path / "out", {"thesis.txt": "years of work", "index.html": "mine"})
    before = tree(tmp_path / "out")
    result = build(package, tmp_path / "out")
    assert result.returncode == 2
    assert "--force" in result.stderr
    assert tree(tmp_path / "out") == before
    assert build(package, tmp_path / "out", "--force").returncode == 0
    assert (tmp_path / "out/thesis.txt").read_text() == "years of work"


def test_files_of_others_in_the_output_are_kept(
    build: Build, package: Path, tmp_path: Path
) -> None:
    assert build(package, tmp_path / "out").returncode == 0
    write_files(
        tmp_path / "out", {"CNAME": "example.org", "components/button/first/note.txt": "keep"}
    )
    (package / "components/button/stories.py").unlink()
    assert build(package, tmp_path / "out").returncode == 0
    assert (tmp_path / "out/CNAME").read_text() == "example.org"
    assert (tmp_path / "out/components/button/first/note.txt").read_text() == "keep"
    assert not (tmp_path / "out/components/button/first/index.html").exists()


def test_an_inserted_story_does_not_change_urls_with_an_explicit_id(
    build: Build, package: Path, tmp_path: Path
) -> None:
    with_id = story_module().replace("Story(title='First'", "Story(id='kept', title='First'")
    write_files(package, {"components/button/stories.py": with_id})
    assert build(package, tmp_path / "out").returncode == 0
    more = with_id.replace("items=[", "items=[Story(title='First'), Story(title='First'), ")
    write_files(package, {"components/button/stories.py": more})
    assert build(package, tmp_path / "out").returncode == 0
    pages = tree(tmp_path / "out")
    for slug in ("kept", "first", "first-2"):
        assert f"components/button/{slug}/index.html" in pages
