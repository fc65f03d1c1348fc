"""With --isolation process, the process that waits imports the libraries that the catalog imports, and nothing of the user's."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Server, listen, shows, story_module, wait_for_page, write_files

STORIES = "components/button/stories.py"
SAYS_SO = "import os\nos.write(2, f'kit is imported by {os.getpid()}\\n'.encode())\n"
"""A library that says which processes have imported it."""
PROCESS = ("--isolation", "process")


def importer(server: Server) -> int:
    """The next process that imports the library."""
    return int(server.wait_for(r"kit is imported by (\d+)").group(1))


def story(text: str, *libraries: str) -> str:
    """One that shows a text, and imports libraries."""
    return story_module(text, imports="\n".join(f"import {name}" for name in libraries))


def test_libraries_are_imported_before_the_save(
    serve: Callable[..., Server], package: Path, environment: Path, site: Path
) -> None:
    write_files(site, {"kit.py": SAYS_SO})
    server = serve(package, *PROCESS, "--python", environment)
    with listen(server) as page:
        (package / STORIES).write_text(story("First", "kit"))
        wait_for_page(server, page, shows("First"))
        importer(server)  # that build
        for number in range(4):
            process = importer(server)
            shown = story("x", "kit", "os").replace("'x'", f"f'{number} {{os.getpid()}}'")
            (package / STORIES).write_text(shown)
            wait_for_page(server, page, shows(f"{number} {process}"))


def test_a_library_that_imports_modules_of_the_users_keeps_none_of_them(
    serve: Callable[..., Server], package: Path, environment: Path, site: Path
) -> None:
    """As plugins do: every save is seen."""
    write_files(site, {"kit.py": "from shop.words import TEXT\n"})
    server = serve(package, "-v", *PROCESS, "--python", environment)
    with listen(server) as page:
        write_files(
            package,
            {
                "words.py": "TEXT = 'one'\n",
                STORIES: story("x", "kit").replace("'x'", "kit.TEXT"),
            },
        )
        wait_for_page(server, page, shows("one"))
        server.wait_for("and a module of yours with the last")
        for number in range(5):
            (package / "words.py").write_text(f"TEXT = 'save {number}'\n")
            wait_for_page(server, page, shows(f"save {number}"))
    assert "STY402" not in server.log


def test_a_save_while_a_library_is_imported_ahead(
    serve: Callable[..., Server], package: Path, tmp_path: Path, environment: Path, site: Path
) -> None:
    gate, marker = tmp_path / "gate", tmp_path / "marker"
    os.mkfifo(gate)
    look = f"import os\nmarked = os.path.exists({str(marker)!r})\n"
    wait = f"if marked:\n    open({str(gate)!r}).close()\n"
    write_files(site, {"kit.py": look + SAYS_SO + wait})
    server = serve(package, *PROCESS, "--python", environment)
    with listen(server) as page:
        (package / STORIES).write_text(story("one", "kit"))
        wait_for_page(server, page, shows("one"))
        importer(server)
        importer(server)
        marker.touch()
        (package / STORIES).write_text(story("two", "kit"))
        wait_for_page(server, page, shows("two"))
        importer(server)  # it waits at the gate
        (package / STORIES).write_text(story("three"))
        server.wait_for("rebuilding")
        opened = os.open(gate, os.O_RDWR)
        wait_for_page(server, page, shows("three"))
        os.close(opened)
    assert "WARNING" not in server.log


@pytest.mark.parametrize("ending", ["raise ValueError(1)", "os._exit(3)"])
def test_a_library_that_fails_or_ends_the_process_that_waits(
    serve: Callable[..., Server],
    package: Path,
    tmp_path: Path,
    environment: Path,
    site: Path,
    ending: str,
) -> None:
    """Once; the next save is built in another."""
    marker = tmp_path / "marker"
    look = f"import os\nmarked = os.path.exists({str(marker)!r})\n"
    once = f"if marked:\n    os.remove({str(marker)!r})\n    {ending}\n"
    write_files(site, {"kit.py": look + SAYS_SO + once})
    server = serve(package, "-v", *PROCESS, "--python", environment)
    with listen(server) as page:
        (package / STORIES).write_text(story("one", "kit"))
        wait_for_page(server, page, shows("one"))
        importer(server)
        importer(server)
        marker.touch()
        (package / STORIES).write_text(story("two", "kit"))
        wait_for_page(server, page, shows("two"))
        importer(server)
        if ending == "os._exit(3)":
            server.wait_for("has ended with exit code 3")
        for number in range(3):
            (package / STORIES).write_text(story(f"{number}", "kit"))
            wait_for_page(server, page, shows(f"{number}"))
    assert not marker.exists()
