"""`storytime init` writes a first package of stories for a project, and these render."""

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
    "app/note.py": """
from dataclasses import dataclass
from html import escape

@dataclass
class Note:
    text: str

    def __html__(self) -> str:
        return f"<aside>{escape(self.text)}</aside>"

@dataclass
class Fails:
    text: str

    def __html__(self) -> str:
        return self.text / 2
""",
    "app/tag.py": """
from enum import Enum
from string.templatelib import Template
from typing import Annotated, Literal, Optional

class Size(Enum):
    S = "s"

def Tag(
    *, kind: Annotated[Literal["calm", "loud"], "how"], sizes: list[Literal["s", "m"]],
    edge: Optional[Literal["round"]], names: Literal["all"] | list[str],
) -> Template:
    return t"<b class={kind} data-edge={edge} title={names}>{len(sizes)}</b>"

def Sized(*, size: Literal[Size.S]) -> Template:
    return t"<i>{size.value}</i>"
""",
    "app/broken.py": "def f(:\n",
}
JINJA = {
    "web/templates/macros.html": (
        "{% macro badge(text, kind='info') %}<b class={{ kind }}>{{ text }}</b>{% endmacro %}"
        "{% macro line(text, classes=['a', 'b'], edge=('x', 'y')) %}<u>{{ text }}{{ classes|length }}</u>{% endmacro %}"
        "{# {% macro gone(text) %}{% endmacro %} #}"
    ),
    "web/templates/card.html": "<article><h2>{{ heading }}</h2></article>",
    "web/templates/page.html": "{% extends 'base.html' %}{% block main %}{% endblock %}",
}


def pages(out: Path) -> set[str]:
    """The directories of all stories' previews."""
    return {str(path.parent.relative_to(out)) for path in out.rglob("preview.html")}


@pytest.fixture
def init(program: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `storytime init` in a project. The package is then built without a warning."""

    def start(files: dict[str, str]) -> subprocess.CompletedProcess[str]:
        project = write_files(tmp_path / "my_shop", files)
        result = run(program, "init", cwd=project)
        assert result.returncode == 0, result.stderr
        built = run(program, "build", cwd=project)
        assert built.returncode == 0, built.stderr
        assert "WARNING" not in built.stderr
        return result

    return start


def test_init_writes_stories_for_functions_and_dataclasses(
    init: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    result = init(COMPONENTS)
    project = tmp_path / "my_shop"
    out = project / "storytime-static"
    assert pages(out) == {
        "button/default",
        "button/disabled",
        "note/default",
        "price_tag/default",
        "tag/default",
    }
    preview = (out / "button/default/preview.html").read_text()
    assert '<button class="primary">Label</button>' in preview
    assert "<aside>Text</aside>" in (out / "note/default/preview.html").read_text()
    assert "1.50 EUR" in (out / "price_tag/default/preview.html").read_text()
    tag = (out / "tag/default/preview.html").read_text()
    assert '<b class="calm" data-edge="round" title="all">3</b>' in tag
    assert "Sized: storytime cannot make up values for Literal[Size.S]" in result.stdout
    assert "My shop" in (out / "index.html").read_text()
    assert result.stdout.rstrip().endswith("Next: storytime serve")
    assert "use-subinterpreters = true" in (project / "pyproject.toml").read_text()


def test_init_renders_nothing_but_markup_of_the_application(
    init: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    """Not SQL, nor what tests and functions without a result do with a t-string."""
    start = "from pathlib import Path\n\ndef do(template):\n    Path(__file__).with_suffix('.done').touch()\n\n"
    delete = (
        "def delete(*, name: str):\n    return do(t'DELETE FROM customers WHERE name = {name}')\n"
    )
    save = "def save(*, name: str) -> None:\n    do(t'<p>{name}</p>')\n"
    test = "def test_label(label='Buy'):\n    do(t'<p>{label}</p>')\n"
    files = {
        "app/database.py": start + delete + save,
        "app/test_button.py": start + test,
        "app/button_test.py": start + test,
        "conftest.py": start + test,
    }
    init(COMPONENTS | files)
    project = tmp_path / "my_shop"
    assert not list(project.rglob("*.done"))
    assert {page.partition("/")[0] for page in pages(project / "storytime-static")} == {
        "button",
        "note",
        "price_tag",
        "tag",
    }


def test_components_may_have_the_names_of_files_in_the_package(
    init: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    names = ("Stories", "Static", "Jinja", "DjangoTemplates")
    init({"app.py": "".join(f"def {name}():\n    return t'<p>{name}</p>'\n" for name in names)})
    out = tmp_path / "my_shop/storytime-static"
    assert pages(out) == {
        "stories_/default",
        "static_/default",
        "jinja_/default",
        "django_templates_/default",
    }


def test_init_shows_asynchronous_components_and_names_results_that_are_no_html(
    init: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    text = """
class Response:
    def __init__(self, content):
        self.content = content

async def load(name):
    return name

async def Later(*, name: str):
    return t"<p>{await load(name)}</p>"

async def Items(*, name: str):
    yield t"<li>{name}</li>"

def Listed(*, name: str):
    return [t"<i>{name}</i>", "<i>Two</i>"]

def handler(*, name: str):
    return Response(t"<p>{name}</p>")

async def fails(*, name: str):
    return t"<p>{await load(name) / 2}</p>"
"""
    result = init({"app.py": text})
    out = tmp_path / "my_shop/storytime-static"
    assert pages(out) == {"later/default", "items/default", "listed/default"}
    assert "<p>Name</p>" in (out / "later/default/preview.html").read_text()
    assert "app: handler: it returned Response, which is no HTML" in result.stdout
    assert "app: fails: TypeError: " in result.stdout


def test_init_writes_stories_for_jinja_macros_and_templates(
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
    assert pages(out) == {"badge/default", "card/default", "line/default"}
    assert "<u>Text2</u>" in (out / "line/default/preview.html").read_text()
    assert "<b class=info>Text</b>" in (out / "badge/default/preview.html").read_text()
    assert "<h2>Heading</h2>" in (out / "card/default/preview.html").read_text()


def test_a_src_layout(
    init: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    init({f"src/{name}": text for name, text in COMPONENTS.items()})
    assert "button/default" in pages(tmp_path / "my_shop/storytime-static")


@pytest.mark.parametrize("installed", [False, True], ids=["plain", "editable"])
def test_init_writes_stories_for_the_packages_of_a_workspace(
    program: Path, tmp_path: Path, environment: Path, site: Path, installed: bool
) -> None:
    """Each has its own `src`. Stories import them by the names that the application uses."""
    uses = "from string.templatelib import Template\nfrom ui.button import Button\n"
    card = "def Card(*, label: str) -> Template:\n    return t'<p><{Button} label={label} kind=\"quiet\" /></p>'\n"
    files = {
        "packages/kit/src/ui/__init__.py": "",
        "packages/kit/src/ui/button.py": COMPONENTS["app/button.py"],
        "packages/web/src/web/__init__.py": "",
        "packages/web/src/web/card.py": uses + card,
    }
    project = write_files(tmp_path / "work", files)
    sources = [project / "packages/kit/src", project / "packages/web/src"]
    if installed:
        (site / "work.pth").write_text("".join(f"{path}\n" for path in sources))
    result = run(program, "init", "--python", environment, cwd=project)
    assert result.returncode == 0, result.stderr
    built = run(program, "build", "--python", environment, cwd=project)
    assert built.returncode == 0, built.stderr
    assert "card/default" in pages(project / "storytime-static")
    assert "from ui.button import Button" in (project / "stories/button/stories.py").read_text()
    assert ("sys.path" in (project / "stories/stories.py").read_text()) is not installed


def test_init_writes_an_example_if_it_finds_no_components(
    init: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
    serve: Callable[..., Server],
) -> None:
    init({"readme.txt": "nothing"})
    project = tmp_path / "my_shop"
    server = serve(cwd=project, subinterpreters=False)
    assert "Hello, <strong>World</strong>!" in server.get("greeting/default/preview.html")
    assert "Created a pool" in server.log


def test_init_overwrites_nothing(program: Path, tmp_path: Path) -> None:
    files = {"stories/mine.py": "MINE = 1\n", "pyproject.toml": "[project]\nname = 'x'\n"}
    project = write_files(tmp_path / "project", files)
    result = run(program, "init", project)
    assert result.returncode == 2
    assert "already exists; it has no stories.py" in result.stderr
    assert {path.name for path in project.rglob("*") if path.is_file()} == {
        "mine.py",
        "pyproject.toml",
    }


def test_init_keeps_the_configuration_and_adds_to_it(program: Path, tmp_path: Path) -> None:
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


def test_init_leaves_nothing_behind_if_it_is_interrupted(program: Path, tmp_path: Path) -> None:
    stops = "def Stops():\n    raise KeyboardInterrupt\n    return t'<p></p>'\n"
    project = write_files(tmp_path / "project", {"app.py": stops})
    assert run(program, "init", project).returncode != 0
    assert [path.name for path in project.iterdir()] == ["app.py"]


def test_init_of_a_missing_directory_is_an_error(program: Path, tmp_path: Path) -> None:
    result = run(program, "init", tmp_path / "missing")
    assert result.returncode == 2
    assert "there is no directory" in result.stderr


@pytest.fixture
def init_with(
    program: Path, tmp_path: Path, libraries: Path
) -> Callable[..., tuple[Path, subprocess.CompletedProcess[str]]]:
    """Run `storytime init` with the libraries, and build without an error. Returns OUT and the result of init."""

    def start(files: dict[str, str]) -> tuple[Path, subprocess.CompletedProcess[str]]:
        project = write_files(tmp_path / "my_shop", files)
        result = run(program, "init", "--python", libraries, cwd=project)
        assert result.returncode == 0, result.stderr
        built = run(program, "build", "--python", libraries, cwd=project)
        assert built.returncode == 0, built.stderr
        return project / "storytime-static", result

    return start


FLASK = """
from flask import Flask

def create_app():
    app = Flask(__name__)
    app.context_processor(lambda: {"shop": "Corner shop"})
    return app
"""


def test_init_writes_stories_for_flask_templates(
    init_with: Callable[..., tuple[Path, subprocess.CompletedProcess[str]]],
) -> None:
    templates = {
        "base.html": "<title>{{ shop }}</title>{% block main %}{% endblock %}",
        "cart/index.html": "{% extends 'base.html' %}{% block main %}<a href={{ url_for('static', filename='x.css') }}>"
        "{{ total }}</a>{% for item in cart.items_of %}{{ item }}{% endfor %}{% endblock %}",
        "cart/item.html": "<h2>{{ item.product['name'] }}</h2>{% for tag in tags %}<i>{{ tag.word }}</i>{% endfor %}",
        "cart/needs.html": "{% extends 'base.html' %}{% block main %}{{ form.render() }}{% endblock %}",
    }
    files = {f"web/templates/{name}": text for name, text in templates.items()}
    out, result = init_with(files | {"web/__init__.py": FLASK})
    assert pages(out) == {"item/default", "cart_index/default"}
    page = (out / "cart_index/default/preview.html").read_text()
    assert "<title>Corner shop</title>" in page
    assert ">Total</a>" in page
    item = (out / "item/default/preview.html").read_text()
    assert "<h2>Name</h2><i>Word</i><i>Word</i>" in item
    assert "stories.jinja: page('cart/needs.html'): " in result.stdout


BLUEPRINTS = """
from flask import Blueprint, Flask

def create_app():
    app = Flask(__name__)
    admin = Blueprint("admin", "web.admin", static_folder="assets")
    users = Blueprint("users", "web.users", static_folder="static", static_url_path="/users/files")
    admin.register_blueprint(users)
    app.register_blueprint(admin, url_prefix="/admin")
    return app
"""


def test_static_directories_of_flask_blueprints_are_published_where_they_are_served(
    init_with: Callable[..., tuple[Path, subprocess.CompletedProcess[str]]],
) -> None:
    card = "<img src=\"{{ url_for('admin.users.static', filename='style.css') }}\">"
    styles = {"static": "teal", "admin/assets": "coral", "users/static": "olive"}
    files = {f"web/{name}/style.css": f"b {{ color: {styles[name]} }}" for name in styles}
    files |= {"web/admin/__init__.py": "", "web/users/__init__.py": ""}
    out, _ = init_with(files | {"web/__init__.py": BLUEPRINTS, "web/templates/card.html": card})
    assert "teal" in (out / "static/style.css").read_text()
    assert "coral" in (out / "admin/assets/style.css").read_text()
    assert "olive" in (out / "admin/users/files/style.css").read_text()
    page = (out / "card/default/preview.html").read_text()
    assert '"../../admin/users/files/style.css"' in page


FILTERED = "{% macro price(value) %}<b>{{ value|euros }}</b>{% endmacro %}"


def test_init_names_templates_that_need_more_than_jinja(
    init_with: Callable[..., tuple[Path, subprocess.CompletedProcess[str]]],
) -> None:
    files = JINJA | {
        "web/templates/price.html": FILTERED,
        "web/templates/sum.html": "{{ x|euros }}",
    }
    out, result = init_with(files)
    assert pages(out) == {"badge/default", "card/default", "line/default"}
    assert "macro('macros.html'" not in result.stdout
    assert (
        "web/templates/sum.html: TemplateAssertionError: No filter named 'euros'" in result.stdout
    )
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "application",
    [
        (
            "from fastapi.templating import Jinja2Templates\n"
            "templates = Jinja2Templates(directory='web/templates')\n"
            "templates.env.filters['euros'] = '{} EUR'.format\n"
        ),
        (
            "from jinja2 import Environment, FileSystemLoader\n"
            "environment = Environment(loader=FileSystemLoader('web/templates'))\n"
            "environment.filters['euros'] = '{} EUR'.format\n"
        ),
    ],
    ids=["fastapi", "jinja"],
)
def test_templates_of_an_application_are_rendered_by_its_own_environment(
    init_with: Callable[..., tuple[Path, subprocess.CompletedProcess[str]]], application: str
) -> None:
    files = {
        "web/__init__.py": "",
        "web/templating.py": application,
        "web/templates/price.html": FILTERED,
    }
    out, result = init_with(files)
    assert pages(out) == {"price/default"}
    assert "<b>Value EUR</b>" in (out / "price/default/preview.html").read_text()
    assert "write their stories yourself" not in result.stdout


def test_init_survives_an_application_that_fails_or_exits_at_import(
    init_with: Callable[..., tuple[Path, subprocess.CompletedProcess[str]]],
) -> None:
    files = JINJA | {
        "web/main.py": "import sys\nfrom jinja2 import Environment\nenvironment = Environment()\nsys.exit(3)\n",
        "web/ends.py": "raise SystemExit\ndef Ends():\n    return t'<p></p>'\n",
    }
    out, result = init_with(files)
    assert pages(out) == {"badge/default", "card/default", "line/default"}
    assert "macro('macros.html'" not in result.stdout
    assert "web.ends: Ends: SystemExit" in result.stdout


def test_django_is_set_up_with_the_settings_of_manage_py(
    init_with: Callable[..., tuple[Path, subprocess.CompletedProcess[str]]],
) -> None:
    manage = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")\n'
    component = (
        "from django.conf import settings\n"
        "def Footer():\n    return t'<footer>{settings.SHOP}</footer>'\n"
    )
    files = {
        "manage.py": manage,
        "config/__init__.py": "",
        "config/settings.py": "SECRET_KEY = 'x'\nSHOP = 'Corner shop'\n",
        "shop/__init__.py": "",
        "shop/footer.py": component,
    }
    out, _ = init_with(files)
    assert "<footer>Corner shop</footer>" in (out / "footer/default/preview.html").read_text()


DJANGO_SETTINGS = """
from pathlib import Path

SECRET_KEY = "for the stories alone"
INSTALLED_APPS = ["django.contrib.staticfiles", "django.contrib.contenttypes", "django.contrib.auth", "shop"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
STATIC_URL = "assets/"
STATICFILES_DIRS = [Path(__file__).parents[1] / "public"]
"""
DJANGO = {
    "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")\n',
    "config/__init__.py": "",
    "config/settings.py": DJANGO_SETTINGS,
    "public/site.css": "p { color: teal }",
    "shop/__init__.py": "",
    "shop/static/shop/shop.css": "",
    "shop/templates/shop/page.html": "{% extends 'shop/base.html' %}{% block main %}<h1>{{ kind }}</h1>{% endblock %}",
    "shop/templates/shop/base.html": "{% block main %}{% endblock %}",
    "shop/templates/shop/card.html": (
        "<h2>{{ product.name|upper }}</h2>{% with price=product.price %}<b>{{ price }}</b>{% endwith %}"
        "{% for tag in product_tags %}<i>{{ tag.name }}</i>{% endfor %}"
        "{% for word in words %}<u>{{ word }}</u>{% endfor %}"
    ),
    "shop/templates/shop/odd.html": "{% load nothing_like_it %}",
}


def test_init_writes_stories_for_django_templates_with_static_files(
    init_with: Callable[..., tuple[Path, subprocess.CompletedProcess[str]]],
) -> None:
    out, result = init_with(DJANGO)
    assert pages(out) == {"card/default", "shop_page/default"}
    assert "<h1>Kind</h1>" in (out / "shop_page/default/preview.html").read_text()
    shown = (out / "card/default/preview.html").read_text()
    assert "<h2>NAME</h2>" in shown
    assert "<i>Name</i><i>Name</i>" in shown
    assert "<u>One</u><u>Two</u>" in shown
    assert 'href="../../assets/site.css"' in shown
    assert (out / "assets/shop/shop.css").exists()
    assert not (out / "assets/admin").exists()
    assert "shop/templates/shop/odd.html: TemplateSyntaxError" in result.stdout


def test_init_points_to_a_django_project_in_a_subdirectory(
    program: Path, tmp_path: Path, libraries: Path
) -> None:
    project = write_files(tmp_path, {f"site/{name}": text for name, text in DJANGO.items()})
    result = run(program, "init", "--python", libraries, cwd=project)
    assert result.returncode == 0, result.stderr
    assert "manage.py is in site: remove stories/ and run storytime init there" in result.stdout
    again = run(program, "init", "--python", libraries, cwd=project / "site")
    assert "wrote stories of Card, Shop page" in again.stdout


def test_init_explains_that_django_cannot_be_set_up(
    program: Path,
    tmp_path: Path,
    libraries: Path,
) -> None:
    project = write_files(
        tmp_path / "shop", DJANGO | {"config/settings.py": "import nothing_like_it"}
    )
    result = run(program, "init", "--python", libraries, cwd=project)
    assert result.returncode == 0, result.stderr
    assert "No module named 'nothing_like_it'" in result.stdout
    assert "run storytime init again" in result.stdout


def test_init_writes_stories_for_functions_that_return_elements(
    init_with: Callable[..., tuple[Path, subprocess.CompletedProcess[str]]],
) -> None:
    text = (
        "import htpy as h\n"
        "def notice(*, text: str) -> h.Element:\n    return h.div[text]\n"
        "def row(*, task: 'Task') -> h.Element:\n    return h.li[task.text]\n"
    )
    out, result = init_with({"app/__init__.py": "", "app/components.py": text})
    assert "<div>Text</div>" in (out / "notice/default/preview.html").read_text()
    assert "app/components.py: row: storytime cannot make up values for 'Task'" in result.stdout


def test_stories_are_shown_with_the_stylesheets_of_the_application(
    init: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    init(COMPONENTS | {"app/static/css/app.css": "button { color: teal }", "pyproject.toml": ""})
    preview = tmp_path / "my_shop/storytime-static/button/default/preview.html"
    assert 'href="../../static/css/app.css"' in preview.read_text()


def test_the_output_is_ignored_by_git(
    init: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    init({".gitignore": "__pycache__/"})
    assert (tmp_path / "my_shop/.gitignore").read_text() == "__pycache__/\nstorytime-static/\n"
