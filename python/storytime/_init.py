"""`storytime init`: creates a first package of stories for an existing project. Run as a script by the project's own Python.

What a component needs is read from its source. Before a story is written, it is tried whether it renders with the values made
up here.
"""

import ast
import contextlib
import importlib
import importlib.util
import inspect
import json
import re
import shutil
import sys
import tomllib
from collections.abc import AsyncIterable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from storytime import _init_django as django_project
from storytime._events import Events
from storytime._init_values import jinja_values, words

SKIPPED = {"node_modules", "__pycache__", "tests", "test", "migrations", "stories", "build", "dist"}
TESTS = ("conftest.py", "tests.py", "test_*.py", "*_test.py")
MOST_COMPONENTS = 12
TEMPLATES = ("*.html", "*.jinja", "*.j2", "*.jinja2")
MOST_NAMED = 10
MOST_STYLESHEETS = 4
OUTPUT = "storytime-static/"
RESERVED = {"stories", "static", "jinja", "django_templates"}
"""What has another meaning at the top of the package."""
ELEMENTS = {
    "Element",
    "VoidElement",
    "Fragment",
    "Renderable",
    "Node",
    "Markup",
    "SafeString",
    "FT",
}
"""What functions of htpy, FastHTML and the like say that they return."""
CONFIGURATION = """\
[tool.storytime]
package = "stories"
use-subinterpreters = true
"""


@dataclass
class Component:
    """A component that was found."""

    name: str
    imports: list[str]
    target: str
    props: dict[str, Any]
    flag: str | None = None
    setup: list[str] = field(default_factory=list)
    is_page: bool = False


class Unfit(Exception):
    """A parameter for which no value can be made up, or a result that is no HTML."""


@dataclass
class Left:
    """A component for which no story could be written."""

    place: str
    why: str


def says(fault: BaseException) -> str:
    """An exception as one line."""
    text = str(fault).strip().split("\n")[0]
    return f"{type(fault).__name__}: {text}" if text else type(fault).__name__


def directory_name(name: str) -> str:
    """A package name for a component."""
    directory = re.sub(r"\W+", "_", words(name).lower()).strip("_") or "component"
    return f"{directory}_" if directory in RESERVED else directory


# -- what there is -----------------------------------------------------------------------------------------------------


def files(project: Path, *patterns: str) -> Iterator[Path]:
    """The project's own files, sorted."""
    for directory, names, found in project.walk():
        names[:] = sorted(
            name
            for name in names
            if name not in SKIPPED
            and not name.startswith(".")
            and not (directory / name / "pyvenv.cfg").exists()
        )
        for name in sorted(found):
            if any(Path(name).match(pattern) for pattern in patterns):
                yield directory / name


def import_root(project: Path, file: Path) -> Path:
    """The directory that a module is imported from: the nearest `src` that is no package, if the project has that layout."""
    for parent in file.relative_to(project).parents:
        if parent.name == "src" and not (project / parent / "__init__.py").exists():
            return project / parent
    return project


def made_up(name: str, annotation: ast.expr | None) -> Any:
    """A value for a parameter, by its annotation: of a union, by the first type."""
    text = ast.unparse(annotation) if annotation is not None else "str"
    kind = text.split("[")[0].rpartition(".")[2]
    if isinstance(annotation, ast.BinOp):
        return made_up(name, annotation.left)
    if isinstance(annotation, ast.Subscript) and kind in (
        "Annotated",
        "Literal",
        "Optional",
        "Union",
    ):
        inner = annotation.slice
        first = inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner
        if kind != "Literal":
            return made_up(name, first)
        with contextlib.suppress(ValueError):
            return ast.literal_eval(first)
        raise Unfit(text)
    values: dict[str, Any] = {
        "str": words(name),
        "Markup": words(name),
        "Any": words(name),
        "object": words(name),
        "int": 3,
        "float": 1.5,
        "bool": True,
        "list": ["One", "Two", "Three"],
        "Sequence": ["One", "Two", "Three"],
        "Iterable": ["One", "Two", "Three"],
        "tuple": (),
        "dict": {},
        "None": None,
    }
    if kind not in values:
        raise Unfit(text)
    return values[kind]


def parameters(
    arguments: ast.arguments, skip: int = 0
) -> Iterator[tuple[str, ast.expr | None, ast.expr | None]]:
    """Name, annotation and default of the parameters that a function takes by name."""
    if arguments.posonlyargs[skip:]:
        raise Unfit("positional parameters")
    plain = arguments.args[skip:] if not arguments.posonlyargs else arguments.args
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
    defaults += arguments.defaults[-len(plain) :] if plain else []
    for argument, default in [
        *zip(plain, defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]:
        yield argument.arg, argument.annotation, default


def propose(
    found: Iterator[tuple[str, ast.expr | None, ast.expr | None]],
) -> tuple[dict[str, Any], str | None]:
    """Values for the parameters without a default, and for the first flag that is off by default."""
    props, flag = {}, None
    for name, annotation, default in found:
        if default is None:
            props[name] = made_up(name, annotation)
        elif flag is None and isinstance(default, ast.Constant) and default.value is False:
            flag = name
    return props, flag


def returns_elements(node: ast.AST) -> bool:
    """Whether it is a plain function whose annotation says that it returns elements."""
    if not isinstance(node, ast.FunctionDef) or node.decorator_list or node.returns is None:
        return False
    names = {part.strip().rpartition(".")[2] for part in ast.unparse(node.returns).split("|")}
    return bool(names & ELEMENTS)


def is_markup(node: ast.TemplateStr) -> bool:
    """Whether a t-string has a tag, `<{Component}` included. Others may be SQL, which must not run."""
    texts = [str(part.value) for part in node.values if isinstance(part, ast.Constant)]
    return any(re.search(r"</?[A-Za-z]|<!|^\s*<$", text) for text in texts)


def is_component(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Whether its body has a t-string of markup or `__html__()`, or its annotation says that it returns elements."""
    if not isinstance(node, ast.ClassDef) and node.returns and ast.unparse(node.returns) == "None":
        return False
    return returns_elements(node) or any(
        (isinstance(inner, ast.TemplateStr) and is_markup(inner))
        or (isinstance(inner, ast.FunctionDef) and inner.name == "__html__")
        for inner in ast.walk(node)
    )


def is_dataclass(node: ast.ClassDef) -> bool:
    """Whether a decorator makes it a dataclass."""
    return any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list)


def read_class(node: ast.ClassDef) -> tuple[dict[str, Any], str | None] | None:
    """The fields of a dataclass that renders itself; None if it does not."""
    methods = {inner.name for inner in node.body if isinstance(inner, ast.FunctionDef)}
    if not is_dataclass(node) or not methods & {"__call__", "__html__"}:
        return None
    fields = (inner for inner in node.body if isinstance(inner, ast.AnnAssign))
    return propose(
        (inner.target.id, inner.annotation, inner.value)
        for inner in fields
        if isinstance(inner.target, ast.Name) and "ClassVar" not in ast.unparse(inner.annotation)
    )


def modules(project: Path) -> Iterator[tuple[Path, ast.Module]]:
    """The project's own sources that Python can parse, without tests."""
    for file in files(project, "*.py"):
        if any(file.match(pattern) for pattern in TESTS):
            continue
        with contextlib.suppress(SyntaxError, ValueError):
            yield file, ast.parse(file.read_bytes())


def module_name(project: Path, file: Path) -> str:
    """The name by which a source is imported."""
    parts = file.relative_to(import_root(project, file)).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def is_found(name: str, root: Path) -> bool:
    """Whether Python already finds a module in a directory, as after an editable install."""
    with contextlib.suppress(ImportError, ValueError):
        if (spec := importlib.util.find_spec(name.partition(".")[0])) is not None:
            places = [*(spec.submodule_search_locations or []), *filter(None, [spec.origin])]
            return any(Path(place).is_relative_to(root) for place in places)
    return False


def make_importable(project: Path) -> set[Path]:
    """Make all modules of the project importable. Returns the directories that were added, besides the project's."""
    added: set[Path] = set()
    sys.path.insert(0, str(project))
    for file, _ in modules(project):
        root = import_root(project, file)
        if root not in {project, *added} and not is_found(module_name(project, file), root):
            sys.path.insert(1, str(root))
            added.add(root)
    return added


def python_components(project: Path, added: set[Path]) -> Iterator[Component | Left]:
    """Functions and dataclasses with t-strings, and functions that return elements. `added`: from make_importable()."""
    for file, tree in modules(project):
        root = import_root(project, file)
        module = module_name(project, file)
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            if node.name.startswith("_") or not is_component(node):
                continue
            try:
                if not isinstance(node, ast.ClassDef):
                    found = propose(parameters(node.args))
                elif (fields := read_class(node)) is not None:
                    found = fields
                else:
                    continue
            except Unfit as unfit:
                place = f"{file.relative_to(project)}: {node.name}"
                yield Left(place, f"storytime cannot make up values for {unfit}")
                continue
            setup = [str(root.relative_to(project))] if root in added else []
            yield Component(
                node.name, [f"from {module} import {node.name}"], node.name, *found, setup=setup
            )


@dataclass
class Environment:
    """A Jinja environment: the lines that make `ENVIRONMENT`, and the names that an application's own provides."""

    lines: list[str]
    own: Any = None
    render: str = "ENVIRONMENT.get_template(file).render(**props)"
    given: set[str] = field(default_factory=set)
    """Variables that the application gives to each template."""


def application_environments(project: Path) -> Iterator[Environment]:
    """The environments in the modules of applications."""
    for file, tree in modules(project):
        module = module_name(project, file)
        for node in tree.body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                name = ast.unparse(target)
                kind = ast.unparse(node.value.func).rpartition(".")[2]
            elif isinstance(node, ast.FunctionDef) and node.name in ("create_app", "make_app"):
                name, kind = node.name, "factory" if "Flask(" in ast.unparse(node) else ""
            else:
                continue
            start = f"from {module} import {name}"
            flask = ["application.test_request_context().push()  # for url_for()"]
            flask += ["ENVIRONMENT = application.jinja_env"]
            ways = {
                "Jinja2Templates": [start, "", f"ENVIRONMENT = {name}.env"],
                "Environment": [start, "", f"ENVIRONMENT = {name}"],
                "Flask": [start, "", f"application = {name}", *flask],
                "factory": [start, "", f"application = {name}()", *flask],
            }
            if kind in ways and not file.is_relative_to(project / "stories"):
                found = Environment(ways[kind])
                if kind in ("Flask", "factory"):
                    found.lines = ["from flask import render_template", *found.lines]
                    found.render = "render_template(file, **props)"
                yield found


def given_by(application: Any) -> set[str]:
    """The names that the context processors of a Flask application provide, if they can be called here."""
    names: set[str] = set()
    for processor in getattr(application, "template_context_processors", {}).get(None, ()):
        with contextlib.suppress(Exception):
            names |= set(processor())
    return names


def environment_of(project: Path, roots: set[Path]) -> Environment:
    """The environment of the application, if it has one that can be imported, else one with all templates."""
    for found in application_environments(project):
        namespace: dict[str, Any] = {}
        with contextlib.suppress(Exception, SystemExit):  # it may need anything to start
            exec("\n".join(found.lines), namespace)  # noqa: S102  # what we have written ourselves
            found.own = namespace["ENVIRONMENT"]
            found.given = set(found.own.globals) | given_by(namespace.get("application"))
            return found
    directories = ", ".join(
        f"PROJECT / {str(root.relative_to(project))!r}" for root in sorted(roots)
    )
    made = f"ENVIRONMENT = Environment(loader=FileSystemLoader([{directories}]), autoescape=True)"
    imports = ["from jinja2 import Environment, FileSystemLoader"]
    return Environment([*imports, "", "PROJECT = Path(__file__).parent.parent", made])


def template_roots(project: Path) -> set[Path]:
    """Directories that templates are named from: `templates`, `email-templates` and the like."""
    return {
        parent
        for file in files(project, *TEMPLATES)
        for parent in file.parents
        if parent.name.endswith("templates") and parent.is_relative_to(project)
    }


def jinja_components(project: Path) -> Iterator[Component | Left]:
    """Macros, and templates that stand alone, if Jinja is installed."""
    roots = template_roots(project)
    if not roots or importlib.util.find_spec("jinja2") is None:
        return
    jinja2 = importlib.import_module("jinja2")  # from the project's environment, not ours
    meta = importlib.import_module("jinja2.meta")
    used = environment_of(project, roots)
    environment = used.own or jinja2.Environment(autoescape=True)
    known = used.given or set(environment.globals)
    write(project / "stories/jinja.py", jinja_text(used))
    importlib.invalidate_caches()
    for file in files(project, *TEMPLATES):
        root = next((parent for parent in file.parents if parent in roots), None)
        if root is None:
            continue
        try:
            tree = environment.parse(file.read_text())
            unknown = meta.find_undeclared_variables(tree) - known
        except (jinja2.TemplateError, UnicodeDecodeError) as fault:
            yield Left(str(file.relative_to(project)), says(fault))
            continue
        macros = list(jinja_macros(tree, jinja2.nodes, file.relative_to(root)))
        yield from macros
        is_page = tree.find(jinja2.nodes.Extends) is not None
        if not macros and (is_page or tree.find(jinja2.nodes.Block) is None):
            values = jinja_values(tree, jinja2.nodes)
            props = {name: values[name] for name in sorted(unknown)}
            yield template_component(file, root, "stories.jinja", props, is_page=is_page)


def jinja_macros(tree: Any, nodes: Any, place: Path) -> Iterator[Component]:
    """The macros of a template, with values for parameters without a default."""
    for macro in tree.find_all(nodes.Macro):
        names = [argument.name for argument in macro.args]
        props = {name: words(name) for name in names[: len(names) - len(macro.defaults)]}
        target = f"macro({place.as_posix()!r}, {macro.name!r})"
        yield Component(macro.name, ["from stories.jinja import macro"], target, props)


def template_component(
    file: Path, root: Path, module: str, props: dict[str, Any], *, is_page: bool
) -> Component:
    """A component for a template. A page is a story of its own, named after its file."""
    place = file.relative_to(root)
    kind = "page" if is_page else "template"
    name = place.as_posix().replace("/", " ") if is_page else file.name
    imports = [f"from {module} import {kind}"]
    return Component(
        name.split(".")[0], imports, f"{kind}({place.as_posix()!r})", props, is_page=is_page
    )


JINJA = '''\
"""Jinja's macros and templates as components."""

from collections.abc import Callable
from functools import partial
{more}
{environment}


def macro(file: str, name: str) -> Callable[..., Markup]:
    """A macro of a template."""
    return partial(render_macro, file, name)


def render_macro(file: str, name: str, /, **props: object) -> Markup:
    module = ENVIRONMENT.get_template(file).module
    return Markup(getattr(module, name)(**props))


def template(file: str) -> Callable[..., Markup]:
    """A template that stands alone."""
    return partial(render, file)


def page(file: str, /, **props: object) -> Callable[[], Markup]:
    """A template of a whole page."""
    return partial(render, file, **props)


def render(file: str, /, **props: object) -> Markup:
    return Markup({render})
'''


def jinja_text(environment: Environment) -> str:
    """The module that makes components of Jinja's macros and templates."""
    more = "" if environment.own else "from pathlib import Path\n"
    start, *rest = environment.lines
    lines = [start, "from markupsafe import Markup", *rest] if not environment.own else []
    lines = lines or ["from markupsafe import Markup", "", start, *rest]
    return JINJA.format(more=more, environment="\n".join(lines), render=environment.render)


EXAMPLE = '''\
"""A first component: change it, save, and watch."""

from string.templatelib import Template


def Greeting(*, name: str, loud: bool = False) -> Template:
    """Say hello to somebody."""
    return t"<p>Hello, <strong>{name.upper() if loud else name}</strong>!</p>"
'''


def django_components(project: Path) -> Iterator[Component | Left]:
    """Templates that stand alone, if Django has been set up."""
    roots = template_roots(project)
    if not roots or not django_project.is_ready():
        return
    write(project / "stories/django_templates.py", django_project.MODULE)
    importlib.invalidate_caches()
    for file in files(project, *TEMPLATES):
        root = next((parent for parent in file.parents if parent in roots), None)
        if root is None:
            continue
        name = file.relative_to(root).as_posix()
        try:
            found = django_project.read_template(file, name)
        except Exception as fault:  # noqa: BLE001  # whatever tags raise, which may be anybody's
            yield Left(str(file.relative_to(project)), says(fault))
            continue
        if found is not None:
            props, is_page = found
            yield template_component(file, root, "stories.django_templates", props, is_page=is_page)


def project_name(project: Path) -> str:
    """The project's name in pyproject.toml, else its directory's name."""
    file = project / "pyproject.toml"
    try:
        table = tomllib.loads(file.read_text()) if file.exists() else {}
    except tomllib.TOMLDecodeError, UnicodeDecodeError:
        table = {}
    name = table.get("project", {}).get("name")
    return name if isinstance(name, str) and name else project.name


def conventional_static_directories(project: Path) -> Iterator[tuple[Path, str]]:
    """Directories called `static`, which applications serve at /static."""
    found = set()
    for file in files(project, "*"):
        parts = file.parent.relative_to(project).parts
        if "static" in parts:
            found.add(project.joinpath(*parts[: parts.index("static") + 1]))
    yield from ((directory, "/static") for directory in sorted(found))


def flask_directories() -> Iterator[tuple[Path, str]]:
    """The static directories of the Flask application that renders the templates, and of its blueprints: the URL of each."""
    application: Any = getattr(sys.modules.get("stories.jinja"), "application", None)
    rules: Callable[[], Iterable[Any]] = getattr(
        getattr(application, "url_map", None), "iter_rules", list
    )
    for rule in sorted(rules(), key=lambda rule: str(rule.endpoint)):
        owner, _, kind = f"{rule.endpoint}".rpartition(".")
        url = str(rule.rule).removesuffix("/<path:filename>")
        scaffold = application.blueprints.get(owner) if owner else application
        if kind == "static" and url != rule.rule and getattr(scaffold, "static_folder", None):
            yield Path(scaffold.static_folder), url


def is_own(project: Path, directory: Path) -> bool:
    """Whether a directory exists and belongs to the project, not to an environment or a library in it."""
    inner = directory.relative_to(project).parts if directory.is_relative_to(project) else (".",)
    return directory.is_dir() and not any(
        part in SKIPPED or part.startswith(".") or part == "site-packages" for part in inner
    )


def static_directories(project: Path) -> list[tuple[str, str]]:
    """The directories that applications serve, relative to the project, and where. If two have the same file, the first wins."""
    served = [*django_project.served_directories(), *flask_directories()]
    served = served or list(conventional_static_directories(project))
    taken: set[str] = set()
    chosen = []
    for directory, url in served:
        if not is_own(project, directory):
            continue
        places = {
            f"{url}/{file.relative_to(directory).as_posix()}" for file in files(directory, "*")
        }
        if places and not places & taken:
            taken |= places
            chosen.append((directory.relative_to(project).as_posix(), url))
    return chosen


# -- what is written ---------------------------------------------------------------------------------------------------


LAYOUT = '''\
def layout(*, story_title: str, children: Markup) -> Template:
    """The page around each story: make it that of your application."""
    return t"""<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>{{story_title}}</title>
{links}
  </head>
  <body>{{children}}</body>
</html>"""


'''


def stylesheets(project: Path) -> list[str]:
    """URLs of the application's own stylesheets, as the configuration publishes them."""
    found = [
        f"{url}/{file.relative_to(project / directory).as_posix()}"
        for directory, url in static_directories(project)
        for file in files(project / directory, "*.css")
    ]
    return found[:MOST_STYLESHEETS]


def site_text(title: str, setup: set[str], project: Path) -> str:
    """The catalog's root module; `setup`: directories of the project to add to Python's path."""
    settings = django_project.settings_module(project)
    links = "\n".join(f'    <link rel="stylesheet" href="{url}">' for url in stylesheets(project))
    imports = [*(["import os"] if settings else []), *(["import sys"] if setup else [])]
    imports += ["from pathlib import Path"] if setup else []
    imports += ["from string.templatelib import Template"] if links else []
    lines = [
        f'"""The catalog of {title}. What all stories need before they are imported stands here, too."""',
        "",
        *([*imports, ""] if imports else []),
        *(["import django"] if settings else []),
        "from storytime import Site",
        *(["from tdom import Markup"] if links else []),
        "",
        *(
            f"sys.path.insert(0, str(Path(__file__).parent.parent / {directory!r}))"
            for directory in sorted(setup)
        ),
    ]
    if settings:
        lines += [
            f'os.environ.setdefault("DJANGO_SETTINGS_MODULE", {settings!r})',
            "django.setup()",
        ]
    page = ", themed_layout=layout" if links else ""
    text = "\n".join([*lines, *(["", ""] if settings or setup else [""]), ""])
    text += LAYOUT.format(links=links) if links else ""
    return text + f"def this_site() -> Site:\n    return Site(title={title!r}{page})\n"


def stories_text(component: Component) -> str:
    """The stories of a component."""
    target = [f"        target={component.target},"]
    stories = [f"Story(title='Default', props={component.props!r}),"]
    if component.is_page:
        given = component.props and f", **{component.props!r}"
        stories = [f"Story(title='Default', template={component.target[:-1]}{given or ''})),"]
        target = []
    if component.flag is not None:
        props = {**component.props, component.flag: True}
        stories.append(f"Story(title={words(component.flag)!r}, props={props!r}),")
    lines = [f"            {story}" for story in stories]
    return "\n".join(
        [
            f'"""Stories of {words(component.name)}."""',
            "",
            *component.imports,
            "from storytime import Story, Subject",
            "",
            "",
            "def this_subject() -> Subject:",
            "    return Subject(",
            f"        title={words(component.name)!r},",
            *target,
            "        items=[",
            *lines,
            "        ],",
            "    )",
            "",
        ]
    )


def html_of(result: Any, events: Events) -> str:
    """What a component returns, as HTML, in the way of a build. Unfit: a build refuses it."""
    import tdom

    if isinstance(result, str) or result is None:
        return result or ""
    if type(result).__name__ == "Template":
        return str(tdom.html(result))
    for name in ("__html__", "_repr_html_", "_repr_svg_"):
        if isinstance(shown := getattr(result, name, lambda: None)(), str):
            return shown
    if type(result).__module__.partition(".")[0] == "tdom":
        return str(result)
    if inspect.isawaitable(result):
        return html_of(events.run(result), events)
    if isinstance(result, AsyncIterable):
        return html_of(events.collect(result), events)
    if isinstance(result, Iterable) and not isinstance(result, bytes | bytearray | Mapping):
        return "".join(html_of(item, events) for item in result)
    if callable(result):
        return html_of(result(), events)
    raise Unfit(f"it returned {type(result).__name__}, which is no HTML")


def fault_of(text: str, module: str, events: Events) -> str | None:
    """Why not all stories in a text can be rendered, or None. Calls their components as a build does."""
    namespace: dict[str, Any] = {"__name__": module}
    try:
        exec(compile(text, module, "exec"), namespace)  # noqa: S102  # what we have written ourselves
        subject = namespace["this_subject"]()
        for story in subject.items:
            result = story.template() if story.template else subject.target(**story.props)
            html_of(result, events)
    except Unfit as unfit:
        return str(unfit)
    except (Exception, SystemExit) as fault:  # noqa: BLE001  # whatever the user's component raises
        return says(fault)
    return None


def write(path: Path, text: str) -> None:
    """Write a new file, and its directory, which is a package."""
    if not path.parent.exists():
        path.parent.mkdir(parents=True)
        (path.parent / "__init__.py").touch()
    path.write_text(text)


def configuration_text(project: Path) -> str:
    """The text of our table."""
    published = [
        f"    {{ from = {json.dumps(path)}, to = {json.dumps(url)} }},\n"
        for path, url in static_directories(project)
    ]
    return CONFIGURATION + (f"static-dirs = [\n{''.join(published)}]\n" if published else "")


def write_configuration(project: Path) -> str:
    """Add our table to the project's configuration. Returns a line that says what was done."""
    file = project / "pyproject.toml"
    text = file.read_text() if file.exists() else ""
    if "[tool.storytime]" in text:
        return f"{file.name} already has [tool.storytime] and was left unchanged"
    with file.open("a") as opened:
        opened.write(
            ("\n" if text and not text.endswith("\n") else "")
            + ("\n" if text else "")
            + configuration_text(project)
        )
    return f"{'added [tool.storytime] to' if text else 'wrote'} {file.name}"


def ignore_output(project: Path) -> str | None:
    """Keep the output of `storytime build` out of the repository. Returns a line that says what was done."""
    file = project / ".gitignore"
    text = file.read_text() if file.exists() else OUTPUT
    if OUTPUT.strip("/") in {line.strip().strip("/") for line in text.splitlines()}:
        return None
    file.write_text(text + ("" if not text or text.endswith("\n") else "\n") + f"{OUTPUT}\n")
    return f"added {OUTPUT} to {file.name}"


def choose(
    project: Path, added: set[Path], events: Events
) -> tuple[dict[str, Component], list[Left]]:
    """Components that render, by the names of their packages, and those that are left to the user."""
    chosen: dict[str, Component] = {}
    left: list[Left] = []
    of_django = django_project.settings_module(project) is not None
    templates = django_components(project) if of_django else jinja_components(project)
    all_found = [*python_components(project, added), *templates]
    for found in sorted(all_found, key=lambda one: isinstance(one, Component) and one.is_page):
        if isinstance(found, Left):
            left.append(found)
            continue
        name = directory_name(found.name)
        if name in chosen or len(chosen) >= MOST_COMPONENTS:
            continue
        if fault_of(stories_text(found), f"stories.{name}.stories", events) is not None:
            found.flag = None
        fault = fault_of(stories_text(found), f"stories.{name}.stories", events)
        if fault is None:
            chosen[name] = found
        else:
            left.append(Left(f"{found.imports[-1].split()[1]}: {found.target}", fault))
    return chosen, left


def is_elsewhere(project: Path) -> Path | None:
    """The directory of a manage.py, relative to the project, if it is not at the top."""
    found = None if (project / "manage.py").exists() else next(files(project, "manage.py"), None)
    return found.parent.relative_to(project) if found is not None else None


def set_up(package: Path) -> str | None:
    """Import the root, as each build does first. Returns what it raises, as a line."""
    try:
        importlib.import_module(f"{package.name}.stories")
    except (Exception, SystemExit) as fault:  # noqa: BLE001  # whatever settings raise
        return says(fault)
    return None


def write_package(project: Path, package: Path, title: str, chosen: dict[str, Component]) -> None:
    """Write the root, and a package of stories for each component."""
    imports = {line for one in chosen.values() for line in one.imports}
    for name in ("jinja", "django_templates"):
        if not any(f"stories.{name} " in line for line in imports):
            (package / f"{name}.py").unlink(missing_ok=True)
    if not chosen:
        write(package / "greeting/greeting.py", EXAMPLE)
        example = ["from stories.greeting.greeting import Greeting"]
        chosen["greeting"] = Component("Greeting", example, "Greeting", {"name": "World"}, "loud")
    for name, component in chosen.items():
        write(package / name / "stories.py", stories_text(component))
    needed = {directory for one in chosen.values() for directory in one.setup}
    (package / "stories.py").write_text(site_text(title, needed, project))


def report(left: list[Left], fault: str | None) -> None:
    """Report what is left to the user, and why."""
    if fault is not None:
        print(f"storytime: stories/stories.py cannot be imported: {fault}")
        print(
            "  Components that need it were left out: fix it, remove stories/, and run storytime init again"
        )
    if left:
        print(
            "storytime: these components did not render with made-up values; write their stories yourself:"
        )
    for one in left[:MOST_NAMED]:
        print(f"  {one.place}: {one.why}")
    if len(left) > MOST_NAMED:
        print(f"  and {len(left) - MOST_NAMED} more")


def main(arguments: list[str]) -> int:
    """Write the package. Returns the exit code."""
    project = Path(arguments[0]).resolve()
    package = project / "stories"
    if not project.is_dir():
        print(f"storytime init: there is no directory '{project}'", file=sys.stderr)
        return 2
    if package.exists():
        ours = (package / "stories.py").exists()
        way = (
            f"serve it with: storytime serve {package}"
            if ours
            else "it has no stories.py: write one in a package with another name, and give that to `storytime serve`"
        )
        print(
            f"storytime init: '{package}' already exists; {way}",
            file=sys.stderr,
        )
        return 2
    added = make_importable(project)
    sys.dont_write_bytecode = True
    title = words(project_name(project).replace("-", " "))
    try:
        write(package / "stories.py", site_text(title, set(), project))
        fault = set_up(package)
        with contextlib.closing(Events()) as events:
            chosen, left = choose(project, added, events)
        write_package(project, package, title, chosen)
    except BaseException:
        shutil.rmtree(package, ignore_errors=True)
        raise
    print(
        f"storytime: wrote stories of {', '.join(words(one.name) for one in chosen.values())} to {package}"
    )
    print(f"storytime: {write_configuration(project)}")
    if (done := ignore_output(project)) is not None:
        print(f"storytime: {done}")
    if (inner := is_elsewhere(project)) is not None:
        print(f"storytime: manage.py is in {inner}: remove stories/ and run storytime init there")
    report(left, fault)
    print("Next: storytime serve" + (f"    (in {project})" if project != Path.cwd() else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
