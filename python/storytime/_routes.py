"""Routes: functions that answer requests of a story's preview, `routes={"GET /contacts/{id}": function}`."""

import json
from binascii import a2b_base64
from collections.abc import Callable
from types import NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin
from urllib.parse import parse_qs

from storytime._parameters import REQUIRED, Parameter, bare, parameters_of
from storytime._values import UnfitError, fit

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_TRUE, _FALSE = frozenset({"on", "true", "1", "yes"}), frozenset({"off", "false", "0", "no", ""})
_MANY = (list, tuple, set, frozenset)


class Request(NamedTuple):
    """A request of a preview."""

    method: str
    path: str
    """Decoded."""
    query: str
    type: str
    """Of the body; empty where there is none."""
    body: str
    """In base64."""


def check(routes: dict[Any, Any]) -> None:
    """Raise TypeError or ValueError if a node's routes are not valid."""
    for key, function in routes.items():
        if not isinstance(key, str):
            raise TypeError(f"routes: the key {key!r} must be a str such as 'GET /contacts'")
        method, _, path = key.partition(" ")
        if method not in METHODS or not path.startswith("/") or "?" in path or " " in path:
            raise ValueError(
                f"routes: the key {key!r} must be an HTTP method in capitals and a path, such as 'GET /contacts/{{id}}'"
            )
        for part in path.split("/"):
            if ("{" in part or "}" in part) and not (
                part[:1] == "{" and part[-1:] == "}" and part[1:-1].isidentifier()
            ):
                raise ValueError(
                    f"routes: {part!r} in the key {key!r} must be a whole part such as '{{id}}'"
                )
        if not callable(function):
            raise TypeError(f"routes[{key!r}] must be callable, not {type(function).__name__}")


def answer(lineage: list[dict[str, Any]], *asked: str) -> tuple[int, Any] | None:
    """Return a status and the function's result, or a status and a text that says what is wrong. None: no route fits.

    `lineage`: the routes of the story and of the nodes above it, outermost first.
    """
    request = Request(*asked)
    found = _find(lineage, request)
    if found is None:
        return None
    function, parts = found
    try:
        given = _given(request) | {name: [value] for name, value in parts.items()}
        arguments = _arguments(function, given)
    except (UnfitError, ValueError) as error:
        return 422, str(error)
    return 200, function(**arguments)


def _find(
    lineage: list[dict[str, Any]], request: Request
) -> tuple[Callable[..., Any], dict[str, str]] | None:
    """Find a route: the nearest node wins, and in a node, a path without parameters."""
    method = "GET" if request.method == "HEAD" else request.method
    for routes in reversed(lineage):
        for key in sorted(routes, key=lambda key: key.count("{")):
            wanted, _, pattern = key.partition(" ")
            parts = _match(pattern, request.path) if wanted in (method, request.method) else None
            if parts is not None:
                return routes[key], parts
    return None


def _match(pattern: str, path: str) -> dict[str, str] | None:
    wanted, given = pattern.rstrip("/").split("/"), path.rstrip("/").split("/")
    if len(wanted) != len(given):
        return None
    found: dict[str, str] = {}
    for want, part in zip(wanted, given, strict=True):
        if want.startswith("{"):
            found[want[1:-1]] = part
        elif want != part:
            return None
    return found


# -- what comes with a request


def _given(request: Request) -> dict[str, list[Any]]:
    """Return the values of the query and the body by name. ValueError: the body can't be read."""
    values: dict[str, list[Any]] = dict(parse_qs(request.query, keep_blank_values=True))
    body = a2b_base64(request.body)
    kind = request.type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        values |= parse_qs(body.decode(), keep_blank_values=True)
    elif kind == "application/json" and body:
        data = json.loads(body)
        values |= (
            {name: [value] for name, value in data.items()}
            if isinstance(data, dict)
            else {"body": [data]}
        )
    elif kind == "multipart/form-data":
        values |= _multipart(request.type, body)
    elif body:
        values["body"] = [body]
    return values


def _multipart(kind: str, body: bytes) -> dict[str, list[Any]]:
    """Return the fields of a form; files are bytes."""
    from email.parser import BytesParser  # takes long, and few forms have files
    from email.policy import HTTP

    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    values: dict[str, list[Any]] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        data: Any = part.get_payload(decode=True)
        value = data if part.get_filename() is not None else data.decode()
        values.setdefault(str(name), []).append(value)
    return values


# -- the function's arguments


def _arguments(function: Callable[..., Any], given: dict[str, list[Any]]) -> dict[str, Any]:
    """Return the keyword arguments for a function. Values that it does not take are left out."""
    known = parameters_of(function)
    arguments: dict[str, Any] = (
        {name: values[-1] for name, values in given.items()} if known.others else {}
    )
    for name, parameter in known.named.items():
        if name in given:
            arguments[name] = _argument(parameter, given[name])
        elif parameter.default is REQUIRED:
            kind = bare(parameter.annotation)
            if kind is not bool and (get_origin(kind) or kind) not in _MANY:
                raise UnfitError(f"{name} is missing")
            arguments[name] = (get_origin(kind) or kind)()  # browsers do not send unticked boxes
    return arguments


def _argument(parameter: Parameter, values: list[Any]) -> Any:
    annotation = bare(parameter.annotation)
    members = [bare(one) for one in _members(annotation)]
    kinds = [get_origin(one) or one for one in members]
    try:
        if any(kind in _MANY for kind in kinds):
            return fit(annotation, values[0] if isinstance(values[0], list) else values)
        value = values[-1]
        if isinstance(value, bytes):
            return value
        if bool in kinds and isinstance(value, str) and value.lower() in _TRUE | _FALSE:
            return value.lower() in _TRUE
        if value == "" and NoneType in members and str not in kinds:
            return None
        return fit(annotation, value)
    except UnfitError as error:
        raise UnfitError(f"{parameter.name}: {error}") from None


def _members(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
