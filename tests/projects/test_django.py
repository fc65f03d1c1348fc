"""A Django project: what its saves build, and that they show even if Django caches what it has read or imported."""

import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Server, listen, tree, wait_for_page, write_files
from support.modes import BUILD_MODES

ROOT = """
import os
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from storytime import Site

def this_site() -> Site:
    return Site(title="Shop")
"""
SETTINGS = """
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "app"]
SECRET_KEY = "for the stories alone"
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": ["config.context.shop"]},
}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
USE_TZ = True
ROOT_URLCONF = "config.urls"
SHOP = "Corner shop"
"""
URLS = """
from django.http import HttpResponse
from django.urls import include, path

def index(request):
    return HttpResponse()

urlpatterns = [path("shop/", include(([path("products/", index, name="index")], "shop")))]
"""
CONTEXT = """
def shop(request):
    return {"path": request.path}
"""
FORMS = """
from app.models import Product
from django.forms import ModelForm

class ProductForm(ModelForm):
    class Meta:
        model = Product
        fields = ["name", "stock"]
"""
MODELS = """
from django.db import models
from django.db.models.signals import post_init
from django.dispatch import receiver

class Product(models.Model):
    name = models.CharField(max_length=80)
    stock = models.PositiveIntegerField(default=0)
    picture = models.FileField(default="lamp.png")
    made_by = models.ForeignKey("auth.User", null=True, on_delete=models.CASCADE)

@receiver(post_init, sender=Product)
def note(sender, instance, **kwargs):
    pass
"""
TAGS = """
from django import template
from django.conf import settings

register = template.Library()

@register.filter
def loud(text: str) -> str:
    return f"loud-0 {settings.SHOP} {text.upper()}"
"""
COMPONENT = """
from django.template.loader import render_to_string
from app.forms import ProductForm
from app.models import Product
from django.test import RequestFactory

def {name}(*, product: Product) -> str:
    form = ProductForm({{"name": ""}}, instance=product)
    context = {{"product": product, "form": form, "word": "word-0"}}
    return render_to_string("app/{name}.html", context, RequestFactory().get("/"))
"""
STORIES = """
from app.components.{name} import {name}
from app.models import Product
from storytime import Story, Subject

def this_subject() -> Subject:
    return Subject(title="{name}", target={name}, items=[Story(title="First", props=dict(product=Product(name="lamp")))])
"""
CARD = (
    '{% extends "app/base.html" %}{% load text %}'
    "{% block content %}NAME-0 {{ word }} {{ product.name|loud }} {{ product.picture.url }}{% endblock %}"
)
FORM = "<form action=\"{% url 'shop:index' %}\">{{ form }}</form>"
NAMES = ("badge", "card")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An application with two components and their stories. Each has a template that extends another and uses a filter; the
    second also has a URL of the site and a form of the model. A context processor serves both.
    """
    files = {
        "config/__init__.py": "",
        "config/settings.py": SETTINGS,
        "config/urls.py": URLS,
        "config/context.py": CONTEXT,
        "app/__init__.py": "",
        "app/models.py": MODELS,
        "app/forms.py": FORMS,
        "app/templatetags/__init__.py": "",
        "app/templatetags/text.py": TAGS,
        "app/templates/app/base.html": "<main>base-0 {% block content %}{% endblock %}</main>",
        "app/components/__init__.py": "",
        "shop/__init__.py": "",
        "shop/stories.py": ROOT,
    }
    for name in NAMES:
        files[f"app/components/{name}.py"] = COMPONENT.format(name=name)
        files[f"app/templates/app/{name}.html"] = CARD.replace("NAME", name)
        files[f"shop/{name}/__init__.py"] = ""
        files[f"shop/{name}/stories.py"] = STORIES.format(name=name)
    files["app/templates/app/card.html"] = files["app/templates/app/card.html"].replace(
        "{% endblock %}", FORM + "{% endblock %}"
    )
    return write_files(tmp_path, files)


def raise_number(file: Path, word: str) -> str:
    """Increase the number after a word in a file. Returns the new text."""
    text = file.read_text()
    number = int(text.split(f"{word}-")[1][0])
    file.write_text(text.replace(f"{word}-{number}", f"{word}-{number + 1}"))
    return f"{word}-{number + 1}"


def preview(name: str) -> str:
    """The preview of a component."""
    return f"{name}/first/preview.html"


@pytest.mark.parametrize("mode", BUILD_MODES[:2])
def test_a_save_of_stories_a_component_or_its_template_builds_what_it_reaches(
    serve: Callable[..., Server], libraries: Path, project: Path, mode: tuple[str, ...]
) -> None:
    server = serve("shop", "-v", *mode, "--python", libraries)
    for name in NAMES * 2:
        component = rf"app\.components\.{name}"
        stories = project / f"shop/{name}/stories.py"
        with listen(server, preview(name)) as page:
            shown = raise_number(project / f"app/components/{name}.py", "word")
            server.wait_for(rf"Build \d+ affects 2 modules: {component}, shop\.{name}\.stories$")
            wait_for_page(server, page, shown, preview(name))
            server.wait_for("partial build")
            stories.write_text(stories.read_text() + "\n")
            server.wait_for(rf"Build \d+ affects 1 module: shop\.{name}\.stories$")
            server.wait_for("partial build")
            shown = raise_number(project / f"app/templates/app/{name}.html", name)
            server.wait_for(rf"Build \d+ affects 1 module: shop\.{name}\.stories$")
            wait_for_page(server, page, shown, preview(name))
            server.wait_for("partial build")


@pytest.mark.parametrize("mode", BUILD_MODES[:2])
def test_a_save_builds_what_it_reaches_if_what_django_imports_by_name_is_imported_ahead(
    serve: Callable[..., Server], libraries: Path, project: Path, mode: tuple[str, ...]
) -> None:
    server = serve("shop", "-v", *mode, "--python", libraries)
    for _ in range(3):
        server.wait_for(r"forked from the one that has imported ahead$|modules ahead, [1-9]")
        raise_number(project / "app/components/badge.py", "word")
        built = server.wait_for(r"Build \d+: .* build, ")
        assert "partial build" in built.string, server.log


@pytest.mark.parametrize("mode", BUILD_MODES[:2])
def test_a_save_of_what_django_caches_shows_in_all_stories(
    serve: Callable[..., Server],
    build: Callable[..., subprocess.CompletedProcess[str]],
    libraries: Path,
    project: Path,
    tmp_path: Path,
    mode: tuple[str, ...],
) -> None:
    """The first story makes Django import the filters and open the base template. The second gets them from Django's cache."""
    out, expected = tmp_path / "served", tmp_path / "expected"
    server = serve("shop", out, "-v", *mode, "--python", libraries)
    with listen(server) as page:
        for number in range(2):
            saves = [("app/templatetags/text.py", "loud"), ("app/templates/app/base.html", "base")]
            for file, word in saves:
                shown = raise_number(project / file, word)
                for name in NAMES:
                    wait_for_page(server, page, shown, preview(name))
            name = NAMES[number]
            shown = raise_number(project / f"app/templates/app/{name}.html", name)
            wait_for_page(server, page, shown, preview(name))
    result = build("shop", expected, "--python", libraries, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    while tree(out) != tree(expected):
        server.wait_for(r"Build \d+: .* written")


def write_translation(project: Path, word: str) -> None:
    """Compile a message catalog with one message, like msgfmt."""
    entries = [(b"", b"Content-Type: text/plain; charset=UTF-8\n"), (b"lamp", word.encode())]
    count, tables, texts = len(entries), b"", b""
    start = 28 + 16 * count
    for side in range(2):
        for entry in entries:
            tables += struct.pack("<II", len(entry[side]), start + len(texts))
            texts += entry[side] + b"\0"
    header = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, start)
    file = project / "app/locale/de/LC_MESSAGES/django.mo"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(header + tables + texts)


BY_TEMPLATE = "{% load i18n %}<b>{% translate 'lamp' %}</b>"
BY_FUNCTION = """
from django.utils.translation import gettext

def {name}(*, product: object) -> str:
    return "<b>" + gettext("lamp") + "</b>"
"""


@pytest.mark.parametrize("translated", ["by a template", "by a function"])
@pytest.mark.parametrize("mode", BUILD_MODES[:2])
def test_a_save_of_a_translation_that_django_caches_shows_in_all_stories(
    serve: Callable[..., Server],
    libraries: Path,
    project: Path,
    mode: tuple[str, ...],
    translated: str,
) -> None:
    settings = project / "config/settings.py"
    settings.write_text(settings.read_text() + 'LANGUAGE_CODE = "de"\n')
    if translated == "by a function":
        # Without the apps whose models make Django translate at its start.
        settings.write_text(settings.read_text() + 'INSTALLED_APPS = ["app"]\n')
        (project / "app/models.py").write_text("")
    for name in NAMES:
        (project / f"app/templates/app/{name}.html").write_text(BY_TEMPLATE)
        if translated == "by a function":
            (project / f"app/components/{name}.py").write_text(BY_FUNCTION.format(name=name))
            text = (project / f"shop/{name}/stories.py").read_text()
            text = text.replace("from app.models import Product", "").replace(
                'Product(name="lamp")', "None"
            )
            (project / f"shop/{name}/stories.py").write_text(text)
    write_translation(project, "Lampe 0")
    server = serve("shop", "-v", *mode, "--python", libraries)
    with listen(server) as page:
        for number in range(1, 3):
            write_translation(project, f"Lampe {number}")
            for name in NAMES:
                wait_for_page(server, page, f"<b>Lampe {number}</b>", preview(name))
