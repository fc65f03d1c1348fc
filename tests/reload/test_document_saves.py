"""A save of a document shows without running user code."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import (
    PREVIEW,
    SAVES,
    Server,
    listen,
    run,
    story_module,
    tree,
    wait_for_page,
    write_files,
)
from support.modes import BUILD_MODES

NO_CODE = r"Build \d+ runs no code"
GUIDE = "guides/rules.html"
STORY = "```story\ncomponents/button/{}\n```\n"


@contextmanager
def serving(
    start: Callable[..., Server], program: Path, package: Path, *options: str
) -> Iterator[Server]:
    """A server of a package with documents. At the end, it must serve what a build writes to an empty directory."""
    write_files(
        package,
        {
            "guides/rules.md": f"# Rules\n\nFirst.\n\n{STORY.format('first')}",
            "components/button/docs.md": "Use it.\n",
        },
    )
    out, whole = package.with_name("out"), package.with_name("whole")
    server = start(package, out, "-v", *options)
    yield server
    result = run(program, "build", package, whole)
    assert result.returncode in (0, 1), result.stderr
    while tree(out) != tree(whole):
        server.wait_for(r"Build \d+: ")  # open pages are published before the end of a build


@pytest.fixture(params=BUILD_MODES[:2])
def server(
    request: pytest.FixtureRequest, serve: Callable[..., Server], package: Path, program: Path
) -> Iterator[Server]:
    with serving(serve, program, package, *request.param) as started:
        yield started


@pytest.fixture(scope="module")
def follower(
    serve_all: Callable[..., Server], shared_package: Path, program: Path
) -> Iterator[Server]:
    """A server of a package whose document is saved in many ways."""
    with serving(serve_all, program, shared_package) as started:
        yield started


@pytest.mark.parametrize("save", SAVES, ids=lambda save: save.__name__)
def test_every_way_of_saving_a_document_is_seen(
    follower: Server, shared_package: Path, save: Callable[[Path, str], None]
) -> None:
    with listen(follower, GUIDE) as page:
        save(shared_package / "guides/rules.md", f"# Rules\n\nFirst.\n\nSaved: {save.__name__}.\n")
        wait_for_page(follower, page, f"Saved: {save.__name__}.", GUIDE)


def test_no_code_runs_for_a_document(server: Server, package: Path) -> None:
    with listen(server, GUIDE) as page:
        (package / "guides/rules.md").write_text("# Rules\n\nFirst.\n\nSecond.\n")
        server.wait_for(NO_CODE)
        message = page.reload()
        assert message["pages"] == [GUIDE] and "Second." in message["html"][GUIDE]
        assert message["navigation"] is False
        assert page.reload()["pages"] == []  # the end of the same build
        (package / "guides/rules.md").write_text("# Other rules\n\nThird.\n")
        server.wait_for(NO_CODE)
        assert page.reload()["nodes"][-1][:2] == ["Other rules", GUIDE]
        assert page.reload()["navigation"] is True
        assert "Other rules" in server.get("_storytime/navigation.js")


def test_docs_md_changes_the_page_that_shows_it(server: Server, package: Path) -> None:
    with listen(server, "components/button/index.html") as page:
        (package / "components/button/docs.md").write_text("Use it *well*.\n")
        server.wait_for(NO_CODE)
        assert page.reload()["pages"] == ["components/button/index.html"]
        assert "<p>Use it <em>well</em>.</p>" in server.get("components/button/index.html")


def test_documents_are_added_and_removed(server: Server, package: Path) -> None:
    with listen(server) as page:
        (package / "guides/more.md").write_text("# More\n")
        wait_for_page(server, page, "More", "guides/more.html")
        (package / "guides/more.md").unlink()
        (package / "guides/rules.md").unlink()
        while server.request("guides/rules.html")[0] == 200:
            page.reload()
        assert "Guides" not in server.get("_storytime/navigation.js")


def test_a_document_may_take_the_page_of_another(server: Server, package: Path) -> None:
    with listen(server) as page:
        (package / "guides/1-start.md").write_text("# One\n")
        wait_for_page(server, page, "One", "guides/start.html")
        (package / "guides/0-start.md").write_text("# Zero\n")
        wait_for_page(server, page, "Zero", "guides/start.html")
        wait_for_page(server, page, "One", "guides/start-2.html")
        (package / "guides/0-start.md").unlink()
        while "Zero" in server.get("guides/start.html"):
            page.reload()


def test_links_to_neighbours_follow_documents(server: Server, package: Path) -> None:
    plain = "notes/plain.html"
    with listen(server, plain) as page:
        write_files(package, {"notes/1-plain.md": "Plain.\n", "notes/more.md": "# More\n"})
        wait_for_page(server, page, "<span>Next</span> More</a>", plain)
        (package / "notes/more.md").write_text("# Even more\n")
        wait_for_page(server, page, "<span>Next</span> Even more</a>", plain)
        (package / "notes/more.md").rename(package / "notes/0-more.md")
        wait_for_page(server, page, '<a rel="prev" href="../notes/more.html">', plain)
        (package / "notes/0-more.md").unlink()
        while server.request("notes/more.html")[0] == 200 or "neighbours" in server.get(plain):
            page.reload()


def test_a_renamed_story_is_missing_in_a_document(server: Server, package: Path) -> None:
    with listen(server, GUIDE) as page:
        (package / "components/button/stories.py").write_text(story_module(title="Other"))
        wait_for_page(server, page, "Did you mean &#39;components/button/other&#39;?", GUIDE)
        (package / "guides/rules.md").write_text(STORY.format("other"))
        wait_for_page(server, page, "Button: Other", GUIDE)


def test_missing_stories_are_reported_when_documents_come_and_go(
    server: Server, package: Path
) -> None:
    message = "ERROR: .*{}.md: There is no story 'components/button/{}'"

    def add(name: str, text: str) -> None:
        new = write_files(package.parent, {"new": text}) / "new"
        new.rename(package / "guides" / name)  # so that no build sees it empty

    add("one.md", STORY.format("lost").replace("story", "Story"))
    server.wait_for(message.format("one", "lost"))
    add("two.md", STORY.format("gone"))
    server.wait_for(message.format("two", "gone"))
    (package / "guides/two.md").unlink()
    server.wait_for(message.format("one", "lost"))


def test_a_document_and_code_in_one_save(server: Server, package: Path) -> None:
    with listen(server, GUIDE) as page:
        (package / "components/button/stories.py").write_text(story_module("Sell"))
        (package / "guides/rules.md").write_text("Sold.\n")
        wait_for_page(server, page, "<button>Sell</button>", PREVIEW)
        wait_for_page(server, page, "<p>Sold.</p>", GUIDE)
