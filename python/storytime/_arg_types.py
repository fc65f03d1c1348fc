"""The `arg_types` of a subject and a story, which describe arguments: `{"size": {"control": "select", "options": [...]}}`."""

from collections.abc import Iterable, Mapping
from typing import Any

from storytime._values import option_text

CHOICES = frozenset({"radio", "inline-radio", "select"})
MULTIPLE = frozenset({"check", "inline-check", "multi-select"})
CONTROLS = (
    CHOICES
    | MULTIPLE
    | {"text", "number", "range", "boolean", "date", "datetime", "time", "color", "object"}
)
_IN_CONTROL = ("type", "min", "max", "step", "labels")
_KEYS = ("description", "control", "options", "labels", "min", "max", "step")


class ArgTypeError(ValueError):
    """An invalid entry of `arg_types`."""


def described(subject: dict[Any, Any], story: dict[Any, Any]) -> dict[str, dict[str, Any]]:
    """Return the entry of each argument of a story: the story's own, or else its subject's. TypeError, ValueError: invalid.

    `control` is a name, or None if it is switched off; `options` are values by their texts.
    """
    said: dict[str, dict[str, Any]] = {}
    for arg_types in (subject, story):
        for name, entry in arg_types.items():
            said[name] = said.get(name, {}) | _entry(name, entry)
    return said


def _entry(name: object, entry: object) -> dict[str, Any]:
    if not isinstance(name, str) or not isinstance(entry, dict):
        raise TypeError(f"arg_types[{name!r}] must be a dict, not {type(entry).__name__}")
    place = f"arg_types[{name!r}]"
    _check_keys(place, entry, _KEYS)
    said = {key: value for key, value in entry.items() if key != "control"}
    if "control" in entry:
        said |= _control(f"{place}['control']", entry["control"])
    for key, value in said.items():
        _CHECKS[key](f"{place}[{key!r}]", value)
    if "options" in said:
        said["options"] = _options(said["options"])
    return said


def _check_keys(place: str, entry: dict[Any, Any], known: tuple[str, ...]) -> None:
    for key in entry:
        if key not in known:
            hint = _meant(key, known) or f"it may have {', '.join(map(repr, known))}"
            raise TypeError(f"{place} has an unknown key {key!r}; {hint}")


def _meant(word: object, known: Iterable[str]) -> str | None:
    from difflib import get_close_matches  # only needed for messages

    near = get_close_matches(str(word), known, n=1)
    return f"did you mean {near[0]!r}?" if near else None


def _control(place: str, control: object) -> dict[str, Any]:
    if control is None or control is False:
        return {"control": None}
    if not isinstance(control, dict):
        return {"control": control}
    _check_keys(place, control, _IN_CONTROL)
    said = dict(control)
    if "type" in said:
        said["control"] = said.pop("type")
    return said


def _options(options: Any) -> dict[str, Any]:
    if isinstance(options, Mapping):
        return dict(options)
    return {option_text(one): one for one in options}


# -- what may stand where


def _check_text(place: str, value: object) -> None:
    if not isinstance(value, str):
        raise TypeError(f"{place} must be a str, not {type(value).__name__}")


def _check_control(place: str, value: object) -> None:
    if value is not None and (not isinstance(value, str) or value not in CONTROLS):
        hint = (
            _meant(value, CONTROLS) or f"it must be one of {', '.join(sorted(CONTROLS))}, or False"
        )
        raise ValueError(f"{place} is {value!r}; {hint}")


def _check_options(place: str, value: object) -> None:
    if isinstance(value, Mapping):
        _check_labels(place, dict.fromkeys(value, ""))
    elif isinstance(value, str) or not hasattr(value, "__iter__") or not hasattr(value, "__len__"):
        raise TypeError(
            f"{place} must be a list of values, or a dict of labels and values, not {type(value).__name__}"
        )


def _check_labels(place: str, value: object) -> None:
    if not isinstance(value, Mapping):
        raise TypeError(
            f"{place} must be a dict of options and their labels, not {type(value).__name__}"
        )
    for key, label in value.items():
        if not isinstance(key, str) or not isinstance(label, str):
            raise TypeError(f"{place} must map a str to a str, not {key!r}: {label!r}")


def _check_number(place: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{place} must be a number, not {type(value).__name__}")


_CHECKS = {
    "description": _check_text,
    "control": _check_control,
    "options": _check_options,
    "labels": _check_labels,
    "min": _check_number,
    "max": _check_number,
    "step": _check_number,
}
