"""The wheel, in environments with nothing else from the repository."""

import hashlib
import json
import os
import re
import stat
import sys
import zipfile
from pathlib import Path

import pytest
from support import example, write_files
from support.installing import (
    DISTRIBUTION,
    ROOT,
    bare,
    command,
    get,
    install_from_index,
    make_environment,
    served,
    tree,
)

CONTENTS = {
    "pytest_storytime.py",
    "storytime/__init__.py",
    "storytime/__init__.pyi",
    "storytime/__main__.py",
    "storytime/_address.py",
    "storytime/_arg_types.py",
    "storytime/_as_python.py",
    "storytime/_browser.py",
    "storytime/_collected.py",
    "storytime/_controls.py",
    "storytime/_docs.py",
    "storytime/_docstrings.py",
    "storytime/_engines.py",
    "storytime/_events.py",
    "storytime/_globals.py",
    "storytime/_init.py",
    "storytime/_init_django.py",
    "storytime/_init_values.py",
    "storytime/_matrix.py",
    "storytime/_mcp.py",
    "storytime/_native.pyi",
    "storytime/_native.cpython-314-x86_64-linux-gnu.so",
    "storytime/_native.cpython-315-x86_64-linux-gnu.so",
    "storytime/_parameters.py",
    "storytime/_program.py",
    "storytime/_published.py",
    "storytime/_pytest.py",
    "storytime/_pytest_browser.py",
    "storytime/_pytest_looks.py",
    "storytime/_pytest_workers.py",
    "storytime/_queries.py",
    "storytime/_rendered.py",
    "storytime/_result.py",
    "storytime/_routes.py",
    "storytime/_states.py",
    "storytime/_values.py",
    "storytime/asgi.py",
    "storytime/assertions.py",
    "storytime/py.typed",
    "DATA/scripts/storytime",
    "INFO/METADATA",
    "INFO/RECORD",
    "INFO/WHEEL",
    "INFO/entry_points.txt",
    "INFO/licenses/LICENSE",
    "INFO/licenses/LICENSE.lexbor",
    "INFO/licenses/LICENSE.lexbor-notice",
    "INFO/licenses/LICENSE.axe-core",
    "INFO/licenses/LICENSE.axe-core-3rd-party",
    "INFO/licenses/LICENSE.idiomorph",
    "INFO/licenses/LICENSE.pico",
    "INFO/licenses/LICENSE.libuv",
    "INFO/licenses/LICENSE.libuv-extra",
    "INFO/licenses/LICENSE.md4c",
    "INFO/licenses/LICENSE.wslay",
    "INFO/licenses/LICENSE.xxHash",
    "INFO/licenses/LICENSE.yyjson",
    "INFO/sboms/storytime.cdx.json",
}


# -- what is in it -----------------------------------------------------------------------------------------------------


def test_its_contents(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {
            re.sub(rf"^{DISTRIBUTION}-[^/]*\.(data|dist-info)", lambda found: found[1], name)
            for name in archive.namelist()
        }
        found = {
            name.replace("data/", "DATA/", 1).replace("dist-info/", "INFO/", 1) for name in names
        }
        assert found == CONTENTS
        metadata = next(
            archive.read(name).decode() for name in archive.namelist() if name.endswith("METADATA")
        )
    assert "Requires-Dist" not in metadata
    assert "Requires-Python: >=3.14" in metadata
    assert wheel.stat().st_size < 3_000_000


def test_its_bill_of_materials_names_everything_that_has_a_licence_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        name = next(
            name for name in archive.namelist() if name.endswith("/sboms/storytime.cdx.json")
        )
        bill = json.loads(archive.read(name))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    version = (ROOT / "VERSION").read_text().strip()
    assert bill["metadata"]["component"]["purl"] == f"pkg:pypi/{DISTRIBUTION}@{version}"
    parts = {
        part["name"].rpartition("/")[2].removeprefix("lib").lower(): part
        for part in bill["components"]
    }
    texts = {name.partition("LICENSE.")[2].removeprefix("lib").lower() for name in CONTENTS}
    further = re.compile("-(extra|notice|3rd-party)$")  # further texts of a part
    assert {further.sub("", text) for text in texts if text} <= parts.keys()
    assert {"pico", "idiomorph", "uthash"} <= parts.keys()
    for part in parts.values():
        assert re.fullmatch(r"\d+\.\d+\S*", part["version"]), part
        assert part["licenses"][0]["license"]["id"], part


def test_its_binaries_are_hardened_and_contain_no_path_of_the_build_machine(
    wheel: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    binaries = [*tmp_path.rglob("*.so"), *tmp_path.rglob("scripts/storytime")]
    assert len(binaries) == 3
    for binary in binaries:
        shown = command("readelf", "-hlWdS", binary)
        for sign in ("DYN", "GNU_RELRO", "GNU_STACK", "NOW"):
            assert sign in shown, (binary, sign)
        assert " RWE " not in shown
        assert ".symtab" not in shown
        assert "libpython" not in shown
        assert str(ROOT).encode() not in binary.read_bytes()


@pytest.mark.long
def test_two_builds_are_the_same(wheel: Path, tmp_path: Path) -> None:
    command(ROOT / "tools/wheel", tmp_path, env={**os.environ, "STORYTIME_DEVROOT": "native"})
    again = next(tmp_path.glob("*.whl"))
    assert (
        hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(wheel.read_bytes()).digest()
    )


# -- using it ----------------------------------------------------------------------------------------------------------


def test_an_installed_program_serves_the_gallery(installed: Path, tmp_path: Path) -> None:
    with served(installed / "bin/storytime", "serve", cwd=tmp_path, env=bare()) as url:
        assert "<title>" in get(url)
    assert tree(tmp_path) == set()


def test_an_installed_program_builds_and_serves_a_project(installed: Path, tmp_path: Path) -> None:
    package = write_files(tmp_path / "shop", example())
    for start in (
        [installed / "bin/storytime"],
        [installed / "bin/python", "-m", "storytime"],
    ):
        out = tmp_path / f"out{len(start)}"
        command(*start, "build", package, out, cwd=tmp_path, env=bare())
        with served(*start, "serve", package, "--use-subinterpreters", env=bare()) as url:
            assert "<button>Buy</button>" in get(url + "components/button/first/preview.html")
    assert tree(tmp_path / "out1") == tree(tmp_path / "out3")


def test_an_installed_tdom_renders_stories(wheel: Path, tmp_path: Path) -> None:
    """The debug page names its version."""
    environment = make_environment(tmp_path / "environment")
    install_from_index(environment, str(wheel), "tdom")
    version = command(
        environment / "bin/python", "-c", "import importlib.metadata as m; print(m.version('tdom'))"
    ).strip()
    package = write_files(tmp_path / "shop", example())
    out = tmp_path / "out"
    command(environment / "bin/storytime", "build", package, out, cwd=tmp_path, env=bare())
    assert re.search(f"tdom.*{re.escape(version)}", (out / "debug.html").read_text(), re.DOTALL)
    preview = (out / "components/button/first/preview.html").read_text()
    assert "<button>Buy</button>" in preview


def test_the_module_can_be_used_without_the_program(installed: Path, tmp_path: Path) -> None:
    write_files(tmp_path / "shop", example())
    code = (
        "from storytime import build_site, find_path, make_site\n"
        "site = make_site('shop')\n"
        "print(find_path(site, '.components.button').title)\n"
        "print(build_site('shop', 'out'))\n"
    )
    said = command(installed / "bin/python", "-c", code, cwd=tmp_path, env=bare())
    assert said.split() == ["Button", "0"]
    assert (tmp_path / "out/index.html").exists()


@pytest.mark.parametrize("version", ["3.14", "3.15"])
def test_a_project_may_have_an_environment_of_its_own(
    installed: Path, tmp_path: Path, version: str
) -> None:
    """As with `uvx storytime`: storytime is not installed in the project's environment."""
    make_environment(tmp_path / ".venv", version)
    site = next((tmp_path / ".venv").glob("lib/*/site-packages"))
    (site / "palette.py").write_text("import sys\nRED = '%d.%d' % sys.version_info[:2]\n")
    package = write_files(tmp_path / "shop", example())
    stories = package / "components/button/stories.py"
    stories.write_text("import palette\n" + stories.read_text().replace("'Buy'", "palette.RED"))
    with served(
        installed / "bin/storytime", "serve", package, "--use-subinterpreters", env=bare()
    ) as url:
        assert f"<button>{version}</button>" in get(url + "components/button/first/preview.html")


@pytest.mark.parametrize(
    "home", [None, "/proc/missing", "/proc"], ids=["unset", "missing", "read-only"]
)
def test_it_needs_no_environment_variables(
    installed: Path, tmp_path: Path, home: str | None
) -> None:
    package = write_files(tmp_path / "shöp with blanks" / "shop", example())
    env = {} if home is None else {"HOME": home}
    command(installed / "bin/storytime", "build", package, tmp_path / "out", cwd="/", env=env)
    assert (tmp_path / "out/index.html").exists()


def test_another_user_than_the_one_who_installed_it(installed: Path, tmp_path: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can become another user")
    package = write_files(tmp_path / "shop", example())
    out = tmp_path / "out"
    for path in (out, *out.parents, *installed.parents, installed):
        path.mkdir(exist_ok=True)
        if path.stat().st_mode & stat.S_IXOTH == 0:
            path.chmod(path.stat().st_mode | 0o755)
    out.chmod(0o777)
    command(
        *(installed / "bin/storytime", "build", package, out / "site"),
        user=65534,
        group=65534,
        env=bare(),
    )
    assert (out / "site/index.html").exists()


def test_uninstalling_leaves_nothing(wheel: Path, tmp_path: Path) -> None:
    environment = make_environment(tmp_path / "environment")
    before = tree(environment)
    pip = [environment / "bin/python", "-m", "pip"]
    command(*pip, "install", "--no-index", wheel, env=bare())
    command(environment / "bin/python", "-m", "storytime", "doctor", env=bare())
    command(*pip, "uninstall", "--yes", DISTRIBUTION, env=bare())
    left = {name for name in tree(environment) - before if "__pycache__" not in name}
    assert left == set()


# -- installing it with uv and pipx ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with uv and pipx, from the package index."""
    directory = make_environment(tmp_path_factory.mktemp("tools") / "environment")
    install_from_index(directory, "uv", "pipx")
    return directory / "bin"


def test_uv_installs_and_uvx_runs_it(wheel: Path, tools: Path, tmp_path: Path) -> None:
    env = bare(HOME=str(tmp_path), UV_PYTHON_DOWNLOADS="never", UV_OFFLINE="1")
    command(tools / "uv", "venv", "--python", "3.14", tmp_path / ".venv", env=env)
    command(tools / "uv", "pip", "install", wheel, cwd=tmp_path, env=env)
    assert command(tmp_path / ".venv/bin/storytime", "--version", env=env).startswith("storytime ")
    with served(tools / "uvx", "--from", wheel, "storytime", "serve", cwd=tmp_path, env=env) as url:
        assert "<title>" in get(url)


def test_pipx_runs_it(wheel: Path, tools: Path, tmp_path: Path) -> None:
    env = bare(
        HOME=str(tmp_path), PIPX_HOME=str(tmp_path / "pipx"), PIPX_DEFAULT_PYTHON=sys.executable
    )
    said = command(tools / "pipx", "run", "--spec", wheel, "storytime", "--version", env=env)
    assert "storytime 0" in said


# -- its pytest plugin -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["8.*", "9.*"])
def test_pytest_finds_its_plugin(wheel: Path, tmp_path: Path, version: str) -> None:
    """Also in the worker processes of pytest-xdist."""
    environment = make_environment(tmp_path / "environment")
    install_from_index(environment, str(wheel), f"pytest=={version}", "pytest-xdist")
    write_files(tmp_path / "shop", example())
    said = command(
        *(environment / "bin/pytest", "--storytime", "shop", "-n", "2", "-v"),
        cwd=tmp_path,
        env=bare(),
    )
    assert "PASSED components/button::First" in said
    assert "1 passed" in said
