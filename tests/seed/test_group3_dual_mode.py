"""The seed's task group 3: direct builds, builds in subinterpreters, and when the server starts and stops the pool."""

import signal
from collections.abc import Callable
from pathlib import Path

from support import PREVIEW, Server, listen, story_module, tree, write_files


def positions(log: str, *texts: str) -> list[int]:
    """The positions of texts in a log; each must be there."""
    for text in texts:
        assert text in log, f"{text!r} is not in:\n{log}"
    return [log.index(text) for text in texts]


def test_pool_starts_before_the_watcher_and_stops_after_it(
    serve: Callable[..., Server], package: Path
) -> None:
    server = serve(package)
    server.wait_warm(3)
    assert server.interrupt() == 0
    server.close()
    found = positions(
        server.log,
        "Created a pool of 2 interpreters",
        "Watching ",
        "Building ",
        "The build in a subinterpreter is done",
        "Stopped watching",
        "The pool is shut down",
    )
    assert found == sorted(found)


def test_direct_mode_has_no_pool(serve: Callable[..., Server], package: Path) -> None:
    server = serve(package, subinterpreters=False)
    assert "<button>Buy</button>" in server.get(PREVIEW)
    assert "Created a pool" not in server.log
    assert "subinterpreter" not in server.log


def test_both_modes_write_the_same_files(
    serve: Callable[..., Server], build: Callable[..., object], package: Path, tmp_path: Path
) -> None:
    assert build(package, tmp_path / "built").returncode == 0  # type: ignore[attr-defined]
    serve(package, tmp_path / "direct", subinterpreters=False).close()
    serve(package, tmp_path / "pooled").close()
    assert tree(tmp_path / "direct") == tree(tmp_path / "built")
    assert tree(tmp_path / "pooled") == tree(tmp_path / "built")


def test_in_direct_mode_an_edit_that_cannot_show_is_explained_once(
    serve: Callable[..., Server], package: Path
) -> None:
    server = serve(package, subinterpreters=False)
    stories = package / "components/button/stories.py"
    with listen(server) as page:
        stories.write_text(story_module("Changed"))
        page.reload()
        server.wait_for("--use-subinterpreters")
        stories.write_text(story_module("Changed again"))
        page.reload()
    assert "<button>Buy</button>" in server.get(PREVIEW)
    assert server.log.count("--use-subinterpreters") == 1


def test_in_direct_mode_a_new_module_shows(serve: Callable[..., Server], package: Path) -> None:
    server = serve(package, subinterpreters=False)
    with listen(server) as page:
        badge = {"stories.py": story_module("New", title="Badge")}
        # At once: in this mode, a module that was read while it was empty stays so.
        write_files(package.parent / "new", badge).rename(package / "components/badge")
        while not any("badge/badge" in path for path in page.reload()["pages"]):
            pass
    assert "--use-subinterpreters" not in server.log


def test_a_page_hears_of_a_build_only_after_it_is_published(
    serve: Callable[..., Server], package: Path
) -> None:
    server = serve(package)
    stories = package / "components/button/stories.py"
    with listen(server, "components/button/first/index.html") as page:
        for number in range(20):
            stories.write_text(story_module(f"Number {number}"))
            message = page.reload()
            while PREVIEW not in message["pages"]:
                message = page.reload()
            assert f"<button>Number {number}</button>" in server.get(PREVIEW)


def test_a_failed_build_is_logged_and_not_sent(serve: Callable[..., Server], package: Path) -> None:
    server = serve(package)
    site = package / "stories.py"
    good = site.read_text()
    with listen(server) as page:
        site.write_text("from storytime import Section\n")  # no Site: the whole build fails
        server.wait_for("ERROR: +storytime.build - .*Site")
        assert "<button>Buy</button>" in server.get(PREVIEW)
        site.write_text(good.replace("Shop", "Mended"))
        message = page.reload()
        assert "index.html" in message["pages"]
    assert "Mended" in server.get("index.html")


def test_messages_of_a_cycle(serve: Callable[..., Server], package: Path) -> None:
    server = serve(package)
    with listen(server) as page:
        (package / "components/button/stories.py").write_text(
            story_module("Cycle", title="Renamed")
        )
        assert page.receive()["type"] == "building"
        message = page.reload()
        pages = message["pages"]
        while not message["removed"]:
            message = page.reload()
            pages += message["pages"]
    assert message["navigation"] is True
    assert "components/button/renamed/index.html" in pages
    assert "components/button/first/preview.html" in message["removed"]


def test_every_ending_signal_ends_with_zero(serve: Callable[..., Server], package: Path) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        server = serve(package)
        builder = server.builder
        assert server.interrupt(number) == 0
        assert not Path(f"/proc/{builder}").exists()
        assert list(server.temporary.iterdir()) == []
