"""Changing a story's props by the `?args=` of an address, in Storybook's notation: `label:Hi;disabled:!true`."""

import html
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from storytime._arg_types import described
from storytime._controls import MISSING, Argument, arguments_of, fitted
from storytime._parameters import UNKNOWN, Parameter, parameters_of
from storytime._values import UnfitError, data_of

DEEPEST = 100
"""How many parts the name of one place in a value may have."""


def change(
    target: Callable[..., Any] | None,
    props: dict[str, Any],
    arg_types: tuple[dict[Any, Any], dict[Any, Any]],
    args: str,
) -> dict[str, Any] | str:
    """Return the props with the arguments applied; or a page that says which values were refused."""
    known = arguments_of(target, props, described(*arg_types))
    others = target is None or parameters_of(target).others
    found: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for part in filter(None, args.split(";")):
        key, _, raw = part.partition(":")
        key = unquote(key)
        name, *path = [key] if key in known else re.split(r"[.\[]", key.replace("]", ""))
        try:
            if len(path) > DEEPEST:
                raise UnfitError(f"a name may have at most {DEEPEST} parts")
            one = known.get(name) or _other(target, name, known, others)
            data = _decoded(raw)
            found[name] = (
                one,
                _put(found[name][1] if name in found else _present(one), path, data)
                if path
                else data,
            )
        except (UnfitError, ValueError) as error:
            errors[name] = str(error)
    changed = dict(props)
    for name, (one, data) in found.items():
        try:
            if data is MISSING:
                changed.pop(name, None)
            else:
                changed[name] = fitted(one, data)
        except UnfitError as error:
            errors[name] = str(error)
    return _page(errors) if errors else changed


def _other(target: Any, name: str, known: dict[str, Argument], others: bool) -> Argument:
    named = parameters_of(target).named if target is not None else {}
    if name in named or others:
        return Argument(name, named.get(name) or Parameter(name), MISSING, False, {})
    raise UnfitError(
        f"the component has no such argument; it has {', '.join([*named] or known) or 'none'}"
    )


def _decoded(raw: str) -> Any:
    special = re.fullmatch(r"!(date|hex|rgba?|hsla?|json)\((.*)\)", raw, re.DOTALL)
    if special is not None:
        kind, text = special[1], unquote(special[2])
        if kind == "json":
            return json.loads(text)
        return text if kind == "date" else f"#{text}" if kind == "hex" else f"{kind}({text})"
    words = {"!true": True, "!false": False, "!null": None, "!undefined": MISSING}
    if raw in words:
        return words[raw]
    if raw.startswith("!"):
        raise UnfitError(
            "a value that begins with '!' must be !true, !false, !null, !undefined, !date(...), !hex(...), !rgba(...), "
            "!hsla(...) or !json(...)"
        )
    return unquote(raw)


def _present(one: Argument) -> Any:
    return data_of(one.value) if one.value is not MISSING and one.value is not UNKNOWN else None


def _put(data: Any, path: list[str], value: Any) -> Any:
    """Return data with another value in one place: `a.b` of an object, `a[0]` of a list."""
    step, *rest = path
    if value is MISSING:
        raise UnfitError("!undefined can only stand for a whole argument")
    if data is None:
        data = [] if step == "0" else {}
    if isinstance(data, list):
        at = int(step) if step.isdecimal() else len(data) + 1
        if at > len(data):
            raise UnfitError(f"a list of {len(data)} items has no item [{step}]")
        inner = _put(data[at] if at < len(data) else None, rest, value) if rest else value
        return [*data[:at], inner, *data[at + 1 :]]
    if not isinstance(data, dict):
        raise UnfitError(f"{data!r} has no part {step!r}")
    return {**data, step: _put(data.get(step), rest, value) if rest else value}


def _page(errors: dict[str, str]) -> str:
    items = "".join(
        f'<li data-arg="{html.escape(name)}"><b>{html.escape(name)}</b>: {html.escape(text)}</li>'
        for name, text in errors.items()
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Invalid values</title>\n</head>\n'
        f"<body>\n<h1>Some values are invalid</h1>\n<ul>{items}</ul>\n</body>\n</html>\n"
    )
