"""Stories of web components: the classes that catalogs are written with."""

from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from typing import Any

from storytime._globals import Global
from storytime._rendered import Element, RenderedStory
from storytime._result import BuildResult

__all__ = [
    "Catalog",
    "Element",
    "Global",
    "RenderedStory",
    "Section",
    "Site",
    "Story",
    "Subject",
    "build_catalog",
    "build_site",
    "find_path",
    "make_catalog",
    "make_site",
]
__version__: str

type _Decorator = Callable[[Any], Any]
"""Called with a story's HTML as Markup; returns what a component may return."""

class Site:
    """The root of a catalog."""

    title: str | None
    items: dict[str, Section | Subject]
    themed_layout: Callable[..., Any] | None
    context: Any
    decorators: list[_Decorator]
    parameters: dict[str, Any]
    routes: dict[str, Callable[..., Any]]
    globals: list[Global]
    name: str | None
    parent: None
    package_path: str | None
    def __init__(
        self,
        *,
        title: str | None = None,
        items: dict[str, Section | Subject] | None = None,
        themed_layout: Callable[..., Any] | None = None,
        context: Any = None,
        decorators: Sequence[_Decorator] | None = None,
        parameters: dict[str, Any] | None = None,
        routes: dict[str, Callable[..., Any]] | None = None,
        globals: Sequence[Global] | None = None,
    ) -> None: ...

class Section:
    """Subjects that belong together."""

    title: str | None
    description: str | None
    items: dict[str, Subject]
    context: Any
    decorators: list[_Decorator]
    parameters: dict[str, Any]
    routes: dict[str, Callable[..., Any]]
    name: str | None
    parent: Site | None
    package_path: str | None
    def __init__(
        self,
        *,
        title: str | None = None,
        description: str | None = None,
        items: dict[str, Subject] | None = None,
        context: Any = None,
        decorators: Sequence[_Decorator] | None = None,
        parameters: dict[str, Any] | None = None,
        routes: dict[str, Callable[..., Any]] | None = None,
    ) -> None: ...

class Subject:
    """A component and its stories."""

    title: str | None
    description: str | None
    target: Callable[..., Any] | None
    items: list[Story]
    context: Any
    arg_types: dict[str, dict[str, Any]]
    matrix: dict[str, Iterable[Any]]
    decorators: list[_Decorator]
    parameters: dict[str, Any]
    routes: dict[str, Callable[..., Any]]
    name: str | None
    parent: Site | Section | None
    package_path: str | None
    def __init__(
        self,
        *,
        title: str | None = None,
        description: str | None = None,
        target: Callable[..., Any] | None = None,
        items: Sequence[Story] | None = None,
        context: Any = None,
        arg_types: dict[str, dict[str, Any]] | None = None,
        matrix: dict[str, Iterable[Any]] | None = None,
        decorators: Sequence[_Decorator] | None = None,
        parameters: dict[str, Any] | None = None,
        routes: dict[str, Callable[..., Any]] | None = None,
    ) -> None: ...

class Story:
    """One component in one of its variations."""

    title: str | None
    description: str | None
    target: Callable[..., Any] | None
    props: dict[str, Any]
    template: Callable[[], Any] | None
    assertions: list[Callable[[Any], object]]
    id: str | None
    tags: list[str]
    arg_types: dict[str, dict[str, Any]]
    decorators: list[_Decorator]
    parameters: dict[str, Any]
    routes: dict[str, Callable[..., Any]]
    name: str | None
    parent: Subject | None
    package_path: str | None
    resource_path: str | None
    def __init__(
        self,
        *,
        title: str | None = None,
        description: str | None = None,
        target: Callable[..., Any] | None = None,
        props: dict[str, Any] | None = None,
        template: Callable[[], Any] | None = None,
        assertions: Sequence[Callable[[Any], object]] | None = None,
        id: str | None = None,
        tags: Sequence[str] | None = None,
        arg_types: dict[str, dict[str, Any]] | None = None,
        decorators: Sequence[_Decorator] | None = None,
        parameters: dict[str, Any] | None = None,
        routes: dict[str, Callable[..., Any]] | None = None,
    ) -> None: ...

Catalog = Site

def make_site(package: str, /) -> Site:
    """Import all stories of a package (dotted name or directory) and return its Site, with the tree seated.

    Raises what user code raises: one exception as it is, those of several files as an ExceptionGroup. ValueError: there is no such
    package, or it has no Site.
    """

def find_path(site: Site, path: str, /) -> Site | Section | Subject | Story | None:
    """Return the node at a package path such as '.components.button', or None."""

def build_site(
    package: str | PathLike[str], output_dir: str | PathLike[str], with_assertions: bool = True
) -> BuildResult:
    """Write the catalog of a package into a directory.

    The result is the number of broken stories and files as an int, and says what was built. Raises ValueError when there is no such
    package or no Site, FileExistsError when the directory holds files of others, OSError when it can't be written.
    """

make_catalog = make_site
build_catalog = build_site
