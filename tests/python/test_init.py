"""`storytime init`: a first package for a project, whose stories render."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Server, run, write_files

COMPONENTS = {
    "app/__init__.py": "",
    "app/button.py": """
from string.templatelib import Template
from typing import Literal

def Button(*, label: str, kind: Literal["primary", "quiet"], disabled: bool = False) -> Template:
    return t"<button class={kind} disabled={disabled}>{label}</button>"

def _private(*, label: str):
    return t"<i>{label}</i>"

def needs_a_database(*, connection: "Connection"):
    return t"<p>{connection.name}</p>"

def fails(*, count: int):
    return t"<p>{count / 0}</p>"
""",
    "app/price_tag.py": """
from dataclasses import dataclass
from string.templatelib import Template

@dataclass
class PriceTag:
    amount: float
    names: list[str]
    currency: str = "EUR"

    def __call__(self) -> Template:
        return t"<data value={self.amount}>{self.amount:.2f} {self.currency}</data>"
""",
    "app/broken.py": "def f(:\n",
}
JINJA = {
    "web/templates/macros.html": "{% macro badge(text, kind='info') %}<b class={{ kind }}>{{ text }}</b>{% endmacro %}",
    "web/templates/card.html": "<article><h2>{{ heading }}</h2></article>",
    "web/templates/page.html": "{% extends 'base.html' %}{% block main %}{% endblock %}",
}


def pages(out: Path) -> set[str]:
    """The stories' previews, by their paths."""
    return {str(path.parent.relative_to(out)) for path in out.rglob("preview.html")}


@pytest.fixture
def init(program: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `storytime init` in a project, whose package is then built without a fault."""

    def start(files: dict[str, str]) -> subprocess.CompletedProcess[str]:
        project = write_files(tmp_path / "my_shop", files)
        result = run(program, "init", cwd=project)
        assert result.returncode == 0, result.stderr
        built = run(program, "build", cwd=project)
        assert built.returncode == 0, built.stderr
        assert "WARNING" not in built.stderr
        return result

    return start


def test_functions_and_dataclasses(
    init: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    result = init(COMPONENTS)
    project = tmp_path / "my_shop"
    out = project / "storytime-static"
    assert pages(out) == {"button/default", "button/disabled", "price_tag/default"}
    preview = (out / "button/default/preview.html").read_text()
    assert '<button class="primary">Label</button>' in preview
    assert "1.50 EUR" in (out / "price_tag/default/preview.html").read_text()
    assert "My shop" in (out / "index.html").read_text()
    assert result.stdout.rstrip().endswith("Next: storytime serve")
    assert "use-subinterpreters = true" in (project / "pyproject.toml").read_text()


def test_macros_and_templates_of_jinja(
    init: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, program: Path
) -> None:
    if run(program, "doctor").returncode != 0:
        pytest.skip("no Python")
    project = write_files(tmp_path / "my_shop", JINJA)
    result = run(program, "init", "--python", "python3", cwd=project)
    assert result.returncode == 0, result.stderr
    built = run(program, "build", "--python", "python3", cwd=project)
    assert built.returncode == 0, built.stderr
    out = project / "storytime-static"
    if pages(out) == {"greeting/default", "greeting/loud"}:
        pytest.skip("Jinja is not installed")
    assert pages(out) == {"badge/default", "card/default"}
    assert "<b class=info>Text</b>" in (out / "badge/default/preview.html").read_text()
    assert "<h2>Heading</h2>" in (out / "card/default/preview.html").read_text()


def test_a_src_layout(
    init: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    init({f"src/{name}": text for name, text in COMPONENTS.items()})
    assert "button/default" in pages(tmp_path / "my_shop/storytime-static")


def test_a_project_with_nothing_that_it_understands(
    init: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
    serve: Callable[..., Server],
) -> None:
    init({"readme.txt": "nothing"})
    project = tmp_path / "my_shop"
    server = serve(cwd=project, subinterpreters=False)
    assert "Hello, <strong>World</strong>!" in server.get("greeting/default/preview.html")
    assert "Created a pool" in server.log


def test_nothing_is_overwritten(program: Path, tmp_path: Path) -> None:
    files = {"stories/mine.py": "MINE = 1\n", "pyproject.toml": "[project]\nname = 'x'\n"}
    project = write_files(tmp_path / "project", files)
    result = run(program, "init", project)
    assert result.returncode == 2
    assert "nothing is overwritten" in result.stderr
    assert {path.name for path in project.rglob("*") if path.is_file()} == {
        "mine.py",
        "pyproject.toml",
    }


def test_a_configuration_is_kept_and_added_to(program: Path, tmp_path: Path) -> None:
    for text in ("[project]\nname = 'x'", "[tool.storytime]\npackage = 'mine'\n"):
        project = write_files(tmp_path / str(len(text)), {"pyproject.toml": text})
        assert run(program, "init", project).returncode == 0
        after = (project / "pyproject.toml").read_text()
        assert after.startswith(text)
        assert after.count("[tool.storytime]") == 1


def test_static_directories_are_published_where_applications_serve_them(
    init: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    init(
        {
            "pyproject.toml": "[project]\nname = 'corner-shop'\n",
            "app/static/css/app.css": ".button { color: teal }",
            "app/button.py": "from string.templatelib import Template\n\ndef Button(*, label: str) -> Template:\n"
            '    return t\'<link rel="stylesheet" href="/static/css/app.css"><button>{label}</button>\'\n',
            "other/static/css/other.css": "",
            "third/static/css/app.css": "/* its place is taken */",
            "node_modules/x/static/x.css": "",
        }
    )
    project = tmp_path / "my_shop"
    out = project / "storytime-static"
    assert "teal" in (out / "static/css/app.css").read_text()
    assert (out / "static/css/other.css").exists()
    assert not (out / "static/x.css").exists()
    assert 'href="../../static/css/app.css"' in (out / "button/default/preview.html").read_text()
    assert "Corner shop" in (out / "index.html").read_text()


def test_a_directory_that_is_not_there(program: Path, tmp_path: Path) -> None:
    result = run(program, "init", tmp_path / "missing")
    assert result.returncode == 2
    assert "there is no directory" in result.stderr
