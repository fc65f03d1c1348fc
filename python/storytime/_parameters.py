"""What a component can be called with: its parameters, as its signature and its annotations say."""

import functools
import inspect
from annotationlib import Format, ForwardRef
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

REQUIRED = inspect.Parameter.empty
_MOST_KNOWN = 4096  # components whose parameters are remembered


class Parameter(NamedTuple):
    """One argument that a component takes by its name."""

    name: str
    annotation: Any = Any
    """Resolved; Any where there is none, or where it can't be resolved."""
    type: str = ""
    """The annotation as people write it; empty where there is none."""
    default: Any = REQUIRED
    description: str | None = None
    """What `Annotated[..., Doc("...")]` says."""


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
_known: dict[int, tuple[Any, Parameters]] = {}


def parameters_of(target: Callable[..., Any]) -> Parameters:
    """Return what a component can be called with. Whatever goes wrong in the user's code, something is returned."""
    found = _known.get(id(target))
    if found is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        found = _known[id(target)] = (target, _read(target))
    return found[1]


def _read(target: Callable[..., Any]) -> Parameters:
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
            named[one.name] = _parameter(one, hints.get(one.name, one.annotation))
    return Parameters(named, others)


def _parameter(one: inspect.Parameter, annotation: Any) -> Parameter:
    default = (
        UNKNOWN if repr(type(one.default)).endswith("_HAS_DEFAULT_FACTORY_CLASS'>") else one.default
    )
    if annotation is one.empty:
        return Parameter(one.name, default=default)
    text = type_text(annotation)
    if isinstance(annotation, (str, ForwardRef)):
        annotation = Any
    return Parameter(one.name, annotation, text, default, _description(annotation))


def _hints(target: Any) -> dict[str, Any]:
    """Return the annotations of the function or the class behind a component."""
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
    """Return the resolved annotations of a function or a class; of those that can't be resolved, their references."""
    try:
        return get_type_hints(thing, include_extras=True, format=Format.FORWARDREF)
    except Exception:  # noqa: BLE001 - annotations are the user's code
        return {}


def _description(annotation: Any) -> str | None:
    if get_origin(annotation) is Annotated:
        for one in reversed(annotation.__metadata__):
            text = getattr(one, "documentation", None) or getattr(one, "description", None)
            if isinstance(text, str):
                return inspect.cleandoc(text)
    return None


def bare(annotation: Any, notes: list[Any] | None = None) -> Any:
    """Return an annotation without its wrappers: aliases, Annotated, whose notes are appended, and the like."""
    for _ in range(64):
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
    if isinstance(annotation, ForwardRef):
        return annotation.__forward_arg__
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
