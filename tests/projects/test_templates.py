"""Saves of templates of many engines show."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support import Server, listen, wait_for_page, write_files
from support.modes import BUILD_MODES

PREVIEW = "card/first/preview.html"
PAGE = "card/first/index.html"

ROOT = """
from storytime import Site

def this_site() -> Site:
    return Site(title="Shop")
"""

STORIES = """
from app.pages import render
from storytime import Story, Subject
{top}

def card(*, name: str) -> str:
    return {html}

def check(html: str) -> None:
    text = {checked}
    assert False, text.replace("\\n", " ")

def this_subject() -> Subject:
    {provider}
    return Subject(title={title}, target=card, items=[Story(title="First", props=dict(name="Ada"), assertions=[check])])
"""

RENDERED = "render('card.html', name='Ada')"
OPENED_IN = {
    "a component": {"html": "render('card.html', name=name)"},
    "an import": {"top": f"HTML = {RENDERED}", "html": "HTML"},
    "a provider": {"provider": f"title = {RENDERED}", "title": "title"},
    "an assertion": {"checked": RENDERED},
}


def stories(place: str) -> str:
    """A subject whose template is opened in one of the places of OPENED_IN."""
    empty = {"top": "", "html": "name", "checked": "'no'", "provider": "", "title": "'Card'"}
    return STORIES.format(**empty | OPENED_IN[place])


@dataclass
class Engine:
    """Templates, and the module that renders them."""

    module: str
    templates: dict[str, str]
    set_up: dict[str, str] = field(default_factory=dict)
    refuses: bool = False  # whether it refuses subinterpreters

    def files(self, place: str = "a component") -> dict[str, str]:
        """An application beside its stories."""
        templates = {f"app/templates/{name}": text for name, text in self.templates.items()}
        own = {"app/__init__.py": "", "app/pages.py": self.module}
        package = {"__init__.py": "", "stories.py": ROOT, "card/stories.py": stories(place)}
        package |= {"card/__init__.py": ""}
        return (
            {f"shop/{name}": text for name, text in package.items()} | own | templates | self.set_up
        )


JINJA = {
    "base.html": "<main>base-0 {% block content %}{% endblock %}</main>",
    "macros.html": "{% macro badge(text) %}<b>macros-0 {{ text }}</b>{% endmacro %}",
    "part.html": "<i>part-0 {{ name }}</i>",
    "card.html": (
        '{% extends "base.html" %}{% from "macros.html" import badge %}'
        '{% block content %}card-0 {{ badge(name) }} {% include "part.html" %}{% endblock %}'
    ),
}
JINJA_MODULE = """
from pathlib import Path
from jinja2 import Environment, {loader}

environment = Environment(loader={call}, autoescape=True)

def render(template: str, /, **context: object) -> str:
    return environment.get_template(template).render(context)
"""
FASTAPI_MODULE = """
from pathlib import Path
from fastapi import FastAPI, Request
from fastapi.templating import Jinja2Templates
from fastapi.testclient import TestClient
from pydantic import BaseModel

app = FastAPI()
templates = Jinja2Templates(directory=Path(__file__).parent / "templates")

class Contact(BaseModel):
    name: str

@app.get("/{template}")
{def} page(request: Request, template: str, name: str):
    return templates.TemplateResponse(request, template, {"name": Contact(name=name).name})

def render(template: str, /, **context: str) -> str:
    return {render}
"""
DIRECT_RENDER = "templates.get_template(template).render(Contact(**context).model_dump())"
CLIENT_RENDER = "TestClient(app).get('/' + template, params=context).text"

DJANGO = {
    "base.html": "<main>base-0 {% block content %}{% endblock %}</main>",
    "macros.html": "<b>macros-0 {{ name }}</b>",
    "part.html": "<i>part-0 {{ name }}</i>",
    "card.html": (
        '{% extends "base.html" %}{% block content %}card-0 {% include "macros.html" %}'
        ' {% include "part.html" %}{% endblock %}'
    ),
}
DJANGO_ROOT = (
    "import os\nimport django\n"
    "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'app.settings')\ndjango.setup()\n" + ROOT
)
DJANGO_SETTINGS = """
from pathlib import Path

INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "app"]
DEBUG = True
SECRET_KEY = "for the stories alone"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [Path(__file__).parent / "templates"]}]
USE_TZ = True
"""
DJANGO_MODULE = """
from django.template.loader import render_to_string

def render(template: str, /, **context: object) -> str:
    return render_to_string(template, context)
"""

MAKO = {
    "base.html": "<main>base-0 ${self.body()}</main>",
    "macros.html": '<%def name="badge(text)"><b>macros-0 ${text}</b></%def>',
    "part.html": "<i>part-0 ${name}</i>",
    "card.html": (
        '<%inherit file="base.html"/><%namespace name="m" file="macros.html"/>'
        'card-0 ${m.badge(name)} <%include file="part.html"/>'
    ),
}
MAKO_MODULE = """
from pathlib import Path
from mako.lookup import TemplateLookup

lookup = TemplateLookup([Path(__file__).parent / "templates"], default_filters=["h"])

def render(template: str, /, **context: object) -> str:
    return lookup.get_template(template).render(**context)
"""

CHAMELEON = {
    "base.html": '<main metal:define-macro="page">base-0 <p metal:define-slot="content"></p></main>',
    "macros.html": '<b metal:define-macro="badge">macros-0 ${name}</b>',
    "part.html": "<i>part-0 ${name}</i>",
    "card.html": (
        '<html metal:use-macro="load: base.html"><p metal:fill-slot="content">card-0 '
        "<b metal:use-macro=\"templates['macros.html'].macros['badge']\"></b>"
        "<i tal:replace=\"structure: templates['part.html'](name=name)\"></i></p></html>"
    ),
}
CHAMELEON_MODULE = """
from pathlib import Path
from chameleon import PageTemplateLoader

templates = PageTemplateLoader(str(Path(__file__).parent / "templates"))

def render(template: str, /, **context: object) -> str:
    return templates[template](templates=templates, **context)
"""

ENGINES = {
    "Jinja's FileSystemLoader": Engine(
        JINJA_MODULE.format(
            loader="FileSystemLoader", call="FileSystemLoader(Path(__file__).parent / 'templates')"
        ),
        JINJA,
    ),
    "Jinja's PackageLoader": Engine(
        JINJA_MODULE.format(loader="PackageLoader", call="PackageLoader('app')"), JINJA
    ),
    "Django": Engine(
        DJANGO_MODULE, DJANGO, {"shop/stories.py": DJANGO_ROOT, "app/settings.py": DJANGO_SETTINGS}
    ),
    "Mako": Engine(MAKO_MODULE, MAKO),
    "Chameleon": Engine(CHAMELEON_MODULE, CHAMELEON),
    "FastAPI": Engine(
        FASTAPI_MODULE.replace("{render}", DIRECT_RENDER).replace("{def}", "def"),
        JINJA,
        refuses=True,
    ),
    "FastAPI's client": Engine(
        FASTAPI_MODULE.replace("{render}", CLIENT_RENDER).replace("{def}", "def"),
        JINJA,
        refuses=True,
    ),
    "FastAPI's client, async": Engine(
        FASTAPI_MODULE.replace("{render}", CLIENT_RENDER).replace("{def}", "async def"),
        JINJA,
        refuses=True,
    ),
}


IN_EVERY_RUN = {
    "Jinja's FileSystemLoader": ("subinterpreters", "process", "direct"),
    "Django": ("process",),
    "Mako": ("process",),
    "FastAPI": ("subinterpreters",),
}
"""The modes in which engines are tried in every run. With --long, all are tried in all."""

COMBINATIONS = [
    pytest.param(
        name,
        *mode.values,
        id=f"{name}-{mode.id}",
        marks=[] if mode.id in IN_EVERY_RUN.get(name, ()) else pytest.mark.long,
    )
    for name in ENGINES
    for mode in BUILD_MODES
]


@pytest.mark.parametrize(("name", "mode"), COMBINATIONS)
def test_a_saved_template_shows(
    serve: Callable[..., Server],
    libraries: Path,
    tmp_path: Path,
    name: str,
    mode: tuple[str, ...],
) -> None:
    """The template itself, and those that it extends, includes and takes macros from. The first is saved again at the end."""
    engine = ENGINES[name]
    write_files(tmp_path, engine.files())
    if engine.refuses and "subinterpreters" in mode:
        mode = ("--isolation", "auto")
    server = serve("shop", "-v", *mode, "--python", libraries, subinterpreters=mode != ())
    edits = [(file, 0) for file in engine.templates] + [("base.html", 1)]
    with listen(server, PREVIEW) as page:
        for file, number in edits:
            template, word = tmp_path / "app/templates" / file, file.removesuffix(".html")
            assert f"{word}-{number}" in server.get(PREVIEW)
            text = template.read_text().replace(f"{word}-{number}", f"{word}-{number + 1}")
            template.write_text(text)
            wait_for_page(server, page, f"{word}-{number + 1}", PREVIEW)


@pytest.mark.parametrize("mode", BUILD_MODES)
def test_a_saved_template_shows_wherever_it_is_opened(
    serve: Callable[..., Server], libraries: Path, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    """During an import, in a provider, and in an assertion."""
    engine = ENGINES["Jinja's FileSystemLoader"]
    write_files(tmp_path, engine.files())
    pages = {"an import": PREVIEW, "a provider": PAGE, "an assertion": PAGE}
    for place in pages:
        name = place.split()[1]
        write_files(tmp_path / "shop" / name, {"__init__.py": "", "stories.py": stories(place)})
    server = serve("shop", "-v", *mode, "--python", libraries, subinterpreters=mode != ())
    with listen(server) as page:
        for number in range(2):
            template = tmp_path / "app/templates/part.html"
            template.write_text(template.read_text().replace(f"-{number}", f"-{number + 1}"))
            for place, path in pages.items():
                shown = path.replace("card", place.split()[1], 1)
                wait_for_page(server, page, f"part-{number + 1}", shown)


CACHES = {
    "Jinja's": (
        "Jinja's FileSystemLoader",
        "autoescape=True",
        "autoescape=True, bytecode_cache=FileSystemBytecodeCache(str(CACHE))",
        "from jinja2 import FileSystemBytecodeCache\n",
    ),
    "Mako's": ("Mako", "default_filters", "module_directory=str(CACHE), default_filters", ""),
}
CACHE = "from pathlib import Path\nCACHE = Path(__file__).parent.parent / {place!r}\nCACHE.mkdir(exist_ok=True)\n"


@pytest.mark.parametrize("mode", BUILD_MODES)
@pytest.mark.parametrize(
    ("cache", "place"),
    [
        ("Jinja's", "shop/cache"),
        ("Mako's", "cache"),
        pytest.param("Jinja's", "cache", marks=pytest.mark.long),
        pytest.param("Mako's", "shop/cache", marks=pytest.mark.long),
    ],
)
def test_files_that_an_engine_writes_cause_no_loop(
    serve: Callable[..., Server],
    libraries: Path,
    tmp_path: Path,
    cache: str,
    place: str,
    mode: tuple[str, ...],
) -> None:
    """Compiled templates, inside and outside of the package."""
    name, old, new, imports = CACHES[cache]
    files = ENGINES[name].files()
    module = files["app/pages.py"].replace(old, new)
    files["app/pages.py"] = CACHE.format(place=place) + imports + module
    write_files(tmp_path, files)
    server = serve("shop", "-v", *mode, "--python", libraries, subinterpreters=mode != ())
    with listen(server, PREVIEW) as page:
        for number in range(3):
            template = tmp_path / "app/templates/card.html"
            assert f"card-{number}" in server.get(PREVIEW)
            text = template.read_text().replace(f"card-{number}", f"card-{number + 1}")
            new = write_files(tmp_path, {"new.html": text}) / "new.html"
            later = new.stat().st_mtime + number + 1  # Mako looks at whole seconds
            os.utime(new, (later, later))
            new.replace(template)  # sets text and time at once, so that no build comes in between
            wait_for_page(server, page, f"card-{number + 1}", PREVIEW)
        # When this shows, all before it has been built.
        write_files(tmp_path, {"shop/static/end.txt": "The end"})
        wait_for_page(server, page, "The end", "static/end.txt")
    assert server.log.count(": rebuilding\n") <= 8, server.log


def two_subjects(engine: Engine, page: str = "{name}.html") -> dict[str, str]:
    """Two subjects whose templates share a part, which the engine opens for the first one."""
    files = engine.files()
    for name in ("badge", "card"):
        files[f"shop/{name}/__init__.py"] = ""
        files[f"shop/{name}/stories.py"] = stories("a component").replace(
            "'card.html'", repr(page.format(name=name))
        )
        files[f"app/templates/{name}.html"] = files["app/templates/card.html"].replace(
            "card-0", f"{name}-0"
        )
    return files


FRAGMENT_MODULE = """
from jinja2 import Environment, FileSystemLoader
from jinja2_fragments import render_block

environment = Environment(loader=FileSystemLoader("app/templates"))

def render(template: str, /, **context: object) -> str:
    return render_block(environment, template, "content", **context)
"""
JINJAX_MODULE = """
from jinjax import Catalog

catalog = Catalog(file_ext=".html")
catalog.add_folder("app/templates")

def render(template: str, /, **context: object) -> str:
    return catalog.render(template.removesuffix(".html").title(), **context)
"""
JINJAX = {
    "part.html": "{#def name #}<i>part-0 {{ name }}</i>",
    "card.html": "{#def name #}card-0 <Part name={{ name }} />",
}
COTTON = {
    "part.html": "<i>part-0 {{ name }}</i>",
    "card.html": 'card-0 <c-part name="{{ name }}" />',
}
KEEPING = {
    "Jinja's": (JINJA_MODULE.format(loader="FileSystemLoader", call="FileSystemLoader('app/templates')"), JINJA),
    "Jinja's, not reloading": (
        JINJA_MODULE.format(
            loader="FileSystemLoader", call="FileSystemLoader('app/templates'), auto_reload=False"
        ),
        JINJA,
    ),
    "Django's": (DJANGO_MODULE, DJANGO),
    "Jinja's, by jinja2-fragments": (
        FRAGMENT_MODULE,
        JINJA | {"card.html": '{% block content %}card-0 {% include "part.html" %}{% endblock %}'},
    ),
    "JinjaX's": (JINJAX_MODULE, JINJAX),
    "cotton's": (DJANGO_MODULE, COTTON),
}  # fmt: skip


JINJA_IN_DJANGO = DJANGO_SETTINGS.replace("django.DjangoTemplates", "jinja2.Jinja2")
KEEPING["Jinja's, in Django"] = (DJANGO_MODULE, JINJA)


@pytest.mark.parametrize("mode", BUILD_MODES[:2])
@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(kept, marks=pytest.mark.long if kept == "Jinja's, in Django" else [])
        for kept in KEEPING
    ],
)
def test_a_cached_template_reaches_the_stories_that_use_it(
    serve: Callable[..., Server],
    libraries: Path,
    tmp_path: Path,
    kept: str,
    mode: tuple[str, ...],
    pytestconfig: pytest.Config,
) -> None:
    """Engines that keep templates with Jinja or Django see a second save of each with --long only."""
    module, templates = KEEPING[kept]
    set_up = ENGINES["Django"].set_up if module is DJANGO_MODULE else {}
    write_files(tmp_path, two_subjects(Engine(module, templates, set_up)))
    if kept == "Jinja's, in Django":
        (tmp_path / "app/settings.py").write_text(JINJA_IN_DJANGO)
    if templates is COTTON:
        settings = tmp_path / "app/settings.py"
        text = settings.read_text().replace('"app"]', '"app", "django_cotton"]')
        settings.write_text(text + "COTTON_DIR = '.'\n")
    server = serve("shop", "-v", *mode, "--python", libraries)
    twice = kept in ("Jinja's", "Django's") or pytestconfig.getoption("--long")
    with listen(server) as page:
        for number in range(2 if twice else 1):
            template = tmp_path / "app/templates/part.html"
            template.write_text(template.read_text().replace(f"-{number}", f"-{number + 1}"))
            server.wait_for(
                r"Build \d+ affects 2 modules: shop\.badge\.stories, shop\.card\.stories$"
            )
            for name in ("badge", "card"):
                shown = f"{name}/first/preview.html"
                wait_for_page(server, page, f"part-{number + 1}", shown)
            template = tmp_path / "app/templates/card.html"
            template.write_text(template.read_text().replace(f"-{number}", f"-{number + 1}"))
            server.wait_for(r"Build \d+ affects 1 module: shop\.card\.stories$")
            wait_for_page(server, page, f"card-{number + 1}", PREVIEW)


TWO_ENVIRONMENTS = """
from jinja2 import Environment, FileSystemLoader

reloading = Environment(loader=FileSystemLoader("app/templates"))
keeping = Environment(loader=FileSystemLoader("app/templates"), auto_reload=False)

def render(template: str, /, **context: object) -> str:
    if template == "other.html":
        template = "part.html"
        reloading.get_template(template).render(context)
        reloading.get_template(template).render(context)
    return keeping.get_template(template).render(context)
"""
MINIJINJA_MODULE = """
from pathlib import Path
from minijinja import Environment

environment = Environment(loader=lambda name: (Path("app/templates") / name).read_text())

def render(template: str, /, **context: object) -> str:
    return environment.render_template(template, **context)
"""
FRAGMENTS = {
    "MiniJinja's": (MINIJINJA_MODULE, JINJA),
    "Mako's, not reloading": (
        MAKO_MODULE.replace("default_filters", "filesystem_checks=False, default_filters"),
        MAKO,
    ),
    "two environments": (TWO_ENVIRONMENTS, JINJA),
    "macros of a module that is kept": (
        KEEPING["Jinja's"][0],
        JINJA
        | {"macros.html": '{% from "part.html" import part %}{% macro badge(text) %}{{ part(text) }}{% endmacro %}'}
        | {"part.html": "{% macro part(text) %}part-0 {{ text }}{% endmacro %}"}
        | {"card.html": '{% from "macros.html" import badge %}card-0 {{ badge(name) }}'},
    ),
    "a fragment that Django keeps": (
        DJANGO_MODULE,
        DJANGO | {"card.html": '{% load cache %}card-0 {% cache 500 part %}{% include "part.html" %}{% endcache %}'},
    ),
}  # fmt: skip


@pytest.mark.parametrize("mode", BUILD_MODES[:2])
@pytest.mark.parametrize("kept", FRAGMENTS)
def test_a_save_of_a_cached_template_shows_in_all_stories(
    serve: Callable[..., Server], libraries: Path, tmp_path: Path, kept: str, mode: tuple[str, ...]
) -> None:
    module, templates = FRAGMENTS[kept]
    set_up = ENGINES["Django"].set_up if module is DJANGO_MODULE else {}
    files = two_subjects(Engine(module, templates, set_up))
    if module is TWO_ENVIRONMENTS:
        files["shop/badge/stories.py"] = stories("a component").replace("card.html", "other.html")
    write_files(tmp_path, files)
    if module is MINIJINJA_MODULE and "subinterpreters" in mode:
        mode = ("--isolation", "auto")
    server = serve("shop", "-v", *mode, "--python", libraries)
    with listen(server) as page:
        for number in range(2):
            template = tmp_path / "app/templates/part.html"
            template.write_text(template.read_text().replace(f"-{number}", f"-{number + 1}"))
            for name in ("badge", "card"):
                shown = f"{name}/first/preview.html"
                wait_for_page(server, page, f"part-{number + 1}", shown)


IN_MEMORY = """
from jinja2 import DictLoader, Environment

environment = Environment(loader=DictLoader(dict.fromkeys(["badge.html", "card.html"], "{{ name }}")))

def render(template: str, /, **context: object) -> str:
    return environment.get_template(template).render(context)
"""


def test_templates_in_memory_are_not_followed_as_files(
    build: Callable[..., subprocess.CompletedProcess[str]], libraries: Path, tmp_path: Path
) -> None:
    write_files(tmp_path, two_subjects(Engine(IN_MEMORY, {"card.html": ""})))
    done = build("shop", tmp_path / "out", "--python", libraries, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "<template>" not in (tmp_path / "out/.storytime/graph.json").read_text()


SEARCHING = {
    "Jinja's": (
        JINJA_MODULE.format(
            loader="FileSystemLoader", call="FileSystemLoader(['shop/theme', 'app/templates'])"
        ),
        JINJA,
        "",
    ),
    "Django's": (DJANGO_MODULE, DJANGO, 'Path(__file__).parents[1] / "shop/theme", '),
    "Mako's": (
        MAKO_MODULE.replace('[Path(__file__).parent / "templates"]', "['shop/theme', 'app/templates']"),
        MAKO,
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mode", BUILD_MODES[:2])
@pytest.mark.parametrize(
    ("kept", "place"),
    [
        *((kept, "shop/theme") for kept in SEARCHING),
        ("Jinja's", "theme"),
        *(pytest.param(kept, "theme", marks=pytest.mark.long) for kept in ("Django's", "Mako's")),
    ],
)
def test_a_template_that_takes_the_place_of_another_shows_in_all_stories(
    serve: Callable[..., Server],
    libraries: Path,
    tmp_path: Path,
    kept: str,
    place: str,
    mode: tuple[str, ...],
) -> None:
    """An engine that has found a template does not look for it again."""
    module, templates, more = SEARCHING[kept]
    module, more = module.replace("shop/theme", place), more.replace("shop/theme", place)
    settings = DJANGO_SETTINGS.replace('"DIRS": [', f'"DIRS": [{more}')
    set_up = {"shop/stories.py": DJANGO_ROOT, "app/settings.py": settings} if more else {}
    files = two_subjects(Engine(module, templates, set_up))
    write_files(tmp_path, files | {f"{place}/other.html": ""})
    server = serve("shop", "-v", *mode, "--python", libraries)
    with listen(server) as page:
        part = files["app/templates/part.html"].replace("part-0", "part-of-theme")
        write_files(tmp_path, {f"{place}/part.html": part})
        for name in ("badge", "card"):
            wait_for_page(server, page, "part-of-theme", f"{name}/first/preview.html")
