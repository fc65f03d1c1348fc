"""Finds what a component can be called with, from its signature and its annotations."""

import functools
from collections.abc import Callable, Mapping
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    NewType,
    NotRequired,
    ReadOnly,
    Required,
    TypeAliasType,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from storytime._docstrings import docstring_of

_MOST_KNOWN = 4096  # components whose parameters are remembered
_FUNCTION: Any = type(lambda: None)


class _Required:
    """The default of a parameter that has none."""

    def __repr__(self) -> str:
        return "<required>"


REQUIRED = _Required()


class Parameter(NamedTuple):
    """One argument that a component takes by its name."""

    name: str
    annotation: Any = Any
    """Resolved; Any where there is none, or where it can't be resolved."""
    type: str = ""
    """The annotation as people write it; empty where there is none."""
    default: Any = REQUIRED
    description: str | None = None
    """What `Annotated[..., Doc("...")]` says, or else the docstring."""


class Parameters(NamedTuple):
    """The arguments that a component takes."""

    named: Mapping[str, Parameter]
    others: bool
    """Whether it takes others, too, by `**kwargs`; or nothing can be known of it."""


class _Unknown:
    """A default that is made for each call."""

    def __repr__(self) -> str:
        return "<factory>"


UNKNOWN = _Unknown()
_NOTHING = object()  # if there is no annotation
_VAR_KEYWORD = 8  # inspect.CO_VARKEYWORDS
_known: dict[int, tuple[Any, Parameters]] = {}


def parameters_of(target: Callable[..., Any]) -> Parameters:
    """Return what a component can be called with. Never raises, whatever goes wrong in user code."""
    found = _known.get(id(target))
    if found is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        found = _known[id(target)] = (target, _described(target, _read(target)))
    return found[1]


def _described(target: Any, found: Parameters) -> Parameters:
    said = docstring_of(target).parameters
    return found._replace(
        named={
            name: one if one.description else one._replace(description=said.get(name))
            for name, one in found.named.items()
        }
    )


def _read(target: Any) -> Parameters:
    if type(target) is _FUNCTION and not target.__dict__:
        return _read_function(target) or _read_any(target)
    return _read_any(target)


def _read_function(target: Any) -> Parameters | None:
    """Read a simple function without `inspect`, which takes longer to import than a save may. None: it is not that simple."""
    code = target.__code__
    try:
        annotations = target.__annotations__
    except Exception:  # noqa: BLE001 - annotations are the user's code
        return None
    positional = code.co_varnames[: code.co_argcount]
    values = target.__defaults__ or ()
    defaults = dict(zip(positional[len(positional) - len(values) :], values, strict=True))
    defaults |= target.__kwdefaults__ or {}
    named: dict[str, Parameter] = {}
    for name in code.co_varnames[
        code.co_posonlyargcount : code.co_argcount + code.co_kwonlyargcount
    ]:
        annotation = annotations.get(name, _NOTHING)
        if annotation is None or not _is_resolved(annotation):
            return None
        named[name] = _parameter(name, annotation, defaults.get(name, REQUIRED))
    return Parameters(named, others=bool(code.co_flags & _VAR_KEYWORD))


def _is_resolved(annotation: Any) -> bool:
    """Tell whether an annotation contains no text that `typing.get_type_hints()` would have to resolve."""
    if isinstance(annotation, str) or hasattr(annotation, "__forward_arg__"):
        return False
    return get_origin(annotation) is Literal or all(
        _is_resolved(one) for one in getattr(annotation, "__args__", ()) if one is not annotation
    )


def _read_any(target: Callable[..., Any]) -> Parameters:
    import inspect
    from annotationlib import Format

    try:
        signature = inspect.signature(target, annotation_format=Format.FORWARDREF)
        hints = _hints(target)
    except Exception:  # noqa: BLE001 - a builtin without a signature, or the user's code
        return Parameters({}, others=True)
    named: dict[str, Parameter] = {}
    others = False
    for one in signature.parameters.values():
        if one.kind is one.VAR_KEYWORD:
            others = True
        elif one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY):
            annotation = hints.get(one.name, one.annotation)
            named[one.name] = _parameter(
                one.name,
                _NOTHING if annotation is one.empty else annotation,
                REQUIRED if one.default is one.empty else one.default,
            )
    return Parameters(named, others)


def _parameter(name: str, annotation: Any, default: Any) -> Parameter:
    if repr(type(default)).endswith("_HAS_DEFAULT_FACTORY_CLASS'>"):
        default = UNKNOWN
    if annotation is _NOTHING:
        return Parameter(name, default=default)
    text = type_text(annotation)
    if isinstance(annotation, str) or hasattr(annotation, "__forward_arg__"):
        annotation = Any
    return Parameter(name, annotation, text, default, _description(annotation))


def _hints(target: Any) -> dict[str, Any]:
    """Return the annotations of the function or the class behind a component."""
    import inspect

    inner = inspect.unwrap(target)
    while isinstance(inner, functools.partial):
        inner = inspect.unwrap(inner.func)
    if isinstance(inner, type):
        made = next(vars(one)["__init__"] for one in inner.__mro__ if "__init__" in vars(one))
        own, made = hints_of(inner), hints_of(made)
        by_fields = hasattr(inner, "__dataclass_fields__") or hasattr(inner, "model_fields")
        return {**made, **own} if by_fields else {**own, **made}
    return hints_of(inner if inspect.isroutine(inner) else type(inner).__call__)


def hints_of(thing: Any) -> dict[str, Any]:
    """Return the resolved annotations of a function or a class; those that can't be resolved stay references."""
    from annotationlib import Format

    try:
        return get_type_hints(thing, include_extras=True, format=Format.FORWARDREF)
    except Exception:  # noqa: BLE001 - annotations are the user's code
        return {}


def _description(annotation: Any) -> str | None:
    if get_origin(annotation) is Annotated:
        for one in reversed(annotation.__metadata__):
            try:
                text = getattr(one, "documentation", None) or getattr(one, "description", None)
            except Exception:  # noqa: BLE001, S112 - properties are the user's code
                continue
            if isinstance(text, str):
                from inspect import cleandoc

                return cleandoc(text)
    return None


def bare(annotation: Any, notes: list[Any] | None = None) -> Any:
    """Return an annotation without wrappers such as aliases and Annotated, whose metadata is appended to a list."""
    for _ in range(64):
        if isinstance(annotation, type):
            return annotation
        origin = get_origin(annotation)
        if origin is Annotated:
            if notes is not None:
                notes.extend(annotation.__metadata__)
            annotation = annotation.__origin__
        elif origin in (Required, NotRequired, ReadOnly):
            annotation = get_args(annotation)[0]
        elif isinstance(annotation, TypeAliasType):
            annotation = annotation.__value__
        elif isinstance(origin, TypeAliasType):
            annotation = origin.__value__[get_args(annotation)]
        elif isinstance(annotation, NewType):
            annotation = annotation.__supertype__
        elif isinstance(annotation, TypeVar):
            annotation = _bound(annotation)
        else:
            return annotation
    return Any


def _bound(variable: TypeVar) -> Any:
    if variable.__constraints__:
        return Union[variable.__constraints__]  # noqa: UP007 - of a tuple
    return variable.__bound__ if variable.__bound__ is not None else Any


def type_text(annotation: Any) -> str:
    """Return an annotation as people write it: `str | None`, without modules."""
    if annotation is None or annotation is type(None):
        return "None"
    if isinstance(annotation, str):
        return annotation
    if isinstance(text := getattr(annotation, "__forward_arg__", None), str):
        return text
    if annotation is ...:
        return "..."
    if isinstance(annotation, list):
        return f"[{_texts(annotation)}]"
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return type_text(args[0])
    if origin is Union:
        return " | ".join(type_text(one) for one in args)
    if origin is Literal:
        return f"Literal[{', '.join(_literal(one) for one in args)}]"
    if origin is not None and args:
        return f"{type_text(origin)}[{_texts(args)}]"
    name = getattr(annotation, "__qualname__", None) or getattr(annotation, "__name__", None)
    return name.rpartition("<locals>.")[2] if isinstance(name, str) else repr(annotation)


def _texts(annotations: Any) -> str:
    return ", ".join(type_text(one) for one in annotations)


def _literal(value: Any) -> str:
    return f"{type(value).__name__}.{value.name}" if hasattr(value, "name") else repr(value)
