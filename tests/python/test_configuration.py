"""[tool.storytime] in pyproject.toml: its settings, their precedence, and errors in it."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import PREVIEW, Server, run, shows, write_files

type Build = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def configure(package: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Write the table. Returns the project's directory."""

    def write(table: str) -> Path:
        (tmp_path / "pyproject.toml").write_text(
            f"[project]\nname = 'shop'\n\n[tool.storytime]\n{table}"
        )
        return tmp_path

    return write


def test_a_build_needs_no_argument(build: Build, configure: Callable[[str], Path]) -> None:
    project = configure("package = 'shop'\n")
    result = build(cwd=project)
    assert result.returncode == 0, result.stderr
    assert (project / "storytime-static/index.html").exists()


def test_paths_are_relative_to_the_file(build: Build, configure: Callable[[str], Path]) -> None:
    project = configure("package = 'shop'\noutput = 'public/catalog'\n")
    (project / "below/it").mkdir(parents=True)
    result = build(cwd=project / "below/it")
    assert result.returncode == 0, result.stderr
    assert (project / "public/catalog/index.html").exists()


def test_the_package_may_be_a_dotted_name(
    build: Build, configure: Callable[[str], Path], package: Path
) -> None:
    project = configure("package = 'app.shop'\n")
    (project / "app").mkdir()
    (project / "app/__init__.py").touch()
    package.rename(project / "app/shop")
    for path in (project / "app/shop").rglob("*.py"):
        path.write_text(path.read_text().replace("from shop.", "from app.shop."))
    assert build(cwd=project).returncode == 0


def test_the_file_may_be_in_the_package(build: Build, program: Path, package: Path) -> None:
    (package / "pyproject.toml").write_text("[tool.storytime]\npackage = '.'\n")
    shown = run(program, "doctor", cwd=package).stdout.splitlines()
    assert ["package", str(package)] in [line.split() for line in shown]
    assert build(cwd=package).returncode == 0
    assert (package / "storytime-static/index.html").exists()


def test_the_command_line_wins(build: Build, configure: Callable[[str], Path]) -> None:
    project = configure("package = 'missing'\noutput = 'elsewhere'\n")
    result = build("shop", "out", cwd=project)
    assert result.returncode == 0, result.stderr
    assert (project / "out/index.html").exists()
    assert not (project / "elsewhere").exists()


def test_without_a_package_the_error_names_the_setting(build: Build, tmp_path: Path) -> None:
    result = build(cwd=tmp_path)
    assert result.returncode == 2
    assert "no package given: name one, or set `package` in [tool.storytime]" in result.stderr


def test_serve_uses_the_options_of_the_configuration(
    serve: Callable[..., Server], configure: Callable[[str], Path]
) -> None:
    configure("package = 'shop'\nuse-subinterpreters = true\nwith-assertions = false\n")
    server = serve(subinterpreters=False)
    assert shows("Buy") in server.get(PREVIEW)
    assert "Created a pool of 2 interpreters" in server.log


def test_the_command_line_can_switch_off_a_setting(
    serve: Callable[..., Server], configure: Callable[[str], Path]
) -> None:
    configure("package = 'shop'\nuse-subinterpreters = true\n")
    server = serve("--no-use-subinterpreters", subinterpreters=False)
    assert shows("Buy") in server.get(PREVIEW)
    assert "Created a pool" not in server.log


def test_build_uses_the_python_of_the_configuration(
    build: Build, configure: Callable[[str], Path], environment: Path, package: Path
) -> None:
    project = configure(f"package = 'shop'\npython = '{environment.name}/bin/python'\n")
    stories = package / "stories.py"
    stories.write_text(
        "import sys\nfrom pathlib import Path\n"
        "Path(__file__).with_name('seen').write_text(sys.prefix)\n" + stories.read_text()
    )
    result = build(cwd=project)
    assert result.returncode == 0, result.stderr
    assert (package / "seen").read_text() == str(environment)


def test_unknown_keys_and_wrong_types_are_named_once(
    build: Build, configure: Callable[[str], Path]
) -> None:
    project = configure(
        "package = 'shop'\nuse-subinterpreter = true\nport = 'many'\nstrict = 1\nbuild-timeout = 5\n"
    )
    result = build(cwd=project)
    assert result.returncode == 0, result.stderr
    assert result.stderr.count("did you mean 'use-subinterpreters'?") == 1
    assert "'strict' in [tool.storytime] must be true or false" in result.stderr
    # A build ignores settings of serve, such as the port.
    assert result.stderr.count("WARNING") == 2


def test_static_directories_of_the_configuration_are_published(
    build: Build, configure: Callable[[str], Path], package: Path
) -> None:
    project = configure(
        "package = 'shop'\nstatic-dirs = [{ from = 'app/static', to = '/assets' }, 'public']\n"
    )
    files = {"app/static/app.css": "a{}", "public/robots.txt": "no"}
    write_files(project, files)
    result = build(cwd=project / "app")
    assert result.returncode == 0, result.stderr
    assert (project / "storytime-static/assets/app.css").read_text() == "a{}"
    assert (project / "storytime-static/robots.txt").read_text() == "no"


def test_invalid_toml_is_reported(build: Build, configure: Callable[[str], Path]) -> None:
    project = configure("package = \n")
    result = build("shop", "out", cwd=project)
    assert result.returncode == 2
    assert "STY106" in result.stderr
    assert "line 5" in result.stderr


def test_a_file_without_the_table_is_ignored(
    build: Build, configure: Callable[[str], Path]
) -> None:
    project = configure("output = 'above'\n")
    (project / "shop/pyproject.toml").write_text("[project]\nname = 'other'\n")
    assert build("shop", cwd=project).returncode == 0
    assert (project / "above/index.html").exists()


def test_a_file_that_only_mentions_storytime_is_ignored(
    build: Build, configure: Callable[[str], Path]
) -> None:
    project = configure("output = 'above'\n")
    (project / "shop/pyproject.toml").write_text(
        "[dependency-groups]\ndev = ['storytime']\n\n[tool.ruff]\nline-length = 100\n"
    )
    assert build("shop", cwd=project).returncode == 0
    assert (project / "above/index.html").exists()


def test_doctor_shows_each_static_directory(
    program: Path, configure: Callable[[str], Path]
) -> None:
    project = configure(
        "package = 'shop'\nstatic-dirs = [{ from = 'app/static', to = '/assets' }, 'public']\n"
    )
    shown = run(program, "doctor", cwd=project).stdout
    lines = [line.split() for line in shown.splitlines() if "--static-dir" in line]
    assert lines == [
        ["--static-dir", f"{project}/app/static:/assets"],
        ["--static-dir", f"{project}/public"],
    ]


def test_doctor_shows_the_values_and_their_file(
    program: Path, configure: Callable[[str], Path]
) -> None:
    project = configure("package = 'shop'\nport = 9321\nuse-subinterpreters = true\n")
    result = run(program, "doctor", cwd=project)
    assert result.returncode == 0, result.stdout
    lines = dict(line.split(maxsplit=1) for line in result.stdout.splitlines() if " " in line)
    assert lines["configuration"] == str(project / "pyproject.toml")
    assert lines["package"] == str(project / "shop")
    assert lines["--port"] == "9321"
    assert lines["--use-subinterpreters"] == "yes"
    assert "--host" not in lines


def test_a_change_of_the_configuration_is_logged_while_serving(
    serve: Callable[..., Server], configure: Callable[[str], Path]
) -> None:
    project = configure("package = 'shop'\n")
    server = serve()
    fresh = write_files(project, {"fresh.toml": "[tool.storytime]\npackage = 'shop'\nport = 1\n"})
    os.replace(fresh / "fresh.toml", project / "pyproject.toml")
    server.wait_for(r"pyproject.toml has changed: restart storytime")
    assert server.log.count("has changed: restart") == 1
