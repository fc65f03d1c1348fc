"""Every save shows, however an editor writes it, and however fast the next one follows."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support import PREVIEW, SAVES, Server, listen, story_module, wait_for_text, write_files


@pytest.fixture(scope="module")
def follower(serve_all: Callable[..., Server], shared_package: Path) -> Server:
    """A server of a package that is saved in many ways."""
    return serve_all(shared_package)


@pytest.mark.parametrize("save", SAVES, ids=lambda save: save.__name__)
def test_every_way_of_saving_is_seen(
    follower: Server, shared_package: Path, save: Callable[[Path, str], None]
) -> None:
    with listen(follower) as page:
        save(shared_package / "components/button/stories.py", story_module(save.__name__))
        wait_for_text(follower, page, f"<button>{save.__name__}</button>")


@pytest.mark.long
def test_two_hundred_saves_in_varying_styles_all_show(
    serve: Callable[..., Server], package: Path
) -> None:
    server = serve(package)
    with listen(server) as page:
        for number in range(200):
            SAVES[number % len(SAVES)](
                package / "components/button/stories.py", story_module(f"Label {number}")
            )
            wait_for_text(server, page, f"<button>Label {number}</button>")


def test_saves_faster_than_builds_end_with_the_last(
    serve: Callable[..., Server], package: Path
) -> None:
    server = serve(package)
    with listen(server) as page:
        for number in range(100):
            (package / "components/button/stories.py").write_text(story_module(f"Fast {number}"))
        wait_for_text(server, page, "<button>Fast 99</button>")


@pytest.mark.parametrize("dont_write", [None, "1"], ids=["with-pyc", "without-pyc"])
def test_two_edits_of_the_same_size_within_a_second_both_show(
    serve: Callable[..., Server],
    package: Path,
    dont_write: str | None,
    pytestconfig: pytest.Config,
) -> None:
    """Python checks .pyc files by whole seconds and size, so it would take the second edit for the first."""
    environment = {"PYTHONDONTWRITEBYTECODE": dont_write} if dont_write else {}
    server = serve(package, env=environment)
    component = package / "components/button/button.py"
    text = component.read_text()
    with listen(server) as page:
        for round_number in range(10 if pytestconfig.getoption("--long") else 4):
            second = int(time.time()) + round_number
            for letter in "ab":
                component.write_text(
                    text.replace("<button>", f"<button class='{letter}{round_number}'>")
                )
                os.utime(component, ns=(second * 10**9, second * 10**9 + ord(letter)))
                wait_for_text(server, page, f'class="{letter}{round_number}"')


def test_a_save_of_a_helper_two_imports_away_shows(
    serve: Callable[..., Server], package: Path
) -> None:
    write_files(
        package,
        {
            "far.py": "TEXT = 'far'\n",
            "near.py": "from shop.far import TEXT\n",
            "components/button/stories.py": story_module(
                "x", imports="from shop.near import TEXT"
            ).replace("label='x'", "label=TEXT"),
        },
    )
    server = serve(package)
    assert "<button>far</button>" in server.get(PREVIEW)
    with listen(server) as page:
        (package / "far.py").write_text("TEXT = 'new'\n")
        wait_for_text(server, page, "<button>new</button>")


def test_a_new_directory_with_a_file_is_seen(serve: Callable[..., Server], package: Path) -> None:
    server = serve(package)
    with listen(server) as page:
        write_files(package, {"components/badge/stories.py": story_module("Badge", title="Badge")})
        while not any("badge/badge/index.html" in path for path in page.reload()["pages"]):
            pass
    assert "Badge" in server.get("components/badge/badge/index.html")


def test_touching_a_file_builds_nothing(serve: Callable[..., Server], package: Path) -> None:
    server = serve(package)
    server.wait_until_build_is_over(1)
    with listen(server) as page:
        (package / "components/button/stories.py").touch()
        (package / "components/stories.py").write_text(
            (package / "components/stories.py").read_text()
        )
        (package / "components/button/stories.py").write_text(story_module("After"))
        wait_for_text(server, page, "After")
    assert server.log.count("rebuilding") == 1


def test_a_deleted_story_is_removed_and_announced(
    serve: Callable[..., Server], package: Path
) -> None:
    server = serve(package)
    with listen(server) as page:
        (package / "components/button/stories.py").unlink()
        while not (message := page.reload())["removed"]:
            pass  # open pages are announced first
    assert "components/button/first/index.html" in message["removed"]
    assert message["navigation"] is True
    assert server.request("components/button/first/")[0] == 404


def test_a_message_contains_the_changed_nodes_of_the_tree(
    serve: Callable[..., Server], package: Path
) -> None:
    server = serve(package)
    with listen(server, PREVIEW) as page:
        (package / "components/button/stories.py").write_text(
            story_module("Renamed").replace('title="Button"', 'title="Knob"')
        )
        message = page.reload()
        while not message["navigation"]:
            message = page.reload()
        assert [(node[0], node[1], node[5]) for node in message["nodes"]] == [
            ("Knob", "components/button", [])
        ]
        write_files(package, {"components/badge/stories.py": story_module("Badge")})
        while not any(node[1] == "components/badge" for node in page.reload().get("nodes", [])):
            pass
        assert server.request("components/badge/first/")[0] == 200


def test_output_inside_the_package_makes_no_loop(
    serve: Callable[..., Server], package: Path
) -> None:
    server = serve(package, package / "public")
    with listen(server) as page:
        (package / "components/button/stories.py").write_text(story_module("Inside"))
        wait_for_text(server, page, "Inside")
        (package / "components/button/stories.py").write_text(story_module("Again"))
        wait_for_text(server, page, "Again")
    assert server.log.count("rebuilding") == 2


def test_polling_follows_saves_too(serve: Callable[..., Server], package: Path) -> None:
    server = serve(package, "--poll")
    assert "(polling)" in server.log
    with listen(server) as page:
        (package / "components/button/stories.py").write_text(story_module("Polled"))
        wait_for_text(server, page, "<button>Polled</button>")
