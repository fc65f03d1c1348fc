"""Compiled modules of the project itself, as Cython, mypyc and maturin make them: beside their sources, within the package and outside of it."""

import py_compile
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Server, helper, listen, shows, uses, wait_for_page, write_files
from support.extension import compile_extension
from support.modes import POLL, PROCESS, SUBINTERPRETERS

STORIES = "components/button/stories.py"
WHERE = pytest.mark.parametrize(
    ("place", "mode"),
    [
        # A normal run tries both places with processes, and one in subinterpreters.
        pytest.param("app", PROCESS, id="app-process"),
        pytest.param("shop/app", PROCESS, id="shop/app-process"),
        pytest.param("app", SUBINTERPRETERS, id="app-subinterpreters"),
        pytest.param(
            "shop/app", SUBINTERPRETERS, id="shop/app-subinterpreters", marks=pytest.mark.long
        ),
        pytest.param("app", POLL, id="app-poll", marks=pytest.mark.long),
        pytest.param("shop/app", POLL, id="shop/app-poll", marks=pytest.mark.long),
    ],
)


def uses_native(place: str) -> str:
    """Stories that show what a compiled module returns."""
    name = f"{place.replace('/', '.')}.native"
    return uses(name).replace("import TEXT", "import text; TEXT = text()")


@WHERE
def test_an_extension_module_is_compiled_again(
    serve: Callable[..., Server],
    package: Path,
    tmp_path: Path,
    place: str,
    mode: tuple[str, ...],
) -> None:
    directory = write_files(tmp_path / place, {"__init__.py": ""})
    binary = compile_extension(directory, "one")
    write_files(package, {STORIES: uses_native(place)})
    server = serve(package, "-v", *mode)
    with listen(server) as page:
        wait_for_page(server, page, shows("one"))
        compile_extension(directory, "two")
        wait_for_page(server, page, shows("two"))
        other = compile_extension(write_files(tmp_path / "other", {"x": ""}), "three")
        binary.write_bytes(other.read_bytes())  # as cp does: the same file
        wait_for_page(server, page, shows("three"))


@WHERE
def test_an_extension_module_comes_beside_its_source_and_goes(
    serve: Callable[..., Server],
    package: Path,
    tmp_path: Path,
    place: str,
    mode: tuple[str, ...],
) -> None:
    python = "def text() -> str:\n    return 'plain'\n"
    directory = write_files(tmp_path / place, {"__init__.py": "", "native.py": python})
    write_files(package, {STORIES: uses_native(place)})
    server = serve(package, "-v", *mode)
    with listen(server) as page:
        wait_for_page(server, page, shows("plain"))
        binary = compile_extension(directory, "compiled")
        wait_for_page(server, page, shows("compiled"))
        binary.unlink()
        wait_for_page(server, page, shows("plain"))


@WHERE
def test_a_module_without_source_gets_one(
    serve: Callable[..., Server],
    package: Path,
    tmp_path: Path,
    place: str,
    mode: tuple[str, ...],
) -> None:
    directory = write_files(tmp_path / place, {"__init__.py": "", "words.py": helper("compiled")})
    source = directory / "words.py"
    py_compile.compile(str(source), str(directory / "words.pyc"))
    source.unlink()
    write_files(package, {STORIES: uses(f"{place.replace('/', '.')}.words")})
    server = serve(package, "-v", *mode)
    with listen(server) as page:
        wait_for_page(server, page, shows("compiled"))
        for text in ("one", "two"):
            source.write_text(helper(text))
            wait_for_page(server, page, shows(text))
        source.unlink()
        wait_for_page(server, page, shows("compiled"))
