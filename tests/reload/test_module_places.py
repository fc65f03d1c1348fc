"""A new module in a directory where Python looks first takes the place of the one that was found, also in a namespace package."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Server, helper, listen, shows, uses, wait_for_page, write_files
from support.modes import MODES

STORIES = "components/button/stories.py"

PLACES = """
import sys

sys.path[:0] = [{first!r}, {second!r}]
"""

CASES = [
    pytest.param("words", "words.py", id="module"),
    pytest.param("words", "words/__init__.py", id="package"),
    pytest.param("acme.words", "acme/words.py", id="namespace"),
]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("name", "file"), CASES)
def test_the_module_that_is_found_first_shows(
    serve: Callable[..., Server],
    package: Path,
    tmp_path: Path,
    name: str,
    file: str,
    mode: tuple[str, ...],
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    (first / file).parent.mkdir(parents=True)
    write_files(second, {name.replace(".", "/") + ".py": helper("second")})
    write_files(
        package,
        {
            "__init__.py": PLACES.format(first=str(first), second=str(second)),
            STORIES: uses(name),
        },
    )
    server = serve(package, *mode)
    with listen(server) as page:
        wait_for_page(server, page, shows("second"))
        for text in ("one", "two"):
            (first / file).write_text(helper(text))
            wait_for_page(server, page, shows(text))
        (first / file).unlink()
        wait_for_page(server, page, shows("second"))


@pytest.mark.parametrize("mode", MODES)
def test_a_package_that_appears_beside_a_module_shows(
    serve: Callable[..., Server], package: Path, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    place = tmp_path / "place"
    write_files(place, {"words.py": helper("module")})
    write_files(
        package,
        {
            "__init__.py": f"import sys\nsys.path.insert(0, {str(place)!r})\n",
            STORIES: uses("words"),
        },
    )
    server = serve(package, *mode)
    with listen(server) as page:
        wait_for_page(server, page, shows("module"))
        for text in ("one", "two"):
            write_files(place, {"words/__init__.py": helper(text)})
            wait_for_page(server, page, shows(text))
        shutil.rmtree(place / "words")
        wait_for_page(server, page, shows("module"))


@pytest.mark.parametrize("mode", MODES)
def test_a_module_that_was_not_found_first_needs_no_full_builds(
    serve: Callable[..., Server], package: Path, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    write_files(second, {"words.py": helper("zero")})
    write_files(
        package,
        {
            "__init__.py": PLACES.format(first=str(first), second=str(second)),
            STORIES: uses("words"),
        },
    )
    server = serve(package, "-v", *mode)
    with listen(server) as page:
        for text in ("one", "two"):
            (second / "words.py").write_text(helper(text))
            wait_for_page(server, page, shows(text))
    assert "full build" not in server.log.partition("Build 2")[2]


AS = "import shop.kit.words as words\n"
FLAT = "import flat_words as words\n"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("line", [AS, FLAT], ids=["as", "flat"])
def test_importing_a_single_module_needs_no_full_builds(
    serve: Callable[..., Server], package: Path, line: str, mode: tuple[str, ...]
) -> None:
    """Neither "import a.b as c" nor "import a" of a module gives access to the other modules of a package."""
    files = {"__init__.py": "", "words.py": helper("zero"), "others.py": helper("others")}
    write_files(package / "kit", files)
    (package.parent / "flat_words.py").write_text(helper("zero"))
    stories = uses("shop.kit.others") + "\n"
    write_files(package, {STORIES: line + stories.replace("=TEXT", "=words.TEXT")})
    server = serve(package, "-v", *mode, cwd=package.parent)
    with listen(server) as page:
        wait_for_page(server, page, shows("zero"))
        for text in ("one", "two"):
            write_files(package / "kit", {"words.py": helper(text)})
            (package.parent / "flat_words.py").write_text(helper(text))
            wait_for_page(server, page, shows(text))
    assert "full build" not in server.log.partition("Build 2")[2]


@pytest.mark.parametrize("elsewhere", [False, True], ids=["missing", "elsewhere"])
@pytest.mark.parametrize("mode", MODES)
def test_a_module_in_a_directory_that_appears_later_shows(
    serve: Callable[..., Server],
    package: Path,
    tmp_path: Path,
    mode: tuple[str, ...],
    elsewhere: bool,
) -> None:
    """As with code that is generated, whose directory Python has looked for before."""
    made, second = tmp_path / "made", tmp_path / "second"
    if elsewhere:
        write_files(second, {"words.py": helper("second")})
    write_files(package, {STORIES: uses("words")})
    server = serve(package, *mode, env={"PYTHONPATH": f"{made}:{second}"})
    with listen(server) as page:
        for text in ("one", "two"):
            made.mkdir()
            write_files(made, {"words.py": helper(text)})
            wait_for_page(server, page, shows(text))
            shutil.rmtree(made)
            if elsewhere:
                wait_for_page(server, page, shows("second"))
            else:
                wait_for_page(server, page, "No module named", "components/button/index.html")
