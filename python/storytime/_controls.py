"""Values of a story's arguments that come as text, in Storybook's notation: `label:Hi;disabled:!true`."""

import html
import inspect
import json
import re
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    TypeAliasType,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)
from urllib.parse import unquote

MISSING = object()


def change(
    target: Callable[..., Any] | None, props: dict[str, Any], args: str
) -> dict[str, Any] | str:
    """Return the props with the arguments; or a page that says which of the values are refused."""
    changed = dict(props)
    known = _parameters(target)
    errors: list[tuple[str, str]] = []
    for part in filter(None, args.split(";")):
        name, _, raw = part.partition(":")
        name = unquote(name)
        try:
            value = _convert(_annotation(name, known, props), raw)
        except (TypeError, ValueError) as error:
            errors.append((name, str(error)))
            continue
        if value is MISSING:
            changed.pop(name, None)
        else:
            changed[name] = value
    return _page(errors) if errors else changed


def _page(errors: list[tuple[str, str]]) -> str:
    items = "".join(
        f'<li data-arg="{html.escape(name)}"><b>{html.escape(name)}</b>: {html.escape(text)}</li>'
        for name, text in errors
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Not a value</title>\n</head>\n'
        f"<body>\n<h1>These values do not fit</h1>\n<ul>{items}</ul>\n</body>\n</html>\n"
    )


def _parameters(target: Callable[..., Any] | None) -> dict[str, Any] | None:
    """Return the annotation of each parameter; None: they can't be known, or any name is taken."""
    try:
        parameters = inspect.signature(target).parameters if target is not None else {}
    except TypeError, ValueError:
        return None
    if any(one.kind is one.VAR_KEYWORD for one in parameters.values()):
        return None
    inner = inspect.unwrap(target) if target is not None else None
    inner = getattr(inner, "func", inner)
    if isinstance(inner, type):
        inner = next(vars(base)["__init__"] for base in inner.__mro__ if "__init__" in vars(base))
    try:
        hints = get_type_hints(inner, include_extras=True) if inner is not None else {}
    except Exception:  # noqa: BLE001 - annotations are the user's code
        hints = {}
    return {name: hints.get(name, Any) for name in parameters}


def _annotation(name: str, known: dict[str, Any] | None, props: dict[str, Any]) -> Any:
    if known is not None and name not in known and name not in props:
        raise ValueError(
            f"the component has no argument of this name; it has {', '.join(known) or 'none'}"
        )
    annotation = (known or {}).get(name, Any)
    if annotation is Any and props.get(name) is not None:
        return type(props[name])
    return annotation


def _convert(annotation: Any, raw: str) -> Any:
    if raw == "!undefined":
        return MISSING
    special = re.fullmatch(r"!(date|hex|json)\((.*)\)", raw, re.DOTALL)
    if special is not None:
        kind, text = special[1], unquote(special[2])
        if kind == "json":
            return _fit(annotation, json.loads(text))
        return _fit(annotation, f"#{text}" if kind == "hex" else text)
    if raw in ("!true", "!false", "!null"):
        return _fit(annotation, {"!true": True, "!false": False, "!null": None}[raw])
    if raw.startswith("!"):
        raise ValueError(
            "a value that begins with '!' is !true, !false, !null, !undefined, !date(...), !hex(...) or !json(...)"
        )
    return _fit(annotation, unquote(raw))


def _fit(annotation: Any, value: Any) -> Any:
    """Make a value of JSON's types one of an annotation. ValueError: it is none."""
    while isinstance(annotation, TypeAliasType):
        annotation = annotation.__value__
    origin = get_origin(annotation)
    if origin is Annotated:
        return _fit(get_args(annotation)[0], value)
    if origin in (Union, UnionType):
        return _fit_any(get_args(annotation), value)
    if origin is Literal:
        return _choose(value, {str(one): one for one in get_args(annotation)})
    kind = origin or annotation
    if kind in (None, NoneType) and value is None:
        return None
    if kind in (Any, inspect.Parameter.empty, object):
        return value
    if not isinstance(kind, type) or kind is NoneType:
        raise ValueError("an argument of this type cannot be given as text")
    if issubclass(kind, Enum):
        return _choose(value, {one.name: one for one in kind})
    return _fit_type(kind, value)


def _choose(value: Any, options: dict[str, Any]) -> Any:
    if str(value) not in options:
        raise ValueError(f"{value!r} is none of {', '.join(options)}")
    return options[str(value)]


def _fit_any(members: tuple[Any, ...], value: Any) -> Any:
    errors: list[str] = []
    if value is None and NoneType in members:
        return None
    for one in members:
        if one is not NoneType:
            try:
                return _fit(one, value)
            except (TypeError, ValueError) as error:
                errors.append(str(error))
    raise ValueError("; ".join(errors))


def _fit_type(kind: type, value: Any) -> Any:
    wanted = f"{value!r} is no {kind.__name__}"
    if kind is bool and not isinstance(value, bool):
        raise ValueError(f"{wanted}; write !true or !false")
    if kind in (int, float):
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise ValueError(wanted)
        try:
            return kind(value)
        except ValueError, OverflowError:
            raise ValueError(wanted) from None
    if kind is datetime or kind is date:
        try:
            return kind.fromisoformat(value)
        except TypeError, ValueError:
            raise ValueError(f"{wanted}; write it as 2026-01-31") from None
    if kind in (list, tuple, set, frozenset, dict) and isinstance(
        value, dict if kind is dict else list
    ):
        return kind(value)
    if kind in (bool, str) and isinstance(value, kind):
        return value
    if kind in (bool, str, list, tuple, set, frozenset, dict):
        raise ValueError(wanted)
    raise ValueError(f"an argument of the type {kind.__name__} cannot be given as text")
