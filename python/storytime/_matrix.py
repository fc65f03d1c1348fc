"""Makes the story that shows a component in every combination of some values."""

import enum
import functools
import html
import inspect
import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from storytime import Story

MOST = 400  # combinations; a page with more would be no help
TABLE = "width:auto;border-collapse:separate;border-spacing:1rem .75rem"
HEADING = "font:.8125rem/1.4 system-ui,sans-serif;text-align:start;vertical-align:middle"


_AXES = inspect.Signature([inspect.Parameter("axes", inspect.Parameter.VAR_KEYWORD)])


def story(target: Callable[..., Any] | None, matrix: dict[str, Any], items: list[Any]) -> Story:
    """Return the story of a subject's matrix. Other props are those of the subject's first story."""
    base: dict[str, Any] = next((item.props for item in items if isinstance(item, Story)), {})

    def component(**axes: Any) -> Iterator[Any]:
        if target is None:
            raise TypeError("Subject(matrix=...) needs a target, the component to show")
        return _table(target, base, {name: _values(name, axis) for name, axis in axes.items()})

    if target is not None:
        functools.update_wrapper(component, target, updated=())
    # Its arguments are lists of values for the target. Type checkers do not know this attribute of functions.
    vars(component)["__signature__"] = _AXES
    return Story(title="Matrix", target=component, props=matrix, tags=["matrix"])


def _values(name: str, axis: object) -> list[Any]:
    if isinstance(axis, str) or not isinstance(axis, Iterable):
        raise TypeError(
            f"Subject(matrix=...): {name!r} must be a list of values, not {type(axis).__name__}"
        )
    if values := list(axis):
        return values
    raise ValueError(f"Subject(matrix=...): {name!r} has no values")


def _label(value: object) -> str:
    if isinstance(value, enum.Enum):
        return value.name
    return value if isinstance(value, str) else getattr(value, "__name__", None) or repr(value)


def _heading(scope: str, *parts: str) -> str:
    return f'<th scope="{scope}" style="{HEADING}">{html.escape(", ".join(parts))}</th>'


def _shown(target: Callable[..., Any], props: dict[str, Any], chosen: dict[str, Any]) -> Any:
    try:
        return target(**{**props, **chosen})
    except Exception as error:
        error.add_note("with " + ", ".join(f"{name}={_label(chosen[name])}" for name in chosen))
        raise


def _table(
    target: Callable[..., Any], base: dict[str, Any], axes: dict[str, list[Any]]
) -> Iterator[Any]:
    """Lay out the last axis horizontally, and the combinations of all others vertically."""
    count = math.prod(len(values) for values in axes.values())
    if count > MOST:
        raise ValueError(f"Subject(matrix=...) has {count} combinations; at most {MOST} are shown")
    *down, across = axes
    yield f'<table style="{TABLE}"><thead><tr>'
    if down:
        yield "<td></td>"
    for value in axes[across]:
        yield _heading("col", f"{across}: {_label(value)}")
    yield "</tr></thead><tbody>"
    for row in itertools.product(*(axes[name] for name in down)):
        chosen = dict(zip(down, row, strict=True))
        yield "<tr>"
        if down:
            yield _heading("row", *(f"{name}: {_label(chosen[name])}" for name in down))
        for value in axes[across]:
            yield "<td>"
            yield _shown(target, base, {**chosen, across: value})
            yield "</td>"
        yield "</tr>"
    yield "</tbody></table>"
