"""User modules that are not found or loaded by Python itself, but by an installer's finder, by other code, or by an import hook that
changes them."""

import py_compile
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Server, helper, listen, shows, uses, wait_for_page, write_files
from support.modes import MODES

STORIES = "components/button/stories.py"

# setuptools writes such a finder for an editable install whose directory has another name than its package.
FINDER = """
import os
import sys
from importlib.util import spec_from_file_location


class Finder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        found = name == "kit" and os.path.exists({file!r})
        return spec_from_file_location(name, {file!r}) if found else None


sys.meta_path.append(Finder)
"""

PLUGIN = """
import importlib.util


def load(file):
    spec = importlib.util.spec_from_file_location("plugin", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TEXT = load({file!r}).TEXT
"""

BY_FINDER = """
import pkgutil

TEXT = ""
for info in pkgutil.iter_modules([{directory!r}]):
    TEXT += info.module_finder.find_spec(info.name).loader.load_module(info.name).TEXT
"""

BY_SPEC = """
import importlib.util
import sys

sys.path.append({directory!r})


def load(name):
    spec = importlib.util.find_spec(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TEXT = load("plugin").TEXT
"""

# Like beartype: a hook before Python's own, with a loader that changes the source.
HOOK = """
import sys
from importlib.machinery import FileFinder, SourceFileLoader


class Loud(SourceFileLoader):
    def source_to_code(self, data, path, **more):
        return super().source_to_code(data.replace(b"quiet", b"LOUD"), path, **more)


sys.path_hooks.insert(len(sys.path_hooks) - 1, FileFinder.path_hook((Loud, [".py"])))
sys.path_importer_cache.clear()
"""


def install(site: Path, file: Path) -> None:
    (site / "__editable___kit_finder.py").write_text(FINDER.format(file=str(file)))
    (site / "__editable__.kit.pth").write_text("import __editable___kit_finder\n")


@pytest.mark.parametrize("mode", MODES)
def test_a_module_that_an_installers_finder_finds_is_followed(
    serve: Callable[..., Server],
    package: Path,
    tmp_path: Path,
    environment: Path,
    site: Path,
    mode: tuple[str, ...],
) -> None:
    kit = write_files(tmp_path / "lib", {"__init__.py": helper("one")})
    install(site, kit / "__init__.py")
    write_files(package, {STORIES: uses("kit")})
    server = serve(package, "--python", environment, *mode)
    with listen(server) as page:
        wait_for_page(server, page, shows("one"))
        (package / STORIES).write_text(uses("kit") + "# the kit is imported ahead\n")
        server.wait_until_build_is_over(2)
        for text in ("two", "six"):
            (kit / "__init__.py").write_text(helper(text))
            wait_for_page(server, page, shows(text))
    assert "full build" not in server.log.partition("Build 2")[2]


@pytest.mark.parametrize("mode", MODES)
def test_a_compiled_file_that_code_loads_itself_is_followed(
    serve: Callable[..., Server], package: Path, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    plugin = write_files(tmp_path / "plugins", {"plugin.py": helper("one")}) / "plugin.py"
    py_compile.compile(str(plugin))
    write_files(package, {"loads.py": PLUGIN.format(file=str(plugin)), STORIES: uses("shop.loads")})
    server = serve(package, *mode)
    with listen(server) as page:
        wait_for_page(server, page, shows("one"))
        for text in ("two", "six"):
            plugin.write_text(helper(text))
            wait_for_page(server, page, shows(text))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("code", [BY_FINDER, BY_SPEC], ids=["finder", "spec"])
def test_modules_that_code_finds_and_loads_itself_are_followed(
    serve: Callable[..., Server], package: Path, tmp_path: Path, code: str, mode: tuple[str, ...]
) -> None:
    plugins = write_files(tmp_path / "plugins", {"plugin.py": helper("one")})
    write_files(
        package,
        {"loads.py": code.format(directory=str(plugins)), STORIES: uses("shop.loads")},
    )
    server = serve(package, *mode)
    with listen(server) as page:
        wait_for_page(server, page, shows("one"))
        for text in ("two", "six"):
            (plugins / "plugin.py").write_text(helper(text))
            wait_for_page(server, page, shows(text))


@pytest.mark.parametrize("mode", MODES)
def test_modules_that_an_import_hook_changes_are_followed(
    serve: Callable[..., Server], package: Path, mode: tuple[str, ...]
) -> None:
    write_files(
        package, {"__init__.py": HOOK, "words.py": helper("quiet one"), STORIES: uses("shop.words")}
    )
    server = serve(package, *mode)
    with listen(server) as page:
        wait_for_page(server, page, shows("LOUD one"))
        for text in ("two", "six"):
            (package / "words.py").write_text(helper(f"quiet {text}"))
            wait_for_page(server, page, shows(f"LOUD {text}"))
    assert "full build" not in server.log.partition("Build 2")[2]
