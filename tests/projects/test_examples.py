"""The projects of examples/projects/ are built and served, and saves of templates, stylesheets and modules show."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from support import Server, listen, tree, wait_for_page
from support.installing import command

PROJECTS = Path(__file__).parents[2] / "examples/projects"


@dataclass
class Edit:
    """A replacement in a file, and the page that shows it."""

    file: str
    old: str
    new: str
    page: str


EXAMPLES = {
    "fastapi-jinja": [
        Edit("app/templates/components/contact_card.html", "<h2>", "<h2>Dr. ", "contact_card/away"),
        Edit(
            "app/templates/components/macros.html",
            "{{ status }}</span>",
            "is {{ status }}</span>",
            "contact_card/away",
        ),
        Edit("app/templates/base.html", "<main>", "<main id=main>", "contact_list/empty"),
        Edit("app/models.py", ".upper()", ".lower()", "contact_list/two-contacts"),
        Edit("app/static/app.css", "#4338ca", "#123456", "static/app.css"),
    ],
    "django": [
        Edit(
            "shop/templates/shop/product_card.html", "Add to basket", "Buy", "product_card/in-stock"
        ),
        Edit("shop/templates/shop/base.html", "<main>", "<main id=main>", "basket/empty"),
        Edit("shop/templatetags/money.py", "€ ", "EUR ", "basket/two-products"),
        Edit("shop/static/shop/shop.css", "#0f766e", "#123456", "static/shop/shop.css"),
    ],
    "htpy": [
        Edit("app/components.py", "kind.title()", "kind.upper()", "notice/warning"),
        Edit("app/static/site.css", "#0369a1", "#123456", "static/site.css"),
    ],
    "fasthtml": [
        Edit("app/components.py", "Nothing to do.", "All is done.", "task_list/empty"),
        Edit("app/static/tasks.css", "#6b7280", "#123456", "static/tasks.css"),
    ],
    "htmx-tailwind": [
        Edit("app/components.py", "Find a book", "Look for a book", "search/all-books"),
        Edit("app/static/app.css", "--spacing: 0.25rem", "--spacing: 0.3rem", "static/app.css"),
    ],
    "src-layout": [
        Edit("src/ledger/currencies.toml", "€", "EUR", "amount/credit"),
        Edit("src/ledger/components.py", "Balance", "Total", "account/empty"),
        Edit("src/ledger/static/ledger.css", "#b91c1c", "#123456", "static/ledger.css"),
    ],
    "data-frames": [
        Edit("data/sales.csv", "1420", "987654", "tables/sales"),
        Edit("report/charts.py", "#0369a1", "#123456", "charts/stacked"),
        Edit("report/static/report.css", "#1e293b", "#123456", "static/report.css"),
    ],
}
SHOWN = {
    ".lower()": ">al<",
    "kind.upper()": "WARNING",
    "<h2>Dr. ": "<h2>Dr. Ada",
    "is {{ status }}</span>": "is away",
}


IN_LONG_RUNS = ("data-frames", "django")
"""Projects of which each build takes long. Their libraries have tests of their own in every run."""


@pytest.fixture(
    params=[
        pytest.param(name, marks=pytest.mark.long if name in IN_LONG_RUNS else [])
        for name in EXAMPLES
    ]
)
def name(request: pytest.FixtureRequest) -> str:
    """The name of each project."""
    return str(request.param)


@pytest.fixture
def project(name: str, tmp_path: Path) -> Path:
    """A copy of a project, to edit."""
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "storytime-static")
    return shutil.copytree(PROJECTS / name, tmp_path / name, ignore=ignored)


@pytest.fixture
def python(name: str, project: Path, libraries: Path, tmp_path: Path) -> Path:
    """The environment that a project's README asks for."""
    if name != "src-layout":
        return libraries
    environment = tmp_path / "environment"
    command(sys.executable, "-m", "venv", "--without-pip", environment)
    site = next(environment.glob("lib/*/site-packages"))
    (site / "libraries.pth").write_text(f"{next(libraries.glob('lib/*/site-packages'))}\n")
    install = (
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
        "-e",
        project,
    )
    command(libraries / "bin/python", "-m", "pip", "--python", environment / "bin/python", *install)
    return environment


def page_of(edit: Edit) -> str:
    """The preview or stylesheet that shows an edit."""
    return edit.page if edit.page.startswith("static/") else f"{edit.page}/preview.html"


def shown_by(edit: Edit) -> str:
    """The text that the page of an edit then contains."""
    return SHOWN.get(edit.new, edit.new)


def test_an_example_is_built_and_each_save_shows(
    build: Callable[..., subprocess.CompletedProcess[str]],
    serve: Callable[..., Server],
    name: str,
    project: Path,
    python: Path,
    tmp_path: Path,
) -> None:
    """The server makes the same files as a build, also when all files have been restored."""
    built, served = tmp_path / "built", tmp_path / "served"
    result = build("stories", built, "--strict", "--python", python, cwd=project)
    assert result.returncode == 0, result.stderr
    assert "WARNING" not in result.stderr
    server = serve("stories", served, "-v", "--python", python, cwd=project, subinterpreters=False)
    assert "WARNING" not in server.log
    assert tree(built) == tree(served)
    edits = EXAMPLES[name]
    texts = {edit.file: (project / edit.file).read_text() for edit in edits}
    with listen(server) as page:
        for edit in edits:
            assert edit.old in texts[edit.file]
            assert shown_by(edit) not in server.get(page_of(edit))
            (project / edit.file).write_text(texts[edit.file].replace(edit.old, edit.new))
            wait_for_page(server, page, shown_by(edit), page_of(edit))
        for file, text in texts.items():
            (project / file).write_text(text)
        for edit in edits:
            while shown_by(edit) in server.get(page_of(edit)):
                page.reload()
        while tree(served) != tree(built):
            page.reload()
    assert len((PROJECTS / name / "README.md").read_text().splitlines()) <= 12
