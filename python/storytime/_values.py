"""Converts JSON data to the values that an annotation asks for, and back."""

import math
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time
from enum import Enum, Flag
from types import GenericAlias, NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, is_typeddict

from storytime._parameters import bare, hints_of, type_text

DEEPEST = 8
_MOST_QUOTED = 80  # characters of a refused value
_LISTS: dict[Any, Callable[[list[Any]], Any]] = {
    list: list,
    set: set,
    frozenset: frozenset,
    AbstractSet: set,
    Sequence: list,
    Collection: list,
    Iterable: list,
}
_DICTS = (dict, Mapping, MutableMapping)
_MOMENTS = (date, datetime, time)
_TEXTS = {
    "decimal": "Decimal",
    "uuid": "UUID",
    "pathlib": "PurePath",
}  # already imported by anybody who has such a value
_JSON_ESCAPES = {one: f"\\u{one:04x}" for one in range(32)} | str.maketrans(
    {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
)
_NAMES = {
    "int": "whole number",
    "float": "number",
    "Decimal": "number",
    "datetime": "date and time",
}
_EXAMPLES = {date: "2026-01-31", datetime: "2026-01-31T09:30", time: "09:30"}


class UnfitError(ValueError):
    """A value does not fit an annotation, or cannot be written as data."""


# -- from data to values


def fit(annotation: Any, data: Any) -> Any:
    """Convert JSON data to a value of an annotation. UnfitError: it does not fit."""
    annotation = bare(annotation)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return _fit_union(args, data)
    if origin is Literal:
        return choose(data, {option_text(one): one for one in args})
    kind = origin or annotation
    if kind in (None, NoneType):
        return _checked(data is None, None, data, "None")
    if kind in (Any, object):
        return data
    if kind is tuple:
        return _fit_tuple(args, data)
    if kind in _LISTS:
        _checked(isinstance(data, list), None, data, "list")
        return _LISTS[kind](_fit_items(args[0] if args else Any, data))
    if kind in _DICTS:
        _checked(isinstance(data, dict), None, data, "dict")
        of_key, of_value = args or (Any, Any)
        return {
            fit(of_key, key): _fit_part(str(key), of_value, value) for key, value in data.items()
        }
    if not isinstance(kind, type):
        raise UnfitError(f"a value of the type {type_text(annotation)} cannot be given as text")
    return _fit_class(kind, data)


def _checked(good: bool, value: Any, data: Any, wanted: str, hint: str = "") -> Any:
    if good:
        return value
    raise UnfitError(f"{_quoted(data)} is not a valid {wanted}{hint}")


def _quoted(data: Any) -> str:
    text = repr(data)
    return text if len(text) <= _MOST_QUOTED else f"{text[:_MOST_QUOTED]}…"


def choose(data: Any, options: Mapping[str, Any]) -> Any:
    """Return the option with this text."""
    text = data if isinstance(data, str) else option_text(data)
    if text not in options:
        raise UnfitError(f"{_quoted(data)} is not one of {', '.join(options)}")
    return options[text]


def option_text(value: Any) -> str:
    """Return the text for one of several values, in an address and in a menu."""
    if isinstance(value, Enum):
        return value.name
    name = getattr(value, "__name__", None) if callable(value) else None
    return name if isinstance(name, str) else str(value)


def _fit_union(members: tuple[Any, ...], data: Any) -> Any:
    """Try the member that the data already belongs to, then the others in order."""
    errors: list[str] = []
    if data is None and NoneType in members:
        return None
    for one in sorted(members, key=lambda one: bare(one) is not type(data)):
        try:
            return fit(one, data)
        except UnfitError as error:
            if one is not NoneType:
                errors.append(str(error))
    raise UnfitError("; ".join(errors))


def _fit_tuple(args: tuple[Any, ...], data: Any) -> tuple[Any, ...]:
    _checked(isinstance(data, list), None, data, "list")
    if not args:
        return tuple(data)
    if args[-1] is ...:
        return tuple(_fit_items(args[0], data))
    _checked(len(args) == len(data), None, data, f"list of {len(args)} items")
    return tuple(_fit_part(f"[{at}]", one, data[at]) for at, one in enumerate(args))


def _fit_items(annotation: Any, data: list[Any]) -> list[Any]:
    return [_fit_part(f"[{at}]", annotation, one) for at, one in enumerate(data)]


def _fit_part(place: str, annotation: Any, data: Any) -> Any:
    """Convert a part of a value; an error names its place."""
    try:
        return fit(annotation, data)
    except UnfitError as error:
        raise UnfitError(f"{place}: {error}") from None


def _fit_class(kind: type, data: Any) -> Any:
    if issubclass(kind, Enum):
        names = {option_text(one): one for one in kind}
        return choose(
            data, names if str(data) in names else {str(one.value): one for one in kind} | names
        )
    if kind is bool:
        return _checked(isinstance(data, bool), data, data, "bool", "; write !true or !false")
    if kind is str:
        return _checked(isinstance(data, str), data, data, "str")
    if kind in (int, float):
        return _number(kind, data)
    if issubclass(kind, _MOMENTS) or is_text(kind):
        return _fit_text(kind, data)
    if is_typeddict(kind):
        return _fit_fields(kind, data, dict)
    if hasattr(kind, "__dataclass_fields__") or (
        issubclass(kind, tuple) and hasattr(kind, "_fields")
    ):
        return _fit_fields(kind, data, kind)
    if getattr(kind, "model_config", {}).get("table"):
        # SQLModel checks what it reads into a table in model_validate() alone.
        validate: Callable[[Any], object] = kind.model_validate  # type: ignore[attr-defined]
        return _made(kind, lambda: validate(data))
    if hasattr(kind, "model_validate_json"):
        # From JSON, strict models take dates and enums, too.
        return _made(kind, lambda: kind.model_validate_json(json_text(data)))
    raise UnfitError(f"a value of the type {kind.__name__} cannot be given as text")


def _number(kind: type, data: Any) -> Any:
    if data == "":
        raise UnfitError(_missing(kind))
    wanted = f"{_quoted(data)} is not a valid {kind.__name__}"
    if isinstance(data, bool) or not isinstance(data, (int, float, str)):
        raise UnfitError(wanted)
    try:
        value = kind(data)
    except ValueError, OverflowError:
        raise UnfitError(wanted) from None
    if isinstance(data, float) and value != data:
        raise UnfitError(wanted)
    return value


def _missing(kind: type) -> str:
    """What to say of an empty field."""
    example = f", such as {_EXAMPLES[kind]}" if kind in _EXAMPLES else ""
    return f"enter a {_NAMES.get(kind.__name__, kind.__name__)}{example}"


def _fit_text(kind: Any, data: Any) -> Any:
    text = str(data) if isinstance(data, (str, int, float)) else ""
    try:
        if kind is date:
            return date.fromisoformat(text[:10])  # Storybook appends a time
        return kind.fromisoformat(text) if kind in _EXAMPLES else kind(text)
    except ValueError, ArithmeticError:  # decimal's own is of the latter
        if data == "":
            raise UnfitError(_missing(kind)) from None
        hint = f"; write it as {_EXAMPLES[kind]}" if kind in _EXAMPLES else ""
        raise UnfitError(f"{_quoted(data)} is not a valid {kind.__name__}{hint}") from None


def _fit_fields(kind: Any, data: Any, make: Callable[..., Any]) -> Any:
    hints = hints_of(kind)
    _checked(
        isinstance(data, dict), None, data, kind.__name__, "; write a JSON object of its fields"
    )
    names = fields_of(kind)
    for name in data:
        if name not in names:
            raise UnfitError(f"{kind.__name__} has no field {name!r}; it has {', '.join(names)}")
    for name in names if is_typeddict(kind) else ():
        if name not in data and name in kind.__required_keys__:
            raise UnfitError(f"{kind.__name__} needs the key {name!r}")
    fields = {name: _fit_part(name, hints.get(name, Any), value) for name, value in data.items()}
    return _made(kind, lambda: make(**fields))


def _made(kind: type, make: Callable[[], Any]) -> Any:
    """Call the user's class, which may refuse the value."""
    try:
        return make()
    except Exception as error:
        raise UnfitError(f"{kind.__name__} rejects it: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """Pydantic's message for each field, without its links; else the exception's own text."""
    try:
        found = error.errors()  # type: ignore[attr-defined]
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found)
    except Exception:  # noqa: BLE001 - it is another exception
        return str(error)


def fields_of(kind: Any) -> list[str]:
    """Return the names of a class's fields."""
    if hasattr(kind, "__dataclass_fields__"):
        return [one.name for one in sys.modules["dataclasses"].fields(kind) if one.init]
    if hasattr(kind, "model_fields"):
        return list(kind.model_fields)
    return list(getattr(kind, "_fields", None) or hints_of(kind))


def is_text(kind: Any) -> bool:
    """Tell whether values of a class can be made from a text and turned back into it: Decimal, UUID, Path."""
    classes = [getattr(sys.modules.get(module), name, None) for module, name in _TEXTS.items()]
    return isinstance(kind, type) and any(
        one is not None and issubclass(kind, one) for one in classes
    )


def is_structured(kind: Any) -> bool:
    """Tell whether values of a class consist of other values: items or fields."""
    return (
        kind is tuple or kind in _LISTS or kind in _DICTS or is_typeddict(kind) or _has_fields(kind)
    )


def _has_fields(kind: Any) -> bool:
    return (
        hasattr(kind, "__dataclass_fields__")
        or hasattr(kind, "model_fields")
        or (isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"))
    )


# -- from values to data


def data_of(value: Any, depth: int = 0) -> Any:
    """Return a value as JSON data. UnfitError: that is not possible."""
    kind = type(value)
    if value is None or kind in (bool, str, int):
        return value
    if kind is float and math.isfinite(value):
        return value
    if depth > DEEPEST:
        raise UnfitError("it is nested too deeply")
    if isinstance(value, Enum) and not isinstance(value, Flag):
        return value.name
    if isinstance(value, (date, time)):
        return value.isoformat()
    if is_text(kind):
        return str(value)
    if hasattr(kind, "model_dump"):
        return data_of(_dumped(value), depth + 1)
    if _has_fields(kind):
        return {name: data_of(getattr(value, name), depth + 1) for name in fields_of(kind)}
    if kind in (list, tuple):
        return [data_of(one, depth + 1) for one in value]
    if kind in (set, frozenset):
        return sorted((data_of(one, depth + 1) for one in value), key=repr)
    if kind is dict and all(type(key) is str for key in value):
        return {key: data_of(one, depth + 1) for key, one in value.items()}
    raise UnfitError(f"a value of the type {kind.__name__} has no form as text")


def _dumped(model: Any) -> Any:
    """What a pydantic model is made from, as JSON data: enums by their values, and fields by their aliases."""
    try:
        return model.model_dump(mode="json", by_alias=True, round_trip=True)
    except Exception as error:
        raise UnfitError(f"{type(model).__name__} cannot be dumped: {error}") from error


def json_text(data: Any) -> str:
    """Return data from data_of() as JSON text, without blanks. The module `json` takes longer to import than a save may."""
    if data is None or isinstance(data, bool):
        return {None: "null", True: "true", False: "false"}[data]
    if isinstance(data, str):
        return f'"{data.translate(_JSON_ESCAPES)}"'
    if isinstance(data, (list, tuple)):
        return f"[{','.join(map(json_text, data))}]"
    if isinstance(data, dict):
        return f"{{{','.join(f'{json_text(key)}:{json_text(one)}' for key, one in data.items())}}}"
    return repr(data)


def infer(value: Any, depth: int = 0) -> Any:
    """Return an annotation for a value without one. UnfitError: there is none."""
    kind = type(value)
    if depth > DEEPEST:
        raise UnfitError("it is nested too deeply")
    if kind in (list, set, frozenset):
        return GenericAlias(kind, (_infer_all(value, depth),))
    if kind is tuple:
        return (
            GenericAlias(tuple, tuple(infer(one, depth + 1) for one in value)) if value else tuple
        )
    if kind is dict:
        return GenericAlias(dict, (str, _infer_all(value.values(), depth)))
    return kind


def _infer_all(values: Iterable[Any], depth: int) -> Any:
    found = list(dict.fromkeys(infer(one, depth + 1) for one in values))
    return Union[tuple(found)] if found else Any  # noqa: UP007 - of a tuple
