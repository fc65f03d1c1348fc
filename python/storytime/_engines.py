"""
Template engines keep what they have read, so each use of a template is reported as a use of its file, even if that is not opened
again. APSW opens databases in C, so each connection is reported as Python's own sqlite3 does.
"""

import functools
import importlib
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

Note = Callable[[str], None]
"""Called with each file that the running code uses."""


def follow(name: str, note: Note) -> bool:
    """Follow the engine of an imported module; False if it is no engine, or differs from the versions that we know."""
    patch, attributes = _ENGINES.get(name, (None, ()))
    found: Any = sys.modules.get(name)
    for attribute in attributes:
        found = getattr(found, attribute, None)
    if patch is None or found is None:
        return False
    try:
        patch(found, note)
    except AttributeError:
        return False
    return True


def _wrap(owner: Any, name: str, around: Callable[..., Any]) -> None:
    original = getattr(owner, name)

    @functools.wraps(original)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return around(original, *args, **kwargs)

    setattr(owner, name, wrapper)


class _Uses:
    """The files of templates that are used while the module of another template, which keeps its macros, is made."""

    def __init__(self, note: Note) -> None:
        self.note = note
        self.of_modules: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
        self.local = threading.local()

    def add(self, file: object) -> None:
        if isinstance(file, str):
            self.note(file)
            for files in self._open():
                files.add(file)

    def _open(self) -> list[set[str]]:
        if not hasattr(self.local, "open"):
            self.local.open = []
        sets: list[set[str]] = self.local.open
        return sets

    @contextmanager
    def of_module(self, template: Any) -> Iterator[None]:
        """Collect the files that a template's module uses if it is made now; otherwise, use those of the time when it was made."""
        is_made = template._module is not None
        files: set[str] = set()
        self._open().append(files)
        try:
            yield
        finally:
            self._open().remove(files)
        if not is_made and template._module is not None:
            self.of_modules[template] = files
        for file in self.of_modules.get(template, ()) if is_made else ():
            self.add(file)


def _follow_jinja(environment: Any, note: Note) -> None:
    uses = _Uses(note)

    def load(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        template = original(*args, **kwargs)
        uses.add(template.filename)
        return template

    def module(original: Callable[..., Any], template: Any, *args: Any, **kwargs: Any) -> Any:
        with uses.of_module(template):
            return original(template, *args, **kwargs)

    async def module_async(
        original: Callable[..., Any], template: Any, *args: Any, **kwargs: Any
    ) -> Any:
        with uses.of_module(template):
            return await original(template, *args, **kwargs)

    template_class = environment.template_class
    _wrap(template_class, "_get_default_module", module)
    _wrap(template_class, "_get_default_module_async", module_async)
    _wrap(environment, "_load_template", load)


def _follow_django(loader: Any, note: Note) -> None:
    def get(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        template = original(*args, **kwargs)
        note(template.origin.name)
        return template

    _wrap(loader, "get_template", get)


def _follow_names_of_django(module_loading: Any, _note: Note) -> None:
    """Django does not import what its settings name, such as context processors, if it is loaded, so nobody would see the use."""

    def find(original: Callable[..., Any], module_path: str, class_name: str) -> Any:
        importlib.import_module(module_path)
        return original(module_path, class_name)

    _wrap(module_loading, "cached_import", find)


def _follow_mako(lookup: Any, note: Note) -> None:
    def get(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        template = original(*args, **kwargs)
        if template.filename is not None:
            note(template.filename)
        return template

    _wrap(lookup, "get_template", get)


def _follow_jinjax(catalog: Any, note: Note) -> None:
    """
    Without its cache, a catalog looks up each component's files again, so that all of them are noticed. It chooses the loader
    of a component when rendering it; if it has one from the start, rendering does not change its state.
    """

    def make(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self.use_cache = False

    def add(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self.jinja_env.loader = self.jinja_env.loader or next(iter(self.prefixes.values()))

    _wrap(catalog, "__init__", make)
    _wrap(catalog, "add_folder", add)


def _follow_apsw(apsw: Any, _note: Note) -> None:
    apsw.connection_hooks.append(
        lambda connection: sys.audit("sqlite3.connect", connection.filename)
    )


_ENGINES: dict[str, tuple[Callable[[Any, Note], None], tuple[str, ...]]] = {
    "jinja2.environment": (_follow_jinja, ("Environment",)),
    "apsw": (_follow_apsw, ()),
    "django.template.loaders.cached": (_follow_django, ("Loader",)),
    "django.utils.module_loading": (_follow_names_of_django, ()),
    "jinjax.catalog": (_follow_jinjax, ("Catalog",)),
    "mako.lookup": (_follow_mako, ("TemplateLookup",)),
}
