"""The rows of the commonest components, which are made without importing what all others need."""

import functools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest

ROOT = Path(__file__).parents[2]
ODD = 'a;b:c&d=e "f" <g> {h}|%\t\n!é'


@pytest.fixture(scope="module")
def both(program: Path) -> Callable[..., Any]:
    """Rows made in both ways."""
    sys.path.append(str(program.parent / "python"))
    try:
        from storytime import _controls, _plain_rows
    finally:
        sys.path.pop()

    def make(target: Callable[..., Any], props: dict[str, Any]) -> tuple[Any, Any]:
        return (
            _plain_rows.rows(target, props),
            [tuple(row) for row in _controls.rows(target, props, props, ({}, {}), True)],
        )

    return make


def simple(text: str, size: int, *, ratio: float = 0.5, on: bool = False) -> None: ...


def optional(*, text: str | None = None, size: None | int = 3, on: bool | None = None) -> None: ...


def others(text: str, *more: int, **rest: int) -> None: ...


@pytest.mark.parametrize(
    ("target", "props"),
    [
        (simple, {}),
        (simple, {"text": "Hi", "size": 3}),
        (simple, {"size": -3, "text": ODD, "on": True, "ratio": -1.25e-7}),
        (simple, {"text": "!x", "ratio": 1e14}),
        (optional, {}),
        (optional, {"text": "Hi", "size": None, "on": True}),
        (others, {"text": ""}),
    ],
)
def test_they_are_the_rows_of_all_components(
    both: Callable[..., Any], target: Callable[..., Any], props: dict[str, Any]
) -> None:
    plain, wanted = both(target, props)
    assert plain == wanted
    assert both(target, dict(props)) == (plain, wanted)  # as they are remembered


def positional(text: str, /, size: int) -> None: ...


def unannotated(text) -> None: ...  # type: ignore[no-untyped-def]


def literal(kind: Literal["a", "b"]) -> None: ...


def union(value: int | str) -> None: ...


def text_annotation(text: "str") -> None: ...  # noqa: UP037 - what is tried


def missing(text: Nowhere) -> None: ...  # type: ignore[name-defined]  # noqa: F821


def colour(colour: str) -> None: ...


def odd_default(size: int = True) -> None: ...


@functools.wraps(literal)
def wrapped(text: str) -> None: ...


class Callable_:
    def __call__(self, text: str) -> None: ...


@pytest.mark.parametrize(
    ("target", "props"),
    [
        (positional, {"size": 1}),
        (unannotated, {"text": "x"}),
        (literal, {"kind": "a"}),
        (union, {"value": 1}),
        (text_annotation, {"text": "x"}),
        (missing, {"text": "x"}),
        (colour, {"colour": "#fff"}),
        (odd_default, {}),
        (wrapped, {"kind": "a"}),
        (Callable_(), {"text": "x"}),
        (simple, {"text": 3}),
        (simple, {"size": True}),
        (simple, {"size": 10**20}),
        (simple, {"ratio": float("nan")}),
        (simple, {"ratio": 1}),
        (simple, {"text": "x" * 1000}),
        (simple, {"unknown": "x"}),
        (others, {"text": "x", "more": 1}),
        (optional, {"text": 3}),
    ],
)
def test_what_is_not_that_simple_is_left_to_the_other(
    both: Callable[..., Any], target: Callable[..., Any], props: dict[str, Any]
) -> None:
    plain, wanted = both(target, props)
    assert plain is None
    assert isinstance(wanted, list)


def test_nothing_is_imported_for_them(program: Path) -> None:
    code = (
        "import sys; before = set(sys.modules); import storytime, storytime._plain_rows\n"
        "new = set(sys.modules) - before\n"
        "assert new <= {'storytime', 'storytime._native', 'storytime._globals', 'storytime._rendered',\n"
        "    'storytime._queries', 'storytime._plain_rows'}, new"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        env={"PYTHONPATH": str(program.parent / "python")},
    )
