"""Writes a story as Python code, to be pasted into a `stories.py`."""

import sys
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, Flag
from functools import partial
from pathlib import Path, PurePath
from typing import Any
from uuid import UUID

from storytime import Story
from storytime._parameters import REQUIRED, parameters_of
from storytime._values import DEEPEST, fields_of, is_structured

_WIDEST = 88  # characters of a call on one line
_BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
}
_NOTE = ": write this value yourself"


def as_python(story: Story, file: str | None) -> str:
    """Return `Story(...)`, preceded by imports of the names that the module in `file` does not have."""
    module = next((one for one in list(sys.modules.values()) if _file_of(one) == file), None)
    code = _Code(vars(module) if module is not None and file is not None else {})
    text = code.story(story)
    imports = [f"import {module}\n" for module in sorted(code.modules)]
    imports += [
        f"from {module} import {', '.join(sorted(names))}\n"
        for module, names in sorted(code.imports.items())
    ]
    return "".join([*imports, "\n" if imports else "", text, "\n"])


def _file_of(module: object) -> object:
    return getattr(module, "__dict__", {}).get("__file__")


class _Code:
    """Expressions, and the imports that they need."""

    def __init__(self, known: dict[str, Any]) -> None:
        self.known = known
        self.names = {
            id(value): name
            for name, value in known.items()
            if (isinstance(value, type) or callable(value)) and name.isidentifier()
        }
        self.imports: dict[str, set[str]] = {}
        """The names that the module lacks, by the module that has them."""
        self.modules: set[str] = set()
        """Modules that are imported as a whole, because the module has something else by the name that is needed."""
        self.bound = dict(known)
        """What each name of the module stands for, after the imports."""

    def story(self, story: Story) -> str:
        fields: list[tuple[str, str]] = []
        if story.title is not None:
            fields.append(("title", repr(story.title)))
        if story.target is not None:
            fields.append(("target", self.value(story.target, 0)))
        if story.props:
            fields.append(("props", self.value(story.props, 1)))
        name = self.name(type(story)) or "Story"
        return self.call(name, fields, 0)

    def name(self, thing: Any) -> str | None:
        """Return the name of a class or a function, and import it if necessary; None: no name leads to it."""
        if id(thing) in self.names:
            return self.names[id(thing)]
        module, name = getattr(thing, "__module__", None), getattr(thing, "__qualname__", None)
        if not isinstance(module, str) or not isinstance(name, str):
            return None
        if module == "builtins":
            return name
        if module == "storytime._native":
            module = "storytime"
        first, *rest = name.split(".")
        outer = found = getattr(sys.modules.get(module), first, None)
        for part in rest:
            found = getattr(found, part, None)
        if found is not thing or not all(map(str.isidentifier, (first, *rest))):
            return None
        if module == self.known.get("__name__"):
            return name
        if self.binds(first, outer):
            self.imports.setdefault(module, set()).add(first)
            return name
        package = module.partition(".")[0]
        if not self.binds(package, sys.modules.get(package)):
            return None
        if self.known.get(module) is not sys.modules[module]:
            self.modules.add(module)
        return f"{module}.{name}"

    def binds(self, name: str, value: Any) -> bool:
        """Tell whether a name stands for a value. One that is free does from now on."""
        return self.bound.setdefault(name, value) is value

    def call(self, name: str, fields: Iterable[tuple[str, str]], depth: int) -> str:
        return _bracketed(f"{name}(", [f"{key}={text}" for key, text in fields], ")", depth)

    def value(self, value: Any, depth: int) -> str:
        """Return an expression for a value; `...` with a comment if there is none."""
        ways = (self._collection, self._partial, self._object)
        text = self._plain(value) or next(filter(None, (way(value, depth) for way in ways)), None)
        return text if text is not None else f"...  # {type(value).__name__}{_NOTE}"

    def _plain(self, value: Any) -> str | None:
        kind = type(value)
        if value is None or value is ... or kind in (bool, int, str, bytes):
            return repr(value)
        if kind is float:
            return repr(value) if value - value == 0 else f'float("{value}")'
        if isinstance(value, Enum):
            return self._member(value)
        if isinstance(value, (date, time, timedelta, Decimal, UUID, PurePath)):
            return self._by_text(value)
        if isinstance(value, type) or (callable(value) and hasattr(value, "__qualname__")):
            return self.name(value)
        if isinstance(value, str) and (name := self.name(kind)):
            return f"{name}({str.__str__(value)!r})"
        return None

    def _member(self, value: Enum) -> str | None:
        name = self.name(type(value))
        if name is None or (isinstance(value, Flag) and (value.name is None or "|" in value.name)):
            return f"{name}({value.value!r})" if name else None
        return f"{name}.{value.name}"

    def _by_text(self, value: Any) -> str | None:
        kind = type(value)
        name = self.name(Path if kind is type(Path()) else kind)
        if name is None:
            return None
        if isinstance(value, (datetime, time)) and value.tzinfo is not None:
            return f"{name}.fromisoformat({value.isoformat()!r})"
        if isinstance(value, (date, time, timedelta)):
            return f"{name}({repr(value).partition('(')[2]}"
        return f"{name}({str(value)!r})"

    def _collection(self, value: Any, depth: int) -> str | None:
        kind = type(value)
        if depth > DEEPEST or kind not in (list, tuple, set, frozenset, dict):
            return None
        if not value:
            return repr(value)
        if kind is dict:
            pairs = [
                f"{self.value(key, depth + 1)}: {self.value(one, depth + 1)}"
                for key, one in value.items()
            ]
            return _bracketed("{", pairs, "}", depth)
        items = [self.value(one, depth + 1) for one in value]
        if kind is tuple:
            return _bracketed("(", items, ",)" if len(items) == 1 else ")", depth)
        begin, end = _BRACKETS[kind]
        return _bracketed(begin, items if kind is list else sorted(items), end, depth)

    def _partial(self, value: Any, depth: int) -> str | None:
        if type(value) is not partial:
            return None
        names = [f"{name}={self.value(one, depth + 1)}" for name, one in value.keywords.items()]
        items = [self.value(one, depth + 1) for one in (value.func, *value.args)]
        return _bracketed(f"{self.name(partial)}(", items + names, ")", depth)

    def _object(self, value: Any, depth: int) -> str | None:
        kind = type(value)
        if depth > DEEPEST or not is_structured(kind) or (name := self.name(kind)) is None:
            return None
        names = [
            one
            for one in fields_of(kind)
            if one in getattr(value, "model_fields_set", fields_of(kind))
        ]
        keywords = {one: _keyword(kind, one) for one in names}
        if not all(map(str.isidentifier, keywords.values())) or _needs_more(kind, names):
            return None
        fields = [(keywords[one], self.value(getattr(value, one), depth + 1)) for one in names]
        return self.call(name, fields, depth)


def _needs_more(kind: Any, fields: list[str]) -> bool:
    """Tell whether a dataclass cannot be made from its fields alone: it has an InitVar without a default."""
    return hasattr(kind, "__dataclass_fields__") and any(
        one.default is REQUIRED and name not in fields
        for name, one in parameters_of(kind).named.items()
    )


def _keyword(kind: Any, field: str) -> str:
    """What the constructor of a class calls a field. Pydantic's takes the alias, unless it is told to take the name, too."""
    config = getattr(kind, "model_config", {})
    if config.get("populate_by_name") or config.get("validate_by_name"):
        return field
    alias = getattr(getattr(kind, "model_fields", {}).get(field), "validation_alias", None)
    return alias if isinstance(alias, str) else field


def _bracketed(begin: str, items: list[str], end: str, depth: int) -> str:
    line = f"{begin}{', '.join(items)}{end}"
    if len(line) + 4 * depth <= _WIDEST and "\n" not in line and _NOTE not in line:
        return line
    indent = "    " * (depth + 1)
    lines = "".join(f"{indent}{_with_comma(one)}\n" for one in items)
    return f"{begin}\n{lines}{'    ' * depth}{end.lstrip(',')}"


def _with_comma(item: str) -> str:
    text, _, note = item.rpartition("  # ") if item.endswith(_NOTE) else ("", "", "")
    return f"{text},  # {note}" if text and "\n" not in item else f"{item},"
