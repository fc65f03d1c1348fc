"""What `storytime init` finds out about a Django project. Django is the project's own, and is imported only if it is set up."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from storytime._init_values import add_value

NAMED = re.compile(r"""DJANGO_SETTINGS_MODULE["'][,\]]\s*=?\s*["']([\w.]+)["']""")
OWN = {"block", "csrf_token", "forloop"}
"""Names that Django itself has a value for."""

MODULE = '''\
"""Django's templates as components."""

from collections.abc import Callable
from functools import partial

from django.template.loader import render_to_string


def template(name: str) -> Callable[..., str]:
    """A template that stands alone."""
    return partial(render, name)


def page(name: str, /, **props: object) -> Callable[[], str]:
    """A template of a whole page."""
    return partial(render, name, **props)


def render(name: str, /, **props: object) -> str:
    return render_to_string(name, props)
'''


def settings_module(project: Path) -> str | None:
    """The settings that manage.py names."""
    manage = project / "manage.py"
    found = NAMED.search(manage.read_text(errors="replace")) if manage.exists() else None
    return found[1] if found else None


def _django(name: str) -> Any:
    """A module of the Django that the project has."""
    return importlib.import_module(f"django.{name}")


def is_ready() -> bool:
    """Whether Django has been set up."""
    try:
        return bool(_django("apps").apps.ready)
    except ImportError:
        return False


def served_directories() -> Iterator[tuple[Path, str]]:
    """The directories of static files, and the URL that each is served at. Finders other than Django's may choose single files."""
    if not is_ready():
        return
    if not _django("apps").apps.is_installed("django.contrib.staticfiles"):
        return
    static_url = (_django("conf").settings.STATIC_URL or "").rstrip("/")
    for finder in _django("contrib.staticfiles.finders").get_finders():
        is_own = type(finder).__module__.startswith("django.")
        for storage in getattr(finder, "storages", {}).values() if is_own else ():
            url = f"{static_url}/{getattr(storage, 'prefix', '')}"
            if static_url.startswith("/"):
                yield Path(storage.location), url.rstrip("/")


def _names(expression: Any) -> tuple[str, ...]:
    """The names in `{{ product.name|upper }}`: product and name. None for a literal."""
    lookups = getattr(getattr(expression, "var", None), "lookups", None)
    return tuple(lookups or ())


def _collect(nodes: Any, values: dict[str, Any]) -> None:
    """Make up values for everything that these nodes show."""
    variable = _django("template.base").VariableNode
    tags = _django("template.defaulttags")
    for node in nodes:
        inner: dict[str, Any] = {}
        for attribute in node.child_nodelists:
            _collect(getattr(node, attribute, None) or (), inner)
        if isinstance(node, variable) and (names := _names(node.filter_expression)):
            add_value(values, names)
        if isinstance(node, tags.WithNode):
            for name in node.extra_context:
                inner.pop(name, None)
        if isinstance(node, tags.ForNode):
            items = [inner.pop(name, None) for name in node.loopvars]
            if names := _names(node.sequence):
                add_value(values, names)
            if len(names) == 1:
                item = items[0] if len(items) == 1 else None
                values[names[0]] = [item] * 2 if isinstance(item, dict) else ["One", "Two"]
        for name, value in inner.items():
            values.setdefault(name, value)


def made_up(nodes: Any) -> dict[str, Any]:
    """Values for the variables of a template, by their names."""
    values: dict[str, Any] = {}
    _collect(nodes, values)
    return {name: values[name] for name in sorted(values) if name not in OWN}


def read_template(file: Path, name: str) -> tuple[dict[str, Any], bool] | None:
    """
    Values for a template, and whether it is a page, that is, extends another template. None for one that others extend, or
    if Django finds another file by this name.
    """
    tags = _django("template.loader_tags")
    template = getattr(_django("template.loader").get_template(name), "template", None)
    nodes = getattr(template, "nodelist", None)
    if template is None or nodes is None or Path(template.origin.name) != file:
        return None
    is_page = any(isinstance(node, tags.ExtendsNode) for node in nodes)
    if not is_page and nodes.get_nodes_by_type(tags.BlockNode):
        return None
    return made_up(nodes), is_page
