"""The table of arguments of the commonest components: functions of str, int, float and bool.

storytime._controls.rows() makes the same rows of them, and the rows of all others. What it imports takes longer than a save may, so
this module imports nothing.
"""

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

type Row = tuple[str, str, Any, bool, bool, None, str, None, str]
"""As storytime._controls has it."""

_MOST_KNOWN = 4096  # components that are remembered
_LONGEST = 600  # characters of a text; escaped, they are not too long to be edited
_LARGEST = 10**15
_FUNCTION: Any = type(lambda: None)
_UNION: Any = type(int | None)
_CONTROLS = {
    bool: '{"type":"boolean"',
    int: '{"type":"number"',
    float: '{"type":"number","step":"any"',
    str: '{"type":"text"',
}
_ESCAPES = str.maketrans({one: f"%{ord(one):02X}" for one in '%;:&+#"<>\\^`{}| \t\r\n'})
_COLOUR_NAMES = ("color", "colour", "background")
_known: dict[int, tuple[Any, dict[str, _Plain] | None]] = {}


class _Plain:
    """A parameter of a type that needs no looking into."""

    __slots__ = ("control", "kind", "optional", "row", "type")

    def __init__(self, kind: type, optional: bool, type_text: str) -> None:
        self.kind = kind
        self.optional = optional
        self.type = type_text
        self.control = _CONTROLS[kind] + (',"optional":true' if optional else "")
        self.row: Row | None = None
        """Of stories that leave the argument to its default; None: it has none."""

    def raw(self, value: Any) -> str | None:
        """Return a value in the notation of addresses; None: it is not of the type, or of an odd one."""
        if value is None:
            return "!null" if self.optional else None
        kind: Any = type(value)
        if kind is not self.kind:
            return None
        if isinstance(value, bool):
            return "!true" if value else "!false"
        if isinstance(value, str):
            if len(value) > _LONGEST:
                return None
            text = value.translate(_ESCAPES)
            return f"%21{text[1:]}" if text.startswith("!") else text
        number: float = value
        return str(value) if -_LARGEST < number < _LARGEST else None


def rows(target: Callable[..., Any], props: dict[str, Any]) -> list[Row] | None:
    """Return the rows of a story that says nothing of its arguments; None: they are not that simple."""
    found = _known.get(id(target))
    if found is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        found = _known[id(target)] = (target, _read(target))
    named = found[1]
    if named is None:
        return None
    table: list[Row] = []
    for name, value in props.items():
        one = named.get(name)
        raw = one.raw(value) if one is not None else None
        if one is None or raw is None:
            return None
        end = ',"default":true}' if one.row is not None else "}"
        table.append((name, one.type, value, True, True, None, raw, None, one.control + end))
    table += [one.row for name, one in named.items() if one.row is not None and name not in props]
    return table


def _read(target: Any) -> dict[str, _Plain] | None:
    if type(target) is not _FUNCTION or target.__dict__:
        return None
    code = target.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    try:
        annotations = target.__annotations__
    except Exception:  # noqa: BLE001 - annotations are the user's code
        return None
    named: dict[str, _Plain] = {}
    for name in names:
        one = _plain(annotations.get(name))
        if one is None or name.lower().endswith(_COLOUR_NAMES):
            return None
        named[name] = one
    return named if not code.co_posonlyargcount and _set_defaults(target, named) else None


def _plain(annotation: Any) -> _Plain | None:
    if isinstance(annotation, _UNION):
        members: tuple[Any, ...] = annotation.__args__
        kinds = [one for one in members if one in _CONTROLS]
        if len(members) != 2 or len(kinds) != 1 or type(None) not in members:
            return None
        texts = ["None" if one is type(None) else one.__name__ for one in members]
        return _Plain(kinds[0], True, " | ".join(texts))
    if type(annotation) is not type or annotation not in _CONTROLS:
        return None
    return _Plain(annotation, False, annotation.__name__)


def _set_defaults(target: Any, named: dict[str, _Plain]) -> bool:
    positional = target.__code__.co_varnames[: target.__code__.co_argcount]
    values = target.__defaults__ or ()
    defaults = dict(zip(positional[len(positional) - len(values) :], values, strict=True))
    defaults |= target.__kwdefaults__ or {}
    for name, value in defaults.items():
        one = named[name]
        raw = one.raw(value)
        if raw is None:
            return False
        one.row = (name, one.type, value, True, False, None, raw, None, f"{one.control}}}")
    return True
