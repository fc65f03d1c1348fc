"""User modules outside of the package: beside it, in a sibling package, or in an editable install."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support import (
    SAVES,
    Server,
    helper,
    listen,
    shows,
    story_module,
    uses,
    wait_for_page,
    write_files,
)
from support.modes import WATCH_MODES
from support.processes import TIMEOUT

STORIES = "components/button/stories.py"


def marker(server: Server, package: Path, page: object, text: str) -> None:
    """Save in the package, and wait for the page. After that, earlier saves have been seen, or never will be."""
    (package / STORIES).write_text(story_module(text))
    wait_for_page(server, page, shows(text))  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", WATCH_MODES)
def test_a_module_beside_the_package_is_followed(
    serve: Callable[..., Server], package: Path, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    write_files(tmp_path, {"helpers.py": helper("one"), "shop/" + STORIES: uses("helpers")})
    server = serve(package, *mode)
    with listen(server) as page:
        wait_for_page(server, page, shows("one"))
        for number in range(5):
            (tmp_path / "helpers.py").write_text(helper(f"save {number}"))
            wait_for_page(server, page, shows(f"save {number}"))
        server.wait_until_build_is_over(6)
        (tmp_path / "helpers.py").touch()
        (tmp_path / "other.py").write_text(helper("nobody imports it"))
        (tmp_path / "notes.txt").write_text("nor this")
        (package / STORIES).write_text(story_module("Marker"))
        wait_for_page(server, page, shows("Marker"))
    assert server.log.count("rebuilding") == 6


@pytest.fixture(scope="module")
def follower(serve_all: Callable[..., Server], shared_package: Path, shared_path: Path) -> Server:
    """A server of a package that uses a module outside, which is saved in many ways."""
    write_files(shared_path / "src/lib/kit", {"words.py": helper("old")})
    write_files(shared_package, {STORIES: uses("lib.kit.words")})
    return serve_all(shared_package, env={"PYTHONPATH": str(shared_path / "src")})


@pytest.mark.parametrize("save", SAVES, ids=lambda save: save.__name__)
def test_every_way_of_saving_is_seen_outside_of_the_package(
    follower: Server, shared_path: Path, save: Callable[[Path, str], None]
) -> None:
    with listen(follower) as page:
        for text in (f"{save.__name__} once", f"{save.__name__} twice"):
            save(shared_path / "src/lib/kit/words.py", helper(text))
            wait_for_page(follower, page, shows(text))


@pytest.mark.parametrize("mode", WATCH_MODES)
def test_a_module_that_is_removed_and_comes_back_is_followed(
    serve: Callable[..., Server], package: Path, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    write_files(tmp_path, {"helpers.py": helper("one"), "shop/" + STORIES: uses("helpers")})
    server = serve(package, *mode)
    with listen(server) as page:
        wait_for_page(server, page, shows("one"))
        (tmp_path / "helpers.py").unlink()
        server.wait_for("No module named 'helpers'")
        (tmp_path / "helpers.py").write_text(helper("back"))
        wait_for_page(server, page, shows("back"))
        (tmp_path / "helpers.py").unlink()
        server.wait_for("No module named 'helpers'")
        write_files(tmp_path, {"helpers/__init__.py": helper("a package now")})
        wait_for_page(server, page, shows("a package now"))


@pytest.mark.parametrize("mode", WATCH_MODES)
def test_a_module_that_is_imported_before_it_exists_is_followed(
    serve: Callable[..., Server], package: Path, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    """A file, a package, and modules deep in directories that do not exist yet."""
    server = serve(package, *mode)
    with listen(server) as page:
        for name, file in [
            ("first", "first.py"),
            ("second", "second/__init__.py"),
            ("third.words", "third/words.py"),
            ("fourth.deep.words", "fourth/deep/words.py"),
        ]:
            (package / STORIES).write_text(uses(name))
            server.wait_for(f"No module named '{name.partition('.')[0]}'")
            write_files(tmp_path, {file: helper(name)})
            wait_for_page(server, page, shows(name))
            (tmp_path / file).write_text(helper(name + " again"))
            wait_for_page(server, page, shows(name + " again"))


@pytest.mark.parametrize("mode", WATCH_MODES)
def test_a_directory_that_is_imported_becomes_a_package(
    serve: Callable[..., Server], package: Path, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    """It was a namespace package before. Standby interpreters must not keep that."""
    (tmp_path / "second").mkdir()
    server = serve(package, *mode)
    with listen(server) as page:
        for more in ("", "import second\n"):
            (package / STORIES).write_text(more + uses("second"))
            server.wait_for("cannot import name 'TEXT'")
        write_files(tmp_path, {"second/__init__.py": helper("second")})
        wait_for_page(server, page, shows("second"))


def test_a_module_that_the_root_of_the_catalog_imports_is_followed(
    serve_in: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    """Even if the first build fails completely."""
    site = "from storytime import Site\nfrom helpers import TEXT\ndef s() -> Site: return Site(title=TEXT)\n"
    write_files(tmp_path, {"helpers.py": "TEXT = (\n", "shop/stories.py": site})
    server = serve_in(package)
    with listen(server) as page:
        (tmp_path / "helpers.py").write_text(helper("Repaired"))
        wait_for_page(server, page, "Repaired", "index.html")


@pytest.mark.parametrize(
    "fatal",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "import time\nwhile True: time.sleep(0.01)",
    ],
    ids=["dies", "hangs"],
)
def test_a_module_that_kills_its_build_is_followed(
    serve: Callable[..., Server], package: Path, tmp_path: Path, fatal: str
) -> None:
    write_files(tmp_path, {"helpers.py": fatal})
    server = serve(package, "--build-timeout", "2")
    with listen(server) as page:
        (package / STORIES).write_text(uses("helpers"))
        server.wait_for("STY40[12]")
        (tmp_path / "helpers.py").write_text(helper("Repaired"))
        wait_for_page(server, page, shows("Repaired"))


def test_a_save_after_the_import_and_before_the_end_of_the_build_is_seen(
    serve: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    """The file was not watched yet when it was read, but its stamp shows that it has changed."""
    write_files(tmp_path, {"helpers.py": helper("old")})
    server = serve(package)
    with socket.create_server(("127.0.0.1", 0)) as gate, listen(server) as page:
        gate.settimeout(TIMEOUT)
        port = gate.getsockname()[1]
        wait = f"import socket\ntry: socket.create_connection(('127.0.0.1', {port})).recv(1)\nexcept OSError: pass\n"
        (package / STORIES).write_text(uses("helpers").replace("def this", wait + "def this"))
        connection, _ = gate.accept()  # the module has been imported
        (tmp_path / "helpers.py").write_text(helper("new"))
        gate.close()
        connection.close()
        wait_for_page(server, page, shows("new"))


def test_a_module_that_nothing_imports_any_more_is_not_followed(
    serve_in: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    write_files(
        tmp_path,
        {
            "helpers.py": "from lower import TEXT\n",
            "lower.py": helper("one"),
            "shop/" + STORIES: uses("helpers"),
        },
    )
    server = serve_in(package)
    with listen(server) as page:
        (tmp_path / "lower.py").write_text(helper("two"))
        wait_for_page(server, page, shows("two"))
        marker(server, package, page, "Without")
        before = server.log.count("rebuilding")
        (tmp_path / "helpers.py").write_text(helper("three"))
        (tmp_path / "lower.py").write_text(helper("three"))
        marker(server, package, page, "Marker")
        said = [line for line in server.log.splitlines() if "rebuilding" in line][before:]
        assert said and all(f"{STORIES} changed" in line for line in said), said
        (package / STORIES).write_text(uses("helpers"))
        wait_for_page(server, page, shows("three"))
        (tmp_path / "helpers.py").write_text(helper("four"))
        wait_for_page(server, page, shows("four"))


def test_a_directory_outside_may_be_renamed_and_made_again(
    serve_in: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    write_files(tmp_path, {"lib/words.py": helper("one"), "shop/" + STORIES: uses("lib.words")})
    server = serve_in(package)
    with listen(server) as page:
        wait_for_page(server, page, shows("one"))
        (tmp_path / "lib").rename(tmp_path / "away")
        server.wait_for("No module named 'lib'")
        (tmp_path / "away/words.py").write_text(helper("two"))
        (tmp_path / "away").rename(tmp_path / "lib")
        wait_for_page(server, page, shows("two"))
        for number in range(3):  # removed and written at once, like a checkout
            shutil.rmtree(tmp_path / "lib")
            write_files(tmp_path, {"lib/words.py": helper(f"checkout {number}")})
            wait_for_page(server, page, shows(f"checkout {number}"))


def test_packages_around_the_served_one_are_followed(
    serve_in: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    """If the catalog is a directory in a larger application, the packages around it are user code, too."""
    story = uses("app").replace("from shop.", "from app.ui.shop.")
    write_files(
        tmp_path,
        {"app/__init__.py": helper("above"), "app/ui/__init__.py": "", "shop/" + STORIES: story},
    )
    package.rename(tmp_path / "app/ui/shop")
    server = serve_in("app.ui.shop", cwd=tmp_path)
    with listen(server) as page:
        wait_for_page(server, page, shows("above"))
        (tmp_path / "app/__init__.py").write_text(helper("changed above"))
        wait_for_page(server, page, shows("changed above"))


def install_editable(environment: Path, source: Path) -> None:
    """Install a source directory like an installer: with a `.pth` file."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = environment / "lib" / version / "site-packages"
    (site / "_editable.pth").write_text(f"{source}\n")


def test_an_editable_install_is_followed(
    serve_in: Callable[..., Server], package: Path, tmp_path: Path, environment: Path
) -> None:
    source = write_files(tmp_path / "elsewhere/src", {"kit/__init__.py": helper("one")})
    install_editable(environment, source)
    write_files(package, {STORIES: uses("kit")})
    server = serve_in(package, "--python", environment)
    with listen(server) as page:
        wait_for_page(server, page, shows("one"))
        (source / "kit/__init__.py").write_text(helper("two"))
        wait_for_page(server, page, shows("two"))
    assert server.log.count("rebuilding") == 1


def test_the_served_package_may_be_an_editable_install(
    serve_in: Callable[..., Server], package: Path, tmp_path: Path, environment: Path
) -> None:
    source = tmp_path / "elsewhere/src"
    source.mkdir(parents=True)
    package.rename(source / "shop")
    write_files(source, {"helpers.py": helper("one"), "shop/" + STORIES: uses("helpers")})
    install_editable(environment, source)
    server = serve_in("shop", "--python", environment)
    with listen(server) as page:
        wait_for_page(server, page, shows("one"))
        (source / "helpers.py").write_text(helper("two"))
        wait_for_page(server, page, shows("two"))
        (source / "shop" / STORIES).write_text(story_module("three"))
        wait_for_page(server, page, shows("three"))


def test_without_subinterpreters_a_hint_is_logged(
    serve: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    write_files(tmp_path, {"helpers.py": helper("one"), "shop/" + STORIES: uses("helpers")})
    server = serve(package, subinterpreters=False)
    (tmp_path / "helpers.py").write_text(helper("two"))
    server.wait_for("Serve with --use-subinterpreters")


def test_a_builder_that_is_killed_loses_nothing(
    serve: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    write_files(tmp_path, {"helpers.py": helper("one"), "shop/" + STORIES: uses("helpers")})
    server = serve(package)
    with listen(server) as page:
        for number in range(3):
            os.kill(server.builder, signal.SIGKILL)
            (tmp_path / "helpers.py").write_text(helper(f"save {number}"))
            wait_for_page(server, page, shows(f"save {number}"))


def test_build_imports_modules_outside_of_the_package(
    build: Callable[..., subprocess.CompletedProcess[str]], package: Path, tmp_path: Path
) -> None:
    write_files(tmp_path, {"helpers.py": helper("one"), "shop/" + STORIES: uses("helpers")})
    assert build(package, tmp_path / "out").returncode == 0
    assert shows("one") in (tmp_path / "out/components/button/first/preview.html").read_text()


READS = """
from pathlib import Path
from storytime import Site, Story, Subject

PLACE = Path(__file__).parents[3]

def read() -> str:
    count = PLACE / "count.txt"
    number = int(count.read_text()) if count.exists() else 0
    count.write_text(str(number + 1))
    try:
        return "<button>" + (PLACE / "templates/card.html").read_text() + "</button>"
    except FileNotFoundError:
        return "<button>missing</button>"

def this_subject() -> Subject:
    return Subject(items=[Story(title="First", target=read)])
"""


@pytest.mark.parametrize("mode", [*WATCH_MODES, pytest.param((), id="direct")])
def test_a_template_that_code_opens_is_followed(
    serve: Callable[..., Server], package: Path, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    template = tmp_path / "templates/card.html"
    template.parent.mkdir()
    template.write_text("first")
    (tmp_path / "count.txt").write_text("0")
    (package / STORIES).write_text(READS)
    server = serve(package, *mode, subinterpreters=mode != ())
    with listen(server) as page:
        wait_for_page(server, page, shows("first"))
        for text in ("one", "two"):
            template.write_text(text)
            wait_for_page(server, page, shows(text))
        template.unlink()
        wait_for_page(server, page, shows("missing"))
        template.write_text("again")
        wait_for_page(server, page, shows("again"))
        (package / "stories.py").write_text((package / "stories.py").read_text() + "# a marker\n")
        while server.log.count("rebuilding") < 5:
            server.wait_for("rebuilding")
    assert server.log.count("rebuilding") == 5  # the file that the code writes causes no build


def test_a_save_of_a_template_builds_what_reads_it(
    serve_in: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    files = {"a/stories.py": READS.replace("card", "a"), "b/stories.py": READS.replace("card", "b")}
    write_files(
        package, {name: text.replace("parents[3]", "parents[2]") for name, text in files.items()}
    )
    write_files(tmp_path, {"templates/a.html": "a1", "templates/b.html": "b1"})
    (tmp_path / "count.txt").write_text("0")
    server = serve_in(package, "-v")
    with listen(server, "a/first/preview.html") as page:
        (tmp_path / "templates/a.html").write_text("a2")
        wait_for_page(server, page, shows("a2"), "a/first/preview.html")
    server.wait_for(r"Build \d+: .*partial build")
    assert shows("b1") in server.get("b/first/preview.html")


LOOKS = """
from pathlib import Path
from storytime import Story, Subject

def show() -> str:
    file = Path("notes/greeting.txt")
    return f"It says {file.read_text() if file.exists() else 'nothing'}."

def this_subject() -> Subject:
    return Subject(title="Button", items=[Story(title="First", template=show)])
"""


@pytest.mark.parametrize("mode", WATCH_MODES)
def test_an_added_or_removed_file_builds_what_looks_for_it(
    serve: Callable[..., Server], package: Path, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    write_files(tmp_path, {"notes/other.txt": "", "shop/" + STORIES: LOOKS})
    greeting = tmp_path / "notes/greeting.txt"
    server = serve(package, "-v", *mode, cwd=tmp_path)
    with listen(server) as page:
        wait_for_page(server, page, "It says nothing.")
        for text in ("hello", "goodbye"):
            greeting.write_text(text)
            wait_for_page(server, page, f"It says {text}.")
            greeting.unlink()
            wait_for_page(server, page, "It says nothing.")
    assert "full build" not in server.log.partition("Build 2")[2]
