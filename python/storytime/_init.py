"""`storytime init`: a first package of stories for a project that exists. Run as a script by the project's own Python.

What a component needs is read from its source; that it renders with the values made up here is tried before a story is
written.
"""

import ast
import importlib
import importlib.util
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SKIPPED = {"node_modules", "__pycache__", "tests", "test", "migrations", "stories", "build", "dist"}
MOST_COMPONENTS = 12
TEMPLATES = ("*.html", "*.jinja", "*.j2", "*.jinja2")
CONFIGURATION = """\
[tool.storytime]
package = "stories"
use-subinterpreters = true
"""


@dataclass
class Component:
    """Something that a story can show."""

    name: str
    imports: list[str]
    target: str
    props: dict[str, Any]
    flag: str | None = None
    setup: list[str] = field(default_factory=list)


class Unfit(Exception):
    """A parameter that no value can be made up for."""


def words(name: str) -> str:
    """A name in words: "price_tag" and "PriceTag" are "Price tag"."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").strip()
    return spaced[:1].upper() + spaced[1:].lower()


def directory_name(name: str) -> str:
    """A component's name as that of a package."""
    return re.sub(r"\W+", "_", words(name).lower()).strip("_") or "component"


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
    """The directory from which a module is imported: `src` where that is the layout."""
    source = project / "src"
    return (
        source if file.is_relative_to(source) and not (source / "__init__.py").exists() else project
    )


def made_up(name: str, annotation: ast.expr | None) -> Any:
    """A value for a parameter, by its annotation."""
    text = ast.unparse(annotation) if annotation is not None else "str"
    if found := re.search(r"Literal\[(.+)\]", text):
        return ast.literal_eval(f"[{found[1]}]")[0]
    kind = text.split("|")[0].strip().split("[")[0].rpartition(".")[2]
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
    """Name, annotation and default of what a function can be given by name."""
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
    """Values for what has no default, and the first switch that is off."""
    props, flag = {}, None
    for name, annotation, default in found:
        if default is None:
            props[name] = made_up(name, annotation)
        elif flag is None and isinstance(default, ast.Constant) and default.value is False:
            flag = name
    return props, flag


def is_component(node: ast.AST) -> bool:
    """Whether its body has a t-string."""
    return any(isinstance(inner, ast.TemplateStr) for inner in ast.walk(node))


def is_dataclass(node: ast.ClassDef) -> bool:
    """Whether a decorator says so."""
    return any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list)


def read_class(node: ast.ClassDef) -> tuple[dict[str, Any], str | None] | None:
    """The fields of a dataclass that renders itself; None where it does not."""
    methods = {inner.name for inner in node.body if isinstance(inner, ast.FunctionDef)}
    if not is_dataclass(node) or not methods & {"__call__", "__html__"}:
        return None
    fields = (inner for inner in node.body if isinstance(inner, ast.AnnAssign))
    return propose(
        (inner.target.id, inner.annotation, inner.value)
        for inner in fields
        if isinstance(inner.target, ast.Name) and "ClassVar" not in ast.unparse(inner.annotation)
    )


def python_components(project: Path) -> Iterator[Component]:
    """Functions and dataclasses with t-strings."""
    for file in files(project, "*.py"):
        try:
            tree = ast.parse(file.read_bytes())
        except SyntaxError, ValueError:
            continue
        root = import_root(project, file)
        module = ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        for node in tree.body:
            if getattr(node, "name", "_").startswith("_") or not is_component(node):
                continue
            try:
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    found = propose(parameters(node.args))
                elif isinstance(node, ast.ClassDef) and (fields := read_class(node)) is not None:
                    found = fields
                else:
                    continue
            except Unfit:
                continue
            setup = [] if root == project else [str(root.relative_to(project))]
            yield Component(
                node.name, [f"from {module} import {node.name}"], node.name, *found, setup=setup
            )


def jinja_components(project: Path) -> Iterator[Component]:
    """Macros, and templates that stand alone, where Jinja is installed."""
    if importlib.util.find_spec("jinja2") is None:
        return
    jinja2 = importlib.import_module("jinja2")  # of the project's environment, not of ours
    meta = importlib.import_module("jinja2.meta")
    environment = jinja2.Environment(autoescape=True)
    directories = {file.parent for file in files(project, *TEMPLATES)}
    roots = {
        parent
        for path in directories
        for parent in [path, *path.parents]
        if parent.name == "templates"
    }
    for file in files(project, *TEMPLATES):
        root = next((parent for parent in file.parents if parent in roots), None)
        if root is None:
            continue
        try:
            text = file.read_text()
            tree = environment.parse(text)
        except jinja2.TemplateError, UnicodeDecodeError:
            continue
        place = f"{str(root.relative_to(project))!r}, {str(file.relative_to(root))!r}"
        imports = ["from stories.jinja import macro, template"]
        macros = re.findall(r"{%-?\s*macro\s+(\w+)\s*\(([^)]*)\)", text)
        for name, arguments in macros:
            needed = [
                part.strip() for part in arguments.split(",") if part.strip() and "=" not in part
            ]
            props = {part: words(part) for part in needed}
            yield Component(name, imports, f"macro({place}, {name!r})", props)
        if not macros and not re.search(r"{%-?\s*(extends|block)\b", text):
            props = {name: words(name) for name in sorted(meta.find_undeclared_variables(tree))}
            yield Component(file.name.split(".")[0], imports, f"template({place})", props)


JINJA = '''\
"""Jinja's macros and templates as components."""

from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

PROJECT = Path(__file__).parent.parent


def environment(directory: str) -> Environment:
    """The templates of a directory of the project."""
    return Environment(loader=FileSystemLoader(PROJECT / directory), autoescape=True)


def macro(directory: str, file: str, name: str) -> Callable[..., Markup]:
    """A macro of a template."""

    def render(**props: object) -> Markup:
        module = environment(directory).get_template(file).module
        return Markup(getattr(module, name)(**props))

    return render


def template(directory: str, file: str) -> Callable[..., Markup]:
    """A template that stands alone."""

    def render(**props: object) -> Markup:
        return Markup(environment(directory).get_template(file).render(**props))

    return render
'''

EXAMPLE = '''\
"""A first component: change it, save, and watch."""

from string.templatelib import Template


def Greeting(*, name: str, loud: bool = False) -> Template:
    """Say hello to somebody."""
    return t"<p>Hello, <strong>{name.upper() if loud else name}</strong>!</p>"
'''


def project_name(project: Path) -> str:
    """What the project calls itself in pyproject.toml, else its directory's name."""
    file = project / "pyproject.toml"
    try:
        table = tomllib.loads(file.read_text()) if file.exists() else {}
    except tomllib.TOMLDecodeError, UnicodeDecodeError:
        table = {}
    name = table.get("project", {}).get("name")
    return name if isinstance(name, str) and name else project.name


def static_directories(project: Path) -> list[str]:
    """Directories that applications serve at /static, relative to the project; of two files for one place, the first."""
    taken: set[Path] = set()
    chosen = []
    for directory in sorted({file.parent for file in files(project, "*")}):
        parts = directory.relative_to(project).parts
        if "static" not in parts:
            continue
        name = "/".join(parts[: parts.index("static") + 1])
        places = {file.relative_to(project / name) for file in files(project / name, "*")}
        if name not in chosen and not places & taken:
            taken |= places
            chosen.append(name)
    return chosen


# -- what is written ---------------------------------------------------------------------------------------------------


def site_text(title: str, setup: set[str]) -> str:
    """The root of the catalog; `setup`: directories below the project that Python must find modules in."""
    lines = [
        f'"""The catalog of {title}. What all stories need before they are imported stands here, too."""',
        "",
    ]
    if setup:
        lines += ["import sys", "from pathlib import Path", ""]
    lines += ["from storytime import Site", ""]
    lines += [
        f"sys.path.insert(0, str(Path(__file__).parent.parent / {directory!r}))"
        for directory in sorted(setup)
    ]
    return "\n".join(
        [*lines, "", "def this_site() -> Site:", f"    return Site(title={title!r})", ""]
    )


def stories_text(component: Component) -> str:
    """The stories of a component."""
    stories = [f"Story(title='Default', props={component.props!r}),"]
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
            f"        target={component.target},",
            "        items=[",
            *lines,
            "        ],",
            "    )",
            "",
        ]
    )


def renders(text: str, module: str) -> bool:
    """Whether all stories of a text can be shown: their components are called as a build does it."""
    import tdom

    namespace: dict[str, Any] = {"__name__": module}
    try:
        exec(compile(text, module, "exec"), namespace)  # noqa: S102  # what we have written ourselves
        subject = namespace["this_subject"]()
        for story in subject.items:
            result = subject.target(**story.props)
            if callable(result) and not hasattr(result, "__html__"):
                result = result()
            if type(result).__name__ == "Template":
                result = tdom.html(result)
            str(result)
    except Exception:  # noqa: BLE001  # whatever the user's component raises
        return False
    return True


def write(path: Path, text: str) -> None:
    """A file that is not there yet, with its directory, which is a package."""
    if not path.parent.exists():
        path.parent.mkdir(parents=True)
        (path.parent / "__init__.py").touch()
    path.write_text(text)


def configuration_text(project: Path) -> str:
    """Our table."""
    published = [
        f'    {{ from = {json.dumps(path)}, to = "/static" }},\n'
        for path in static_directories(project)
    ]
    return CONFIGURATION + (f"static-dirs = [\n{''.join(published)}]\n" if published else "")


def write_configuration(project: Path) -> str:
    """Add our table to the project's configuration. What was done, as a line."""
    file = project / "pyproject.toml"
    text = file.read_text() if file.exists() else ""
    if "[tool.storytime]" in text:
        return f"{file.name} has [tool.storytime] already, and stays as it is"
    with file.open("a") as opened:
        opened.write(
            ("\n" if text and not text.endswith("\n") else "")
            + ("\n" if text else "")
            + configuration_text(project)
        )
    return f"{'added [tool.storytime] to' if text else 'wrote'} {file.name}"


def main(arguments: list[str]) -> int:
    """Write the package. The exit code."""
    project = Path(arguments[0]).resolve()
    package = project / "stories"
    if not project.is_dir():
        print(f"storytime init: there is no directory '{project}'", file=sys.stderr)
        return 2
    if package.exists():
        print(
            f"storytime init: '{package}' exists, and nothing is overwritten; serve it with: storytime serve {package}",
            file=sys.stderr,
        )
        return 2
    sys.path[:0] = [str(project), *([str(project / "src")] if (project / "src").is_dir() else [])]
    sys.dont_write_bytecode = True
    title = words(project_name(project).replace("-", " "))
    write(package / "stories.py", site_text(title, set()))
    chosen: dict[str, Component] = {}
    for finder in (python_components, jinja_components):
        for component in finder(project):
            if finder is jinja_components and not (package / "jinja.py").exists():
                write(package / "jinja.py", JINJA)
                importlib.invalidate_caches()
            name = directory_name(component.name)
            if name in chosen or len(chosen) >= MOST_COMPONENTS:
                continue
            if not renders(stories_text(component), f"stories.{name}.stories"):
                component.flag = None
            if renders(stories_text(component), f"stories.{name}.stories"):
                chosen[name] = component
    if not any("stories.jinja" in line for one in chosen.values() for line in one.imports):
        (package / "jinja.py").unlink(missing_ok=True)
    if not chosen:
        write(package / "greeting/greeting.py", EXAMPLE)
        imports = ["from stories.greeting.greeting import Greeting"]
        chosen["greeting"] = Component("Greeting", imports, "Greeting", {"name": "World"}, "loud")
    for name, component in chosen.items():
        write(package / name / "stories.py", stories_text(component))
    needed = {directory for one in chosen.values() for directory in one.setup}
    (package / "stories.py").write_text(site_text(title, needed))
    print(
        f"storytime: wrote stories of {', '.join(words(one.name) for one in chosen.values())} to {package}"
    )
    print(f"storytime: {write_configuration(project)}")
    print("Next: storytime serve" + (f"    (in {project})" if project != Path.cwd() else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
