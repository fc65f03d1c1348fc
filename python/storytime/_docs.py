"""The documentation of a component on its subject's page."""

from collections.abc import Callable
from typing import Any, NamedTuple

from storytime._arg_types import described
from storytime._docstrings import docstring_of
from storytime._parameters import REQUIRED, parameters_of


class Row(NamedTuple):
    """A row of the table of parameters on a subject's page."""

    name: str
    type: str
    default: Any
    required: bool
    description: str | None


def describe(target: Callable[..., Any], arg_types: dict[Any, Any]) -> tuple[str, list[Row]]:
    """Return a component's docstring without its list of parameters, and a row for each parameter."""
    try:
        says = described(arg_types, {})
    except TypeError, ValueError:  # its stories say so
        says = {}
    return docstring_of(target).text, [
        Row(
            one.name,
            one.type,
            None if one.default is REQUIRED else one.default,
            one.default is REQUIRED,
            says.get(one.name, {}).get("description") or one.description,
        )
        for one in parameters_of(target).named.values()
    ]
