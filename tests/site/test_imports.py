"""Modules of users are found as Python finds them, whatever is in their directories, and have the same attributes."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from support import Server, example, listen, story_module, wait_for_page, write_files

Build = Callable[..., CompletedProcess[str]]

USES_HELPER = "from .helper import TEXT\n" + story_module().replace("'Buy'", "TEXT")

PROBE = """
import importlib, importlib.resources, importlib.util, inspect, json, os, pkgutil, sys, traceback

def describe(name):
    try:
        module = importlib.import_module(name)
    except BaseException as error:
        # loaders may differ in how they get the code
        frames = [frame.name for frame in traceback.extract_tb(error.__traceback__)
                  if "_bootstrap_external" not in frame.filename and frame.name != "_call_with_frames_removed"]
        return [type(error).__name__, str(error), frames[frames.index("import_module"):]]
    spec = module.__spec__
    kind = [base.__name__ for base in type(spec.loader).__mro__ if not base.__module__.startswith("storytime")]
    told = {
        "module": [module.__name__, getattr(module, "__file__", None), getattr(module, "__cached__", None),
                   module.__package__, list(getattr(module, "__path__", [])), module.__loader__ is spec.loader],
        "spec": [spec.name, spec.origin, spec.cached, spec.has_location, spec.parent,
                 spec.submodule_search_locations and list(spec.submodule_search_locations)],
        "loader": kind,
        "value": getattr(module, "VALUE", None),
        "found": importlib.util.find_spec(name).origin,
    }
    if getattr(module, "__file__", "") and module.__file__.endswith(".py"):
        told["source"] = inspect.getsource(module)
    if hasattr(module, "__path__"):
        told["below"] = sorted(info.name for info in pkgutil.iter_modules(module.__path__, name + "."))
        told["files"] = sorted(path.name for path in importlib.resources.files(module).iterdir())
    return told

names = json.loads(os.environ["NAMES"])
told = {name: describe(name) for name in names}
# and once more, as if nothing had been imported
for name in names:
    sys.modules.pop(name, None)
importlib.invalidate_caches()
told.update({name + " again": describe(name) for name in names})
with open(os.environ["TOLD"], "w") as file:
    json.dump(told, file)
"""

ELSEWHERE = ["../zipped.zip", ".", "../elsewhere/../relative"]

LAYOUT = {
    "elsewhere/current.py": "VALUE = 'in the current directory'",
    "relative/related.py": "VALUE = 'below a relative path'",
    "plain.py": "VALUE = 'module'",
    "package/__init__.py": "VALUE = 'package'",
    "package/inner.py": "from . import beside\nfrom .beside import VALUE",
    "package/beside.py": "VALUE = 'beside'",
    "package/data.txt": "data",
    "both/__init__.py": "VALUE = 'a package comes before a module'",
    "both.py": "VALUE = 'module'",
    "empty/only.txt": "",
    "empty.py": "VALUE = 'a module comes before a directory without code'",
    "space/part.py": "VALUE = 'in a namespace package'",
    "space/deeper/part.py": "VALUE = 'in one within another'",
    "Case/__init__.py": "VALUE = 'upper'",
    "case.py": "VALUE = 'lower'",
    "söt.py": "VALUE = 'not ASCII'",
    "__init__x.py": "VALUE = 'an odd name'",
    "directory.py/inside.txt": "a directory that is named like a module",
    "broken.py": "1 / 0",
    "wrong.py": "def :",
    "lost.py": "import not_there_at_all",
    "space2/__init__/x.txt": "a directory that is named like a package's code",
    "space2/part.py": "VALUE = 'in a namespace package, in spite of it'",
}
NAMES = r"""
    plain package package.inner package.beside package.none both empty empty.only space space.part space.deeper
    space.deeper.part space.none case Case CASE söt __init__x directory broken wrong lost space2 space2.part
    linked linked_package linked_package.inner dangling pipe compiled compiled_package native.{native} zipped
    plain.none current related a\0b a\udc80b
"""


def native_module() -> Path:
    """An extension module from Python's standard library."""
    directory = Path(sysconfig.get_path("platstdlib")) / "lib-dynload"
    return min(directory.glob("_*.so"))


def odd_layout(root: Path) -> list[str]:
    """Make a package with an odd layout. The names of its modules."""
    write_files(root, LAYOUT)
    (root / "linked.py").symlink_to("package/beside.py")
    (root / "linked_package").symlink_to("package")
    (root / "dangling.py").symlink_to("nowhere.py")
    os.mkfifo(root / "pipe.py")
    for name in ("compiled.py", "compiled_package/__init__.py"):
        source = write_files(root, {name: f"VALUE = {name!r}"}) / name
        code = "import py_compile, sys; py_compile.compile(sys.argv[1], sys.argv[1] + 'c')"
        subprocess.run([sys.executable, "-c", code, source], check=True)
        source.unlink()
    native = native_module()
    (root / "native").mkdir()
    shutil.copy(native, root / "native")
    with zipfile.ZipFile(root / "zipped.zip", "w") as archive:
        archive.writestr("zipped.py", "VALUE = 'in an archive'")
    names = [
        name.encode().decode("unicode_escape") if "\\" in name else name for name in NAMES.split()
    ]
    return [name.format(native=native.name.partition(".")[0]) for name in names]


def told_by(run: Callable[[dict[str, str]], object], names: list[str], where: Path) -> object:
    """What the probe has found."""
    run({**os.environ, "NAMES": json.dumps(names), "TOLD": str(where)})
    return json.loads(where.read_text())


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"PYTHONOPTIMIZE": "1", "PYTHONPYCACHEPREFIX": "{}"},
        pytest.param({"PYTHONOPTIMIZE": "1"}, marks=pytest.mark.long),
        pytest.param({"PYTHONPYCACHEPREFIX": "{}"}, marks=pytest.mark.long),
    ],
)
def test_modules_are_those_that_python_finds(
    variables: dict[str, str], build: Build, tmp_path: Path
) -> None:
    root = tmp_path / "root"
    names = odd_layout(root)
    variables = {name: text.format(tmp_path / "cache") for name, text in variables.items()}
    write_files(root, {"probe.py": PROBE})
    start = f"import os, sys; os.chdir({str(root / 'elsewhere')!r}); sys.path += {ELSEWHERE}; import probe"
    package = write_files(root / "shop", {**example(), "__init__.py": start})

    def by_python(env: dict[str, str]) -> None:
        code = f"import sys; sys.path[:1] = [{str(root)!r}]; {start}"
        subprocess.run([sys.executable, "-c", code], check=True, env={**env, **variables}, cwd="/")

    def by_us(env: dict[str, str]) -> None:
        result = build(package, tmp_path / "out", env={**env, **variables}, cwd="/")
        assert result.returncode == 0, result.stderr

    expected = told_by(by_python, names, tmp_path / "expected")
    found = told_by(by_us, names, tmp_path / "found")
    assert found == expected


def test_modules_written_during_an_import_are_found(build: Build, tmp_path: Path) -> None:
    """Although the directory was read a moment before, and may still have the same modification time."""
    code = """
import importlib, pathlib

here = pathlib.Path(__file__).parent
for number in range(200):
    try:
        importlib.import_module(f"{__name__}.late_{number}")
    except ModuleNotFoundError:
        pass
    (here / f"late_{number}.py").write_text(f"VALUE = {number}")
    assert importlib.import_module(f"{__name__}.late_{number}").VALUE == number
    (here / f"late_{number}.py").unlink()
    (here / f"late_{number}").mkdir()
    (here / f"late_{number}/__init__.py").write_text(f"VALUE = -{number}")
    assert importlib.reload(importlib.import_module(f"{__name__}.late_{number}")).VALUE == -number
"""
    package = write_files(tmp_path / "shop", {**example(), "__init__.py": code})
    result = build(package, tmp_path / "out")
    assert result.returncode == 0, result.stderr


def test_a_module_can_become_a_package_and_a_module_again(
    serve: Callable[..., Server], package: Path
) -> None:
    """While the package is served."""
    server = serve(package)
    helper = package / "components/button/helper.py"
    with listen(server) as page:
        write_files(package, {"components/button/helper.py": "TEXT = 'of a module'"})
        (package / "components/button/stories.py").write_text(USES_HELPER)
        wait_for_page(server, page, "of a module")
        helper.rename(helper.with_suffix(".old"))
        write_files(package, {"components/button/helper/__init__.py": "TEXT = 'of a package'"})
        wait_for_page(server, page, "of a package")
        shutil.rmtree(package / "components/button/helper")
        helper.with_suffix(".old").rename(helper)
        wait_for_page(server, page, "of a module")


def test_a_project_that_was_moved_shows_its_sources(build: Build, tmp_path: Path) -> None:
    """Although the files in which Python keeps code have the old paths."""
    page = Path("components/button/first/index.html")
    write_files(tmp_path / "here" / "shop", example())
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    build(tmp_path / "here" / "shop", tmp_path / "out", env=env)
    expected = (tmp_path / "out" / page).read_text()
    assert "<b>Component</b>" in expected
    for file in tmp_path.glob("here/**/*.pyc"):  # those as old as their sources are not trusted
        os.utime(file, (later := file.stat().st_mtime + 10, later))
    (tmp_path / "here").rename(tmp_path / "there")
    build(tmp_path / "there" / "shop", tmp_path / "again", env=env)
    assert (tmp_path / "again" / page).read_text() == expected
