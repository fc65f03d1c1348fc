"""Libraries of the environment that are installed, changed and removed while the catalog is served."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support import (
    Server,
    helper,
    listen,
    shows,
    story_module,
    uses,
    wait_for_page,
    write_files,
)
from support.extension import compile_extension
from support.modes import MODES
from support.processes import children_of, wait_until

STORIES = "components/button/stories.py"


def outdate(server: Server) -> int:
    """How many times the log says that modules that stay loaded have changed."""
    return server.log.count("Compiled or installed modules have changed")


@pytest.mark.parametrize("mode", MODES)
def test_an_installed_module_that_changes_is_seen(
    serve: Callable[..., Server],
    package: Path,
    environment: Path,
    site: Path,
    mode: tuple[str, ...],
) -> None:
    """Standby interpreters have imported it already."""
    write_files(
        site, {"kit/__init__.py": "from kit.words import TEXT\n", "kit/words.py": helper("one")}
    )
    write_files(package, {STORIES: uses("kit")})
    server = serve(package, *mode, "--python", environment)
    with listen(server) as page:
        wait_for_page(server, page, shows("one"))
        for number in range(3):
            (site / "kit/words.py").write_text(helper(f"version {number}"))
            wait_for_page(server, page, shows(f"version {number}"))
        server.wait_until_build_is_over(4)
        before = outdate(server)
        (site / "kit/words.py").touch()
        (site / "other.py").write_text(helper("nobody imports it"))
        (package / STORIES).write_text(story_module("Marker"))
        wait_for_page(server, page, shows("Marker"))
    assert before == outdate(server) == 3


def test_an_installed_module_that_changes_is_seen_without_subinterpreters(
    serve: Callable[..., Server], package: Path, environment: Path, site: Path
) -> None:
    write_files(site, {"kit.py": helper("one")})
    write_files(package, {STORIES: uses("kit")})
    server = serve(package, "--python", environment, subinterpreters=False)
    with listen(server) as page:
        (site / "kit.py").write_text(helper("two"))
        wait_for_page(server, page, shows("two"))
    assert "--use-subinterpreters" not in server.log


@pytest.mark.parametrize("mode", MODES)
def test_a_missing_library_that_is_installed_is_seen(
    serve: Callable[..., Server],
    package: Path,
    environment: Path,
    site: Path,
    mode: tuple[str, ...],
) -> None:
    """It is installed file by file, and builds in between fail."""
    server = serve(package, *mode, "--python", environment)
    with listen(server) as page:
        write_files(package, {STORIES: uses("kit")})
        server.wait_for("No module named 'kit'")
        write_files(site, {"kit/__init__.py": "from kit.words import TEXT\n"})
        server.wait_for("No module named 'kit.words'")
        write_files(site, {"kit/words.py": "from kit.native import text\n\nTEXT = text()\n"})
        server.wait_for("No module named 'kit.native'")
        compile_extension(site / "kit", "installed")
        wait_for_page(server, page, shows("installed"))


def test_an_extension_module_that_changes_is_seen(
    serve: Callable[..., Server], package: Path, environment: Path, site: Path
) -> None:
    """A process can load it only once, so another process must build."""
    compile_extension(site, "one")
    source = uses("native").replace("import TEXT", "import text; TEXT = text()")
    write_files(package, {STORIES: source})
    server = serve(package, "--python", environment)
    with listen(server) as page:
        wait_for_page(server, page, shows("one"))
        builder = server.builder
        compile_extension(site, "two")
        wait_for_page(server, page, shows("two"))
        wait_until(lambda: builder not in children_of(server.process.pid))


def test_another_version_of_a_library_is_seen(
    serve: Callable[..., Server], package: Path, environment: Path, site: Path
) -> None:
    """First the old version is moved away, the new one is written, and the old one removed. Then it is uninstalled and installed again."""
    write_files(
        site, {"kit/__init__.py": "from kit.words import TEXT\n", "kit/words.py": helper("one")}
    )
    write_files(package, {STORIES: uses("kit")})
    server = serve(package, "--python", environment)
    with listen(server) as page:
        wait_for_page(server, page, shows("one"))
        (site / "kit").rename(site / "~it")
        write_files(
            site, {"kit/__init__.py": "from kit.more import TEXT\n", "kit/more.py": helper("two")}
        )
        shutil.rmtree(site / "~it")
        wait_for_page(server, page, shows("two"))
        shutil.rmtree(site / "kit")
        server.wait_for("No module named 'kit'")
        write_files(site, {"kit/__init__.py": helper("three")})
        wait_for_page(server, page, shows("three"))


@pytest.mark.parametrize("mode", MODES)
def test_an_editable_install_is_seen_and_its_removal(
    serve: Callable[..., Server],
    package: Path,
    tmp_path: Path,
    environment: Path,
    site: Path,
    mode: tuple[str, ...],
) -> None:
    """The sys.path of standby interpreters is from before the `.pth` file was added or removed."""
    write_files(tmp_path / "source", {"kit.py": helper("edited")})
    server = serve(package, *mode, "--python", environment)
    with listen(server) as page:
        (package / STORIES).write_text(uses("kit"))
        server.wait_for("No module named 'kit'")
        (site / "kit.pth").write_text(f"{tmp_path / 'source'}\n")
        wait_for_page(server, page, shows("edited"))
        (site / "kit.pth").unlink()
        server.wait_for("No module named 'kit'")


def test_a_child_of_user_code_may_import_libraries(
    serve: Callable[..., Server], package: Path, environment: Path, site: Path
) -> None:
    """A forked child has copies of the locks of our threads and of the server's socket."""
    write_files(site, {"kit.py": helper("one"), "only_there.py": ""})
    fork = """
import os
child = os.fork()
if child == 0:
    import only_there
    os._exit(7)
CODE = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
"""
    server = serve(package, "--python", environment, "--isolation", "process")
    with listen(server) as page:
        for number in range(5):
            text = uses("kit").replace("label=TEXT", f"label=TEXT + ' {number} {{}}'.format(CODE)")
            (package / STORIES).write_text(fork + text)
            wait_for_page(server, page, shows(f"one {number} 7"))


def test_a_library_that_breaks_the_start_of_python_can_be_fixed(
    serve: Callable[..., Server], package: Path, environment: Path, site: Path
) -> None:
    """A `.pth` file makes every interpreter import it at its start."""
    write_files(site, {"start.py": "", "start.pth": "import start\n"})
    write_files(package, {STORIES: story_module("one")})
    server = serve(package, "--python", environment)
    with listen(server) as page:
        wait_for_page(server, page, shows("one"))
        (site / "start.py").write_text("import os\nos._exit(3)\n")
        server.wait_for("WARNING|ERROR")
        (site / "start.py").write_text("import builtins\nbuiltins.WORD = 'mended'\n")
        (package / STORIES).write_text(story_module("x").replace("'x'", "WORD"))
        wait_for_page(server, page, shows("mended"))
