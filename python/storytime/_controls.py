"""Controls: how each argument of a story can be changed."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from enum import Enum, Flag
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from storytime._arg_types import CHOICES, MULTIPLE, ArgTypeError, described
from storytime._parameters import REQUIRED, UNKNOWN, Parameter, bare, parameters_of
from storytime._values import (
    UnfitError,
    choose,
    data_of,
    fit,
    infer,
    is_structured,
    is_text,
    json_text,
    option_text,
)

MISSING = object()
_MOST_RADIOS = 5
_LONGEST_RAW = 6000  # characters; longer values are shown, but cannot be edited, as they hardly fit into an address
_ESCAPES = str.maketrans({one: f"%{ord(one):02X}" for one in '%;:&+#"<>\\^`{}| \t\r\n'})
_COLOUR_NAMES = ("color", "colour", "background")
_COLOUR_FUNCTIONS = ("rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "lch(", "oklab(", "oklch(")
_PLAIN = frozenset({bool, int, float, str})
_MOST_KNOWN = 8192  # of the entries that are remembered
_default_rows: dict[
    int, tuple[Parameter, Any]
] = {}  # by the parameter, which stays alive with its row
_specs: dict[tuple[int, type, bool], tuple[Parameter, tuple[str, bool]]] = {}
_SIMPLE: dict[Any, dict[str, Any]] = {
    bool: {"type": "boolean"},
    int: {"type": "number"},
    float: {"type": "number", "step": "any"},
    str: {"type": "text"},
    date: {"type": "date"},
    datetime: {"type": "datetime"},
    time: {"type": "time"},
}
_OF_CONTROLS: dict[object, Any] = {
    "boolean": bool,
    "number": int | float,
    "range": int | float,
    "object": Any,
    "date": date,
}


class Argument(NamedTuple):
    """One argument of a story: its parameter, its value and its entry in `arg_types`."""

    name: str
    parameter: Parameter
    value: Any
    """The story's value, or else the default; MISSING: there is neither."""
    given: bool
    """Whether the story sets it."""
    says: dict[str, Any]

    def annotation(self) -> Any:
        """The type of its values. UnfitError: they cannot be written as text."""
        annotation = self.parameter.annotation
        if bare(annotation) not in (Any, object):
            return annotation
        if not any(self.value is one for one in (MISSING, UNKNOWN, None)):
            return infer(self.value)
        return _OF_CONTROLS.get(self.says.get("control"), Any)


class Row(NamedTuple):
    """A row of the table of arguments on a story's page."""

    name: str
    type: str
    value: Any
    has_value: bool
    given: bool
    description: str | None
    raw: str | None
    """The story's own value in the notation of addresses; None: it can't be written."""
    now: str | None
    """The value out of an address, where it has another one."""
    control: str | None
    """JSON; None: the value can't be changed."""


def arguments_of(
    target: Callable[..., Any] | None, props: dict[str, Any], says: dict[str, dict[str, Any]]
) -> dict[str, Argument]:
    """Return a story's arguments: those that it sets, then all others with a default or a control in `arg_types`."""
    known = parameters_of(target) if target is not None else None
    named = known.named if known is not None else {}
    found = {
        name: Argument(name, named.get(name) or Parameter(name), value, True, says.get(name, {}))
        for name, value in props.items()
    }
    for name, one in named.items():
        if name not in found and one.default is not REQUIRED:
            found[name] = Argument(name, one, one.default, False, says.get(name, {}))
    for name, entry in says.items():
        if (
            name not in found
            and entry.get("control")
            and known is not None
            and (known.others or name in named)
        ):
            parameter = named.get(name) or Parameter(name)
            found[name] = Argument(name, parameter, MISSING, False, entry)
    return found


def rows(
    target: Callable[..., Any] | None,
    props: dict[str, Any],
    own: dict[str, Any],
    arg_types: tuple[dict[Any, Any], dict[Any, Any]],
    editable: bool,
) -> list[Row]:
    """Return the table of a story's arguments; `own` are its props before an address changed them."""
    says = described(*arg_types)
    if not editable:
        return [_row(one, None, None, None) for one in arguments_of(None, props, says).values()]
    found = arguments_of(target, props, says)
    before = found if own is props else arguments_of(target, own, says)
    return [
        _row_of_default(one)
        if one.name not in says and not one.given and before.get(one.name, one) is one
        else _row_of(one, before.get(one.name, one))
        for one in found.values()
    ]


def _row_of_default(one: Argument) -> Row:
    """Return the row of an argument that the story does not set, which is the same for all stories of the component."""
    found = _default_rows.get(id(one.parameter))
    if found is None:
        found = (one.parameter, _row_of(one, one))
        _remember(_default_rows, id(one.parameter), found)
    return found[1]


def _row_of(one: Argument, own: Argument) -> Row:
    control, raw = _control(own)
    return _row(one, control, raw, _control(one)[1] if one.value is not own.value else None)


def _remember(known: dict[Any, Any], key: Any, value: Any) -> None:
    if len(known) >= _MOST_KNOWN:
        known.clear()
    known[key] = value


def _row(one: Argument, control: str | None, raw: str | None, now: str | None) -> Row:
    kind = one.parameter.type or (type(one.value).__name__ if one.value is not MISSING else "")
    return Row(
        one.name if isinstance(one.name, str) else repr(one.name),
        kind,
        one.value,
        one.value is not MISSING,
        one.given,
        one.says.get("description") or one.parameter.description,
        raw,
        now,
        control,
    )


# -- which control


def _control(one: Argument) -> tuple[str | None, str | None]:
    """Return the control of an argument as JSON, and its value in the notation of addresses; None if there is none."""
    if one.says.get("control", True) is None or not isinstance(one.name, str):
        return None, None
    try:
        control, optional = _spec_text(one)
        raw = _raw(one, optional)
    except ArgTypeError:
        raise
    except Exception:  # noqa: BLE001 - it does not fit, or the user's classes object to being looked at
        return None, None
    return control, raw


def _spec_text(one: Argument) -> tuple[str, bool]:
    """Return the control as JSON, and whether the value can be None. For plain values, both depend only on annotation and type."""
    plain = (
        not one.says and type(one.value) in _PLAIN and not one.name.lower().endswith(_COLOUR_NAMES)
    )
    has_default = one.given and one.parameter.default is not REQUIRED
    key = (id(one.parameter.annotation), type(one.value), has_default)
    if plain and (found := _specs.get(key)) is not None:
        return found[1]
    spec = _spec(one)
    if has_default:
        spec["default"] = True
    text = (json_text(spec), spec.get("optional", False))
    if plain:
        _remember(_specs, key, (one.parameter, text))
    return text


def _spec(one: Argument) -> dict[str, Any]:
    notes: list[Any] = []
    annotation = bare(one.annotation(), notes)
    members = [one for one in _members(annotation) if bare(one) is not NoneType]
    spec: dict[str, Any] = {}
    wanted = one.says.get("control")
    if "options" in one.says:
        spec = {
            "type": _of_choices(len(one.says["options"])),
            "options": _listed(one.says["options"], one.says),
        }
    elif (options := _options(members)) is not None:
        spec = {"type": _of_choices(len(options)), "options": _listed(options, one.says)}
    else:
        spec = _by_annotation(one, _member_of(members, one.value), notes)
    if wanted is not None:
        spec["type"] = wanted
    if wanted in CHOICES | MULTIPLE and "options" not in spec:
        raise ArgTypeError(
            f"arg_types[{one.name!r}]['control'] is {wanted!r}; list the choices in 'options'"
        )
    spec |= {key: one.says[key] for key in ("min", "max", "step") if key in one.says}
    if len(members) < len(_members(annotation)):
        spec["optional"] = True
    return spec


def _members(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


def _member_of(members: list[Any], value: Any) -> Any:
    """Return the member of a union that a value belongs to, else the first."""
    for one in members:
        plain = bare(one)
        if (get_origin(plain) or plain) is type(value):
            return one
    return members[0] if members else NoneType


def _options(members: list[Any]) -> dict[str, Any] | None:
    """Return all values of a union, if each of its members is a choice among values."""
    options: dict[str, Any] = {}
    for one in map(bare, members):
        if get_origin(one) is Literal:
            options |= {option_text(value): value for value in get_args(one)}
        elif isinstance(one, type) and issubclass(one, Enum) and not issubclass(one, Flag):
            options |= {option_text(value): value for value in one}
        else:
            return None
    return options or None


def _of_choices(count: int) -> str:
    return "radio" if count <= _MOST_RADIOS else "select"


def _listed(options: Iterable[str], says: dict[str, Any]) -> list[list[str]]:
    labels = says.get("labels", {})
    return [[escaped(text), labels.get(text, text)] for text in options]


def _by_annotation(one: Argument, annotation: Any, notes: list[Any]) -> dict[str, Any]:
    annotation = bare(annotation, notes)
    kind = get_origin(annotation) or annotation
    if kind in _SIMPLE:
        spec = dict(_SIMPLE[kind])
        if kind is str and one.name.lower().endswith(_COLOUR_NAMES) and _is_colour(one.value):
            spec["type"] = "color"
        return spec | (_limits(notes) if spec["type"] == "number" else {})
    item = (
        _options([next(iter(get_args(annotation)), NoneType)])
        if kind in (list, set, frozenset)
        else None
    )
    if item is not None:
        return {"type": "check", "options": _listed(item, one.says)}
    if is_text(kind):
        return {"type": "number", "step": "any"} if kind.__name__ == "Decimal" else {"type": "text"}
    if is_structured(kind) or one.says.get("control"):
        return {"type": "object"}
    raise UnfitError("no control fits")


def _is_colour(value: object) -> bool:
    text = value.lower() if isinstance(value, str) else ""
    digits = text.removeprefix("#")
    return text.startswith(_COLOUR_FUNCTIONS) or (
        text != digits
        and len(digits) in (3, 4, 6, 8)
        and all(one in "0123456789abcdef" for one in digits)
    )


def _limits(notes: list[Any]) -> dict[str, Any]:
    """Return the limits of a number, from `Annotated[int, Ge(0), Le(10)]` or pydantic's Field(ge=0)."""
    spec: dict[str, Any] = {}
    for note in [part for one in notes for part in (one, *(getattr(one, "metadata", None) or ()))]:
        for key, name in (("min", "ge"), ("max", "le"), ("step", "multiple_of")):
            if isinstance(value := getattr(note, name, None), (int, float)):
                spec[key] = value
    return spec


# -- values in the notation of addresses


def escaped(text: str) -> str:
    """Return a text escaped for an address, for JavaScript's decodeURIComponent() and unquote()."""
    text = text.translate(_ESCAPES)
    return f"%21{text[1:]}" if text.startswith("!") else text


def _raw(one: Argument, optional: bool) -> str | None:
    if one.value is MISSING or one.value is UNKNOWN:
        return None
    if one.value is None:
        return "!null" if optional else _raw_choice(one)
    if "options" in one.says:
        return _raw_choice(one)
    if type(one.value) in _PLAIN and one.parameter.annotation is type(one.value):
        return _short(raw_of(one.value))
    data = data_of(one.value)
    if data_of(fitted(one, data)) != data:
        raise UnfitError("the text stands for another value")
    return _short(raw_of(data))


def _short(raw: str) -> str:
    if len(raw) > _LONGEST_RAW:
        raise UnfitError("the value is too long")
    return raw


def _raw_choice(one: Argument) -> str | None:
    options = one.says.get("options", {})
    if one.says.get("control") in MULTIPLE:
        chosen = [_text_of(value, options) for value in one.value or ()]
        return raw_of(chosen) if None not in chosen else None
    text = _text_of(one.value, options)
    return escaped(text) if text is not None else None


def _text_of(value: Any, options: dict[str, Any]) -> str | None:
    for text, option in options.items():
        if option is value or (type(option) is type(value) and option == value):
            return text
    return None


def raw_of(data: Any) -> str:
    """Return data in the notation of addresses."""
    if data is None or isinstance(data, bool):
        return {None: "!null", True: "!true", False: "!false"}[data]
    if isinstance(data, str):
        return escaped(data)
    if isinstance(data, (int, float)):
        return str(data)
    return f"!json({json_text(data).translate(_ESCAPES)})"


# -- values out of data


def fitted(one: Argument, data: Any) -> Any:
    """Convert data to a value of the argument: an option, else the type of the story's own value, else the annotation."""
    annotation = one.annotation()
    if "options" in one.says:
        return _fit_options(one, annotation, data)
    members = _members(bare(annotation))
    if len(members) > 1 and data is not None:
        try:
            return fit(_member_of([one for one in members if one is not NoneType], one.value), data)
        except UnfitError:
            pass
    return fit(annotation, data)


def _fit_options(one: Argument, annotation: Any, data: Any) -> Any:
    options = one.says["options"]
    if one.says.get("control") not in MULTIPLE:
        return (
            None
            if data is None and NoneType in _members(bare(annotation))
            else choose(data, options)
        )
    if not isinstance(data, list):
        raise UnfitError(f"{data!r} is not a valid list")
    chosen = [choose(text, options) for text in data]
    kind = get_origin(bare(annotation)) or bare(annotation)
    return kind(chosen) if kind in (tuple, set, frozenset) else chosen
