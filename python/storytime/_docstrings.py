"""Parses docstrings: their text, and the parameters that they describe in Google, NumPy or Sphinx style."""

import functools
from typing import Any, NamedTuple

_GOOGLE = frozenset(
    {"args:", "arguments:", "parameters:", "params:", "keyword args:", "attributes:"}
)
_NUMPY = frozenset({"parameters", "other parameters", "attributes"})
_SPHINX = (
    ":param ",
    ":parameter ",
    ":arg ",
    ":argument ",
    ":keyword ",
    ":type ",
    ":return",
    ":rtype",
    ":raise",
)


class Docstring(NamedTuple):
    """The parts of a docstring."""

    text: str = ""
    """The docstring without its list of parameters."""
    parameters: dict[str, str] = {}  # noqa: RUF012 - never changed
    """The description of each parameter, on one line."""


def docstring_of(target: Any) -> Docstring:
    """Return a component's docstring, or "" if it is one of Python's own."""
    while isinstance(target, functools.partial):
        target = target.func
    try:
        if not isinstance(target, type) and not hasattr(target, "__name__"):
            target = type(target)
        text = getattr(target, "__doc__", None)
    except Exception:  # noqa: BLE001 - descriptors are the user's code
        return Docstring()
    if not isinstance(text, str) or (
        hasattr(target, "__dataclass_fields__") and text.startswith(f"{target.__name__}(")
    ):
        return Docstring()
    return read(text)


def read(text: str) -> Docstring:
    """Parse a docstring. Text that follows no known style is kept as it is."""
    lines = _clean(text)
    kept: list[str] = []
    described: dict[str, str] = {}
    at = 0
    while at < len(lines):
        line, below = lines[at], lines[at + 1] if at + 1 < len(lines) else ""
        if line.lower() in _GOOGLE and below.startswith(" "):
            at = _read_google(lines, at + 1, described)
        elif line.lower() in _NUMPY and _is_rule(below):
            at = _read_numpy(lines, at + 2, described)
        elif line.startswith(_SPHINX):
            at = _read_sphinx(lines, at, described)
        else:
            kept.append(line)
            at += 1
    return Docstring("\n".join(kept).strip(), described)


def _clean(text: str) -> list[str]:
    """Return the lines without their common indentation; the first one begins after the quotation marks."""
    first, *rest = text.expandtabs().splitlines() or [""]
    margin = min((_indent(line) for line in rest if line.strip()), default=0)
    return [first.strip(), *(line[margin:].rstrip() for line in rest)]


def _is_rule(line: str) -> bool:
    return line != "" and line.strip("-") == ""


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _read_below(lines: list[str], at: int, indent: int) -> tuple[list[str], int]:
    """Return the lines that are indented more than an entry, and where the next entry begins."""
    found = []
    while at < len(lines) and (not lines[at].strip() or _indent(lines[at]) > indent):
        found.append(lines[at])
        at += 1
    return found, at


def _add(described: dict[str, str], names: str, lines: list[str]) -> None:
    for name in names.split(","):
        described[name.strip().lstrip("*")] = " ".join(" ".join(lines).split())


def _read_google(lines: list[str], at: int, described: dict[str, str]) -> int:
    """Read entries such as `name (type): text`, up to where the section ends."""
    indent = _indent(lines[at])
    while at < len(lines) and _indent(lines[at]) == indent and lines[at].strip():
        head, colon, text = lines[at].partition(":")
        below, at = _read_below(lines, at + 1, indent)
        if colon:
            _add(described, head.partition("(")[0], [text, *below])
    return at


def _read_numpy(lines: list[str], at: int, described: dict[str, str]) -> int:
    """Read entries such as `name : type` with a text below, up to the next heading."""
    while at < len(lines) and not (at + 1 < len(lines) and _is_rule(lines[at + 1])):
        head = lines[at].partition(":")[0]
        below, at = _read_below(lines, at + 1, 0)
        if head.strip():
            _add(described, head, below)
    return at


def _read_sphinx(lines: list[str], at: int, described: dict[str, str]) -> int:
    """Read a field such as `:param type name: text`; other kinds are skipped."""
    head, _, text = lines[at][1:].partition(":")
    below, at = _read_below(lines, at + 1, 0)
    kind, _, name = head.partition(" ")
    if kind in ("param", "parameter", "arg", "argument", "keyword") and name.strip():
        _add(described, name.split()[-1], [text, *below])
    return at
