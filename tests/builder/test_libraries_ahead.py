"""With --isolation process, a standby process imports the libraries that the catalog imports, but no modules of the user."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Server, helper, listen, shows, story_module, wait_for_page, write_files
from support.modes import PROCESS

STORIES = "components/button/stories.py"
LOGS_PROCESS = "import os\nos.write(2, f'kit is imported by {os.getpid()}\\n'.encode())\n"
"""A library that logs which process imports it."""


def importer(server: Server) -> int:
    """Wait for the next process that imports the library."""
    return int(server.wait_for(r"kit is imported by (\d+)").group(1))


def story(text: str, *libraries: str) -> str:
    """A subject whose story shows a text, and whose module imports libraries."""
    return story_module(text, imports="\n".join(f"import {name}" for name in libraries))


def test_libraries_are_imported_once_and_not_again_for_a_save(
    serve: Callable[..., Server], package: Path, environment: Path, site: Path
) -> None:
    write_files(site, {"kit.py": LOGS_PROCESS})
    server = serve(package, "-v", *PROCESS, "--python", environment)
    with listen(server) as page:
        (package / STORIES).write_text(story("First", "kit"))
        wait_for_page(server, page, shows("First"))
        importer(server)  # the process of that build
        importer(server)
        server.wait_for("The process with libraries .* is ready")
        for number in range(4):
            shown = story("x", "kit", "os").replace("'x'", f"f'{number} {{os.getpid()}}'")
            (package / STORIES).write_text(shown)
            process = server.wait_for(r"The build runs in process (\d+), forked").group(1)
            wait_for_page(server, page, shows(f"{number} {process}"))
    assert server.log.count("kit is imported by") == 2


def test_a_library_that_imports_user_modules_is_not_imported_ahead(
    serve: Callable[..., Server], package: Path, environment: Path, site: Path
) -> None:
    """Plugins do so. Every save must be seen."""
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
        server.wait_for("Not importing 'kit' ahead: it imports your own modules")
        for number in range(5):
            (package / "words.py").write_text(f"TEXT = 'save {number}'\n")
            wait_for_page(server, page, shows(f"save {number}"))
    assert "STY402" not in server.log


def marks_second(marks: Path) -> str:
    """Lines of a library that set `second` if it is imported for the second time, which is when it is imported ahead."""
    return (
        f"import os\nwith open({str(marks)!r}, 'a') as marks:\n"
        "    marks.write('x')\n    second = marks.tell() == 2\n"
    )


def kit_that_waits(site: Path, directory: Path, name: str = "kit") -> Path:
    """Install a library that waits when it is imported for the second time. Returns the gate, which must be opened for it."""
    gate = directory / f"gate of {name}"
    os.mkfifo(gate)
    wait = f"if second:\n    open({str(gate)!r}).close()\n"
    marks = marks_second(directory / f"marks of {name}")
    write_files(site, {f"{name}.py": marks + LOGS_PROCESS + wait})
    return gate


def test_saves_show_while_a_library_is_imported_ahead(
    serve: Callable[..., Server], package: Path, tmp_path: Path, environment: Path, site: Path
) -> None:
    gate = kit_that_waits(site, tmp_path)
    server = serve(package, "-v", *PROCESS, "--python", environment)
    with listen(server) as page:
        (package / STORIES).write_text(story("one", "kit"))
        wait_for_page(server, page, shows("one"))
        importer(server)
        importer(server)  # it waits at the gate
        for number in range(3):
            (package / STORIES).write_text(story(f"{number}", "kit"))
            wait_for_page(server, page, shows(f"{number}"))
            importer(server)
        opened = os.open(gate, os.O_RDWR)
        server.wait_for("The process with libraries .* is ready: [3-9]")
        os.close(opened)
    assert "WARNING" not in server.log


def test_saves_show_while_another_library_is_imported_ahead(
    serve: Callable[..., Server], package: Path, tmp_path: Path, environment: Path, site: Path
) -> None:
    """A build has asked for it before the first one was there."""
    first, second = (kit_that_waits(site, tmp_path, name) for name in ("kit", "other"))
    server = serve(package, "-v", *PROCESS, "--python", environment)
    with listen(server) as page:
        (package / STORIES).write_text(story("one", "kit"))
        wait_for_page(server, page, shows("one"))
        importer(server)
        importer(server)  # it waits at the first gate
        (package / STORIES).write_text(story("two", "kit", "other"))
        wait_for_page(server, page, shows("two"))
        importer(server)
        importer(server)
        opened = os.open(first, os.O_RDWR)
        importer(server)  # it waits at the second gate
        for number in range(3):
            (package / STORIES).write_text(story(f"{number}", "kit", "other"))
            wait_for_page(server, page, shows(f"{number}"))
        os.close(opened)
        opened = os.open(second, os.O_RDWR)
        server.wait_for("The process with libraries .* is ready: [4-9]")
        os.close(opened)
    assert "WARNING" not in server.log


def test_a_missing_module_is_not_imported_ahead_as_a_library(
    serve: Callable[..., Server], package: Path, tmp_path: Path, environment: Path, site: Path
) -> None:
    """Its directory is made while libraries are imported ahead, and its code is written after that."""
    gate = kit_that_waits(site, tmp_path)
    server = serve(package, "-v", *PROCESS, "--python", environment)
    with listen(server) as page:
        imports = "import kit\nfrom words import TEXT"
        (package / STORIES).write_text(story_module("x", imports=imports).replace("'x'", "TEXT"))
        importer(server)  # the process of that build, which does not find words
        importer(server)  # it waits at the gate
        (tmp_path / "words").mkdir()
        opened = os.open(gate, os.O_RDWR)
        server.wait_for("The process with libraries .* is ready")
        os.close(opened)
        write_files(tmp_path, {"words/__init__.py": helper("one")})
        wait_for_page(server, page, shows("one"))


@pytest.mark.parametrize("ending", ["raise ValueError(1)", "os._exit(3)"])
def test_a_library_that_fails_when_it_is_imported_ahead_harms_no_build(
    serve: Callable[..., Server],
    package: Path,
    tmp_path: Path,
    environment: Path,
    site: Path,
    ending: str,
) -> None:
    end = f"if second:\n    {ending}\n"
    write_files(site, {"kit.py": marks_second(tmp_path / "marks") + LOGS_PROCESS + end})
    server = serve(package, "-v", *PROCESS, "--python", environment)
    with listen(server) as page:
        (package / STORIES).write_text(story("one", "kit"))
        wait_for_page(server, page, shows("one"))
        importer(server)
        importer(server)
        if ending == "os._exit(3)":
            server.wait_for("The process with libraries .* has ended")
        for number in range(3):
            (package / STORIES).write_text(story(f"{number}", "kit"))
            wait_for_page(server, page, shows(f"{number}"))
    assert "ERROR" not in server.log
