"""Tools for agents, by the Model Context Protocol: which stories exist, which ones a change reaches, whether they pass.

`storytime mcp` runs this on standard input and output. `storytime serve` runs it for requests to /mcp; then
each line holds one such request, or one answer. It neither runs code of the package nor writes its files.
"""

import argparse
import contextlib
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from storytime._program import messages_of

VERSIONS = ("2025-06-18", "2025-03-26", "2024-11-05")
LONGEST_LINE = 4 << 20
MOST_SESSIONS = 256
MOST_CALLS = 8  # calls at a time; others wait
LONGEST_ANSWER = 20_000  # characters; a model can't read more
FRAME = 100  # characters of an answer that are kept free for what is said around a long part
LONGEST_RUN = 600.0  # seconds
SETTLING = 5.0  # seconds that a server's catalog may lag behind a save

LOADED = "The server cannot answer any more: modules that it had loaded have changed. Start it with --use-subinterpreters."

type Json = dict[str, Any]


class ProtocolError(Exception):
    """A request that cannot be answered, with its JSON-RPC error code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class ToolError(Exception):
    """A tool that fails; the model gets the message."""


class Cancelled(Exception):
    """The client has cancelled the request."""


class Call:
    """A running tool."""

    def __init__(self) -> None:
        self.cancelled = threading.Event()

    def run(
        self, command: list[str], timeout: float, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end, or kill it with everything that it has started. Raises Cancelled and TimeoutExpired."""
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
            env={**os.environ, **environment},
        ) as process:
            try:
                end = time.monotonic() + timeout
                while True:
                    try:
                        out, err = process.communicate(timeout=0.1)
                        return subprocess.CompletedProcess(command, process.returncode, out, err)
                    except subprocess.TimeoutExpired:
                        if self.cancelled.is_set():
                            raise Cancelled from None
                        if time.monotonic() > end:
                            raise
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)


class Story(NamedTuple):
    """A story as a build describes it, and its component."""

    about: Json
    component: Json

    @property
    def id(self) -> str:
        return str(self.about["id"])


class Catalog:
    """The catalog that the last build wrote to OUT."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.output = Path(options.output)
        self._stamp: tuple[int, int] | None = None
        self._read: Json = {}

    def read(self, call: Call) -> Json:
        """The catalog as it is now."""
        if not self.options.url:
            self.affected(call, [os.devnull])  # builds the catalog, unless it is up to date
        file = self.output / ".storytime/catalog.json"
        try:
            status = file.stat()
            stamp = (status.st_mtime_ns, status.st_ino)
            if stamp != self._stamp:
                self._read = json.loads(file.read_text())
                self._stamp = stamp
        except OSError, ValueError:
            raise ToolError("The catalog has not been built yet. Ask again in a moment.") from None
        return self._read

    def affected(self, call: Call, changes: list[str]) -> Json:
        """The output of `storytime affected --json`."""
        options = self.options
        command = [options.program, "affected", options.package, *changes, "--json", "-q"]
        command += ["--output", str(self.output), "--python", sys.executable]
        for directory in options.static_dir:
            command += ["--static-dir", directory]
        if options.url:
            command.append("--no-build")
        end = time.monotonic() + SETTLING
        while True:
            result = call.run(command, LONGEST_RUN)
            if result.returncode == 0:
                answer: Json = json.loads(result.stdout)
                return answer
            if "run storytime build" not in result.stderr or time.monotonic() > end:
                hint = "" if "has not been built" not in result.stderr else LOADED
                raise ToolError(hint or messages_of(result.stderr))
            if call.cancelled.wait(0.2):
                raise Cancelled

    def components(self, call: Call) -> list[Json]:
        """All subjects."""
        return list(self.read(call)["components"])

    def stories(self, call: Call) -> Iterator[Story]:
        """All stories."""
        for component in self.components(call):
            for story in component["stories"]:
                yield Story(story, component)

    def link(self, story: Json) -> str:
        """The link to a story."""
        if self.options.url:
            return f"{self.options.url}iframe.html?id={quote(story['id'])}&viewMode=story"
        return Path(self.output, story["path"], "preview.html").resolve().as_uri()


def cut(text: str, longest: int = LONGEST_ANSWER) -> str:
    """A text cut to at most so many characters."""
    return (
        text
        if len(text) <= longest
        else f"{text[:longest]}\n... {len(text) - longest} characters more"
    )


def count(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many}"


# -- tools -------------------------------------------------------------------------------------------------------------


def names_of(component: Json) -> set[str]:
    """The names by which a component can be requested, in lower case."""
    names = {component["id"], component["path"], component["title"], component["name"]}
    return {name.lower() for name in names if name}


def find_component(catalog: Catalog, call: Call, name: str) -> Json:
    """A component by its id, path, title or name. Raises ToolError."""
    wanted = name.strip().strip("/").lower()
    components = catalog.components(call)
    found = [one for one in components if wanted in (one["id"], one["path"].lower())] or [
        one for one in components if wanted in names_of(one)
    ]
    if len(found) == 1:
        return found[0]
    near = found or [one for one in components if any(wanted in known for known in names_of(one))]
    hint = ", ".join(one["id"] for one in near[:10])
    if found:
        raise ToolError(f"Several components are called {name!r}: {hint}. Ask by id.")
    raise ToolError(
        f"There is no component {name!r}."
        + (f" Did you mean {hint}?" if hint else " docs-list lists all components.")
    )


def find_story(catalog: Catalog, call: Call, name: str) -> Story:
    """A story by its id or path. Raises ToolError."""
    wanted = name.strip().strip("/")
    stories = list(catalog.stories(call))
    for story in stories:
        if wanted in (story.id, story.about["path"]):
            return story
    near = [story.id for story in stories if wanted.partition("--")[0] in story.id][:10]
    hint = f" Did you mean {', '.join(near)}?" if near else " docs-list lists all components."
    raise ToolError(f"There is no story {name!r}.{hint}")


def docs_list(catalog: Catalog, call: Call, arguments: Json) -> str:
    """A list of all components, a line each."""
    query = arguments.get("query", "").lower()
    components = [
        one
        for one in catalog.components(call)
        if query
        in f"{one['id']} {one['title']} {one['name'] or ''} {one['description'] or ''}".lower()
    ]
    offset = max(arguments.get("offset", 0), 0)
    stories = sum(len(one["stories"]) for one in components)
    lines = [
        f"# {catalog.read(call)['title']}",
        f"{count(len(components), 'component', 'components')}, {count(stories, 'story', 'stories')}"
        + (f" matching {arguments['query']!r}" if query else ""),
        "",
    ]
    room = LONGEST_ANSWER - FRAME - len("\n".join(lines))
    shown = 0
    for one in components[offset : offset + 100]:
        about = (one["description"] or "").strip().partition("\n")[0]
        line = (
            f"- `{one['id']}` {one['title']}"
            + (f": {cut(about, 200)}" if about else "")
            + f" ({count(len(one['stories']), 'story', 'stories')})"
        )
        room -= len(line) + 1
        if room < 0 and shown > 0:
            break
        lines.append(line)
        shown += 1
    if (left := len(components) - offset - shown) > 0:
        lines.append(f"\n{left} more: ask with offset {offset + shown}, or with a query.")
    return "\n".join(lines)


def place(source: Json | None) -> str:
    """The file and line of a source."""
    return f"{source['file']}:{source['line']}" if source and source["file"] else "an unknown file"


def python(text: str) -> str:
    """A block of Python code in Markdown."""
    return f"```python\n{text.rstrip()}\n```"


def docs_show(catalog: Catalog, call: Call, arguments: Json) -> str:
    """A component with its stories."""
    one = find_component(catalog, call, arguments["id"])
    lines = [f"# {one['title']}", "", f"id `{one['id']}`, stories in {one['file']}"]
    if one["description"]:
        lines += ["", one["description"].strip()]
    if one["fault"]:
        lines += ["", "This file has an error:", one["fault"]]
    if one["name"]:
        lines += ["", f"Component `{one['name']}`, {place(one['source'])}"]
        if one["source"] and one["source"]["text"]:
            lines += [python(cut(one["source"]["text"], 6000))]
    for story in one["stories"][:20]:
        lines += ["", f"## {story['title']}", f"`{story['id']}`, {catalog.link(story)}"]
        if story["description"]:
            lines.append(story["description"].strip())
        if story["source"] and story["source"]["text"]:
            lines.append(python(cut(story["source"]["text"], 2000)))
    if left := one["stories"][20:]:
        lines += ["", "More stories: " + ", ".join(story["id"] for story in left[:200])]
    return "\n".join(lines)


def rendered(catalog: Catalog, story: Json) -> str:
    """The HTML of a story's preview, without its head."""
    try:
        page = (catalog.output / story["path"] / "preview.html").read_text(errors="replace")
    except OSError:
        return ""
    body: str = page.partition("<body")[2].partition(">")[2].rpartition("</body>")[0] or page
    return body.strip()


def docs_show_story(catalog: Catalog, call: Call, arguments: Json) -> str:
    """A story: its values, source, rendered HTML, and the results of its assertions."""
    about, component = find_story(catalog, call, arguments["id"])
    lines = [
        f"# {component['title']}: {about['title']}",
        "",
        f"id `{about['id']}`, {place(about['source'])}",
    ]
    lines += [f"Preview: {catalog.link(about)}"]
    if about["tags"]:
        lines.append(f"Tags: {', '.join(about['tags'])}")
    if about["description"]:
        lines += ["", about["description"].strip()]
    if about["props"]:
        lines += [
            "",
            "Values:",
            *(f"- `{name}` = `{cut(value, 300)}`" for name, value in about["props"]),
        ]
    if about["source"] and about["source"]["text"]:
        lines += ["", python(cut(about["source"]["text"], 4000))]
    if about["fault"]:
        lines += ["", "It fails to render:", about["fault"]]
    else:
        lines += ["", "It renders:", f"```html\n{cut(rendered(catalog, about), 8000)}\n```"]
    for name, result, message in about["assertions"]:
        lines.append(f"- assertion `{name}`: {result}" + (f", {message}" if message else ""))
    return "\n".join(lines)


def stories_preview(catalog: Catalog, call: Call, arguments: Json) -> str:
    """Links to stories."""
    stories = [find_story(catalog, call, name) for name in arguments["ids"][:50]]
    return "\n".join(
        f"- [{component['title']}: {about['title']}]({catalog.link(about)})"
        for about, component in stories
    )


def listed(catalog: Catalog, call: Call, stories: list[Json], most: int = 100) -> list[str]:
    """A list of stories from `storytime affected`, a line each."""
    titles = {story.id: story.component["title"] for story in catalog.stories(call)}
    lines = [
        f"- `{one['id']}` {titles.get(one['id'], one['path'])}: {one['title']}, {catalog.link(one)}"
        for one in stories[:most]
    ]
    return lines + ([f"... and {len(stories) - most} more"] if len(stories) > most else [])


def find_by_component(catalog: Catalog, call: Call, arguments: Json) -> str:
    """The stories of a component, and the stories that use it."""
    wanted = arguments["component"].strip()
    directory = Path(catalog.options.package)
    files = [path for path in (Path(wanted), directory / wanted) if path.is_file()][:1]
    own: list[Json] = []
    for about, component in catalog.stories(call):
        if wanted.lower() in names_of(component) | {(about["name"] or "").lower()}:
            own.append(about)
            if component["source"] and component["source"]["file"]:
                files.append(directory / component["source"]["file"])
    if not own and not files:
        raise ToolError(f"There is no component or file {wanted!r}.")
    reached: list[Json] = []
    if files:
        changes = sorted({str(file) for file in files})
        known = {story["id"] for story in own}
        reached = [
            one for one in catalog.affected(call, changes)["stories"] if one["id"] not in known
        ]
    lines = []
    if own:
        lines += [
            f"{count(len(own), 'story shows', 'stories show')} {wanted}:",
            *listed(catalog, call, own),
        ]
    if reached:
        also = "also " if own else ""
        lines += [
            f"{count(len(reached), 'story', 'stories')} {also}depend on it:",
            *listed(catalog, call, reached),
        ]
    return "\n".join(lines) or "No story depends on it."


def stories_changed(catalog: Catalog, call: Call, arguments: Json) -> str:
    """The stories that a change reaches."""
    since = arguments.get("since", "HEAD")
    answer = catalog.affected(call, [f"--since={since}"])
    stories = answer["stories"]
    lines = [
        f"{len(stories)} of {count(answer['of'], 'story', 'stories')} affected by the differences from {since}."
    ]
    if answer["everything"]:
        lines.append(f"All stories may be affected: {answer['everything']}.")
    if answer["broken"]:
        lines.append(f"Broken: {', '.join(answer['broken'])}")
    return "\n".join(lines + listed(catalog, call, stories))


def tests_of(story: Story) -> str:
    """The id that the pytest plugin gives a story."""
    same = 1
    for other in story.component["stories"]:
        if other["id"] == story.id:
            break
        same += other["title"] == story.about["title"]
    title = " ".join(story.about["title"].split())
    return f"{story.component['path']}::{title}" + (f"-{same}" if same > 1 else "")


def test_run(catalog: Catalog, call: Call, arguments: Json) -> str:
    """Test stories with the pytest plugin, in this environment."""
    timeout = min(max(float(arguments.get("timeout", 60)), 1), LONGEST_RUN)
    tests = [tests_of(find_story(catalog, call, name)) for name in arguments.get("ids", [])]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "--no-header",
        "--tb=short",
        "-q",
        "--ignore-glob=*",
    ]
    if not any(point.name == "storytime" for point in entry_points(group="pytest11")):
        command += ["-p", "pytest_storytime"]
    command += ["-m", "storytime", "--storytime", catalog.options.package, *tests]
    here = str(Path(__file__).parent.parent)
    path = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), here]))
    try:
        result = call.run(command, timeout, PYTHONPATH=path, PYTHONDONTWRITEBYTECODE="1")
    except subprocess.TimeoutExpired:
        raise ToolError(
            f"The tests were stopped after {timeout:g} s. Name fewer stories, or give a longer timeout."
        ) from None
    said = (result.stdout + result.stderr).strip()
    if "No module named pytest" in result.stderr:
        raise ToolError(f"pytest is not installed in the environment of {sys.executable}.")
    if result.returncode not in (0, 1):
        raise ToolError(cut(said))
    outcome = "All stories pass." if result.returncode == 0 else "Some stories fail."
    return f"{outcome}\n\n{said[FRAME - LONGEST_ANSWER :]}"


INSTRUCTIONS = """\
# Stories in {package}

A story shows a component with certain values. Stories are written in files called `stories.py`, one in each component's
directory. `storytime` imports them and makes a catalog of them; nothing has to be registered.

```python
from storytime import Story, Subject

from .button import Button


def this_subject() -> Subject:
    return Subject(
        title="Button",
        description="Starts an action.",
        target=Button,
        items=[
            Story(title="Primary", props={{"label": "Save"}}, assertions=[is_a_button]),
            Story(title="Disabled", props={{"label": "Save", "disabled": True}}, tags=["state"]),
        ],
    )


def is_a_button(story: str) -> None:
    assert "<button" in story
```

- The function may have any name, but its return annotation must be `Subject`.
- `target` is called with `props` as keywords. It returns a t-string, HTML, or an object with `__html__()`.
- `template=lambda: t"..."`, instead of `target` and `props`, shows anything else.
- An assertion gets the rendered HTML as a `str` and fails with `assert`.
- The root directory has a `stories.py` with the `Site`, which may have a layout; directories between may have a `Section`.
- Write a story for each state that a user can see: empty, long texts, errors, disabled. Give each its own title.
- Do not write files or use the network in components or stories: they run on every save.

Then: `stories-changed` says which stories an edit affects, `test-run` whether they render and pass, `docs-show-story` what they
render, and `stories-preview` where a person can look at them.

The stories are in {directory}. The catalog has {components} and {stories}.
"""


def story_instructions(catalog: Catalog, call: Call, arguments: Json) -> str:
    """How to write stories here."""
    components = catalog.components(call)
    return INSTRUCTIONS.format(
        package=catalog.read(call)["package"],
        directory=catalog.options.package,
        components=count(len(components), "component", "components"),
        stories=count(sum(len(one["stories"]) for one in components), "story", "stories"),
    )


class Tool(NamedTuple):
    """A tool: its description for clients, and the function behind it."""

    title: str
    description: str
    properties: Json
    required: list[str]
    run: Callable[[Catalog, Call, Json], str]


def text(description: str) -> Json:
    """The schema of a text."""
    return {"type": "string", "description": description, "minLength": 1, "maxLength": 1000}


STORY = text(
    "The story's id, such as actions-button--primary, or its path, such as actions/button/primary"
)
IDS = {"type": "array", "items": STORY, "maxItems": 50}

TOOLS = {
    "docs-list": Tool(
        "List components",
        "List the components that have stories, with their ids and a line about each.",
        {
            "query": text("Only components with this in their name or description"),
            "offset": {"type": "integer", "minimum": 0},
        },
        [],
        docs_list,
    ),
    "docs-show": Tool(
        "Show a component",
        "Show a component: what it is for, its source, and all its stories with their source and links.",
        {"id": text("The component's id from docs-list, or its path, title or name")},
        ["id"],
        docs_show,
    ),
    "docs-show-story": Tool(
        "Show a story",
        "Show one story: its values, its source, the HTML it renders, and what its assertions say.",
        {"id": STORY},
        ["id"],
        docs_show_story,
    ),
    "stories-preview": Tool(
        "Links to stories",
        "Get URLs at which a person can look at stories in a browser.",
        {"ids": {**IDS, "minItems": 1}},
        ["ids"],
        stories_preview,
    ),
    "stories-find-by-component": Tool(
        "Find stories by component",
        "Find the stories that show a component, and those that depend on it.",
        {
            "component": text(
                "The component's name, or the path of its file or of any other file of the project"
            )
        },
        ["component"],
        find_by_component,
    ),
    "stories-changed": Tool(
        "Find stories that changed",
        "Find the stories affected by the files that differ from a git revision.",
        {"since": text("The revision. By default HEAD, so that uncommitted changes count")},
        [],
        stories_changed,
    ),
    "test-run": Tool(
        "Test stories",
        "Test that stories render and that their assertions hold. Without ids, all stories are tested.",
        {
            "ids": IDS,
            "timeout": {
                "type": "number",
                "minimum": 1,
                "maximum": LONGEST_RUN,
                "description": "Seconds after which the run is stopped; 60 by default",
            },
        },
        [],
        test_run,
    ),
    "story-instructions": Tool(
        "How to write stories",
        "Read how stories are written in this project, before you write or change one.",
        {},
        [],
        story_instructions,
    ),
}


def describe(name: str, tool: Tool) -> Json:
    """A tool as tools/list has it."""
    schema: Json = {"type": "object", "properties": tool.properties, "additionalProperties": False}
    if tool.required:
        schema["required"] = tool.required
    return {
        "name": name,
        "title": tool.title,
        "description": tool.description,
        "inputSchema": schema,
        "annotations": {"readOnlyHint": True, "destructiveHint": False, "openWorldHint": False},
    }


KINDS: dict[str, Any] = {"string": str, "integer": int, "number": (int, float), "array": list}


def check(name: str, value: Any, schema: Json) -> None:
    """Raise ProtocolError if one of our schemas does not allow a value."""
    kind = schema["type"]
    size = len(value) if isinstance(value, str | list) else value
    if not isinstance(value, KINDS[kind]) or isinstance(value, bool):
        raise ProtocolError(-32602, f"{name} must be of the type {kind}")
    least = schema.get("minLength", schema.get("minItems", schema.get("minimum")))
    most = schema.get("maxLength", schema.get("maxItems", schema.get("maximum")))
    if (least is not None and not size >= least) or (most is not None and not size <= most):
        raise ProtocolError(-32602, f"{name} is too short, too long, too small or too large")
    for item in value if kind == "array" else []:
        check(f"each of {name}", item, schema["items"])


def check_arguments(tool: Tool, arguments: Any) -> Json:
    """The arguments of a call. Raises ProtocolError."""
    if not isinstance(arguments, dict):
        raise ProtocolError(-32602, "arguments must be an object")
    for name in tool.required:
        if name not in arguments:
            raise ProtocolError(-32602, f"the argument {name} is missing")
    for name, value in arguments.items():
        if name not in tool.properties:
            known = ", ".join(tool.properties) or "none"
            raise ProtocolError(
                -32602, f"unknown argument {name[:100]!r}; known arguments: {known}"
            )
        check(name, value, tool.properties[name])
    return arguments


# -- protocol ----------------------------------------------------------------------------------------------------------


def failure(number: Any, code: int, message: str) -> Json:
    """An answer that is an error."""
    return {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": message}}


class Session:
    """A client, and the calls that it is waiting for."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.calls: dict[str | int, Call] = {}

    def handle(self, message: Any, answer: Callable[[Json | None], None]) -> None:
        """Take a message; `answer` is called once, now or later, with what to send back, if anything."""
        number = message.get("id") if isinstance(message, dict) else None
        number = number if isinstance(number, str | int) and not isinstance(number, bool) else None
        try:
            if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
                raise ProtocolError(-32600, "not a single JSON-RPC 2.0 request")
            if "method" not in message and ("result" in message or "error" in message):
                answer(None)  # an answer, but nothing was requested from the client
                return
            method, parameters = message.get("method"), message.get("params", {})
            if not isinstance(method, str) or not isinstance(parameters, dict):
                raise ProtocolError(-32600, "method must be a string, params an object")
            if "id" not in message:
                self.notice(method, parameters)
                answer(None)
            elif number is None:
                raise ProtocolError(-32600, "id must be a string or an integer")
            elif method == "tools/call":
                self.start(number, parameters, answer)
            else:
                answer({"jsonrpc": "2.0", "id": number, "result": self.result(method, parameters)})
        except ProtocolError as error:
            answer(failure(number, error.code, str(error)))

    def result(self, method: str, parameters: Json) -> Json:
        """The answer to a request that takes no time."""
        if method == "initialize":
            wanted = parameters.get("protocolVersion")
            return {
                "protocolVersion": wanted if wanted in VERSIONS else VERSIONS[0],
                "capabilities": {"tools": {"listChanged": False}},
                "serverInfo": {"name": "storytime", "version": self.catalog.options.version},
                "instructions": "Stories of this project's components. Read story-instructions before you write one.",
            }
        if method == "ping":
            return {}
        if method == "tools/list":
            return {"tools": [describe(name, tool) for name, tool in TOOLS.items()]}
        raise ProtocolError(-32601, f"unknown method {method[:100]!r}")

    def notice(self, method: str, parameters: Json) -> None:
        """Take a notification; unknown ones mean nothing."""
        if method == "notifications/cancelled":
            number = parameters.get("requestId")
            call = self.calls.get(number) if isinstance(number, str | int) else None
            if call is not None:
                call.cancelled.set()

    def start(
        self, number: str | int, parameters: Json, answer: Callable[[Json | None], None]
    ) -> None:
        """Start a tool on a thread of its own."""
        name = parameters.get("name")
        if not isinstance(name, str) or name not in TOOLS:
            raise ProtocolError(-32602, f"unknown tool {str(name)[:100]!r}")
        arguments = check_arguments(TOOLS[name], parameters.get("arguments", {}))
        if number in self.calls:
            raise ProtocolError(-32600, "a request with this id is already running")
        call = self.calls[number] = Call()
        CALLS.add(call)

        def work() -> None:
            with PLACES:
                done = self.work(TOOLS[name], call, arguments)
            del self.calls[number]
            CALLS.discard(call)
            answer({"jsonrpc": "2.0", "id": number, "result": done} if done is not None else None)

        threading.Thread(target=work, daemon=True).start()

    def work(self, tool: Tool, call: Call, arguments: Json) -> Json | None:
        """The result of a call; None: it was cancelled."""
        try:
            said, wrong = tool.run(self.catalog, call, arguments), False
        except Cancelled:
            return None
        except ToolError as error:
            said, wrong = str(error), True
        except Exception as error:  # noqa: BLE001 - the client is told, and the others are served on
            said, wrong = f"{type(error).__name__}: {error}", True
        if call.cancelled.is_set():
            return None
        return {"content": [{"type": "text", "text": cut(said)}], "isError": wrong}


CALLS: set[Call] = set()
PLACES = threading.BoundedSemaphore(MOST_CALLS)
WRITING = threading.Lock()


def write(message: Json) -> None:
    """Send a line."""
    line = json.dumps(message, separators=(",", ":")).encode() + b"\n"
    with WRITING, contextlib.suppress(BrokenPipeError, ValueError):
        OUTPUT.write(line)
        OUTPUT.flush()


def lines(of_server: bool = False) -> Iterator[Any]:
    """The messages that come in, or a server's lines. Those that cannot be read are answered here."""
    while line := sys.stdin.buffer.readline(LONGEST_LINE):
        numbered = re.match(rb'\{"n":(\d+)', line) if of_server else None
        whole = line.endswith(b"\n")
        while not whole and (rest := sys.stdin.buffer.readline(LONGEST_LINE)):
            line, whole = b"", rest.endswith(b"\n")
        try:
            if line.strip():
                yield json.loads(line)
            elif not whole or not line:
                raise ValueError("too long")
        except ValueError, RecursionError:
            error = failure(None, -32700, "invalid JSON, or too much of it")
            write({"n": int(numbered[1]), "status": 400, "message": error} if numbered else error)


def serve_client(catalog: Catalog) -> None:
    """Talk to the single client at the other end of standard input and output."""
    session = Session(catalog)
    for message in lines():
        session.handle(message, lambda answer: write(answer) if answer is not None else None)


class Relay:
    """Talk to all clients of a server."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.sessions: OrderedDict[str, Session] = OrderedDict()

    def take(self, line: Json) -> None:
        """Answer a line of the server."""
        number, message, name = line["n"], line["message"], line.get("session")
        version = line.get("version")
        if version is not None and version not in VERSIONS:
            error = failure(None, -32600, f"unsupported protocol version {version[:40]!r}")
            write({"n": number, "status": 400, "message": error})
            return
        begins = isinstance(message, dict) and message.get("method") == "initialize"
        if begins:
            name = secrets.token_hex(16)
            self.sessions[name] = Session(self.catalog)
            if len(self.sessions) > MOST_SESSIONS:
                self.sessions.popitem(last=False)
        if name is not None and name not in self.sessions:
            write(
                {
                    "n": number,
                    "status": 404,
                    "message": failure(None, -32600, "unknown session"),
                }
            )
            return
        # Calls without a session may have equal ids, and can't be cancelled.
        session = self.sessions[name] if name is not None else Session(self.catalog)

        def answer(said: Json | None) -> None:
            status = 202 if said is None else 400 if said.get("id", 0) is None else 200
            found: Json = {"n": number, "status": status}
            if said is not None:
                found["message"] = said
            if begins:
                found["session"] = name
            write(found)

        session.handle(message, answer)


def serve_relay(catalog: Catalog) -> None:
    """Talk to a server."""
    relay = Relay(catalog)
    for line in lines(of_server=True):
        relay.take(line)


def end_calls() -> None:
    """Stop running calls, with everything that they have started."""
    for call in list(CALLS):
        call.cancelled.set()
    end = time.monotonic() + 2
    while CALLS and time.monotonic() < end:
        time.sleep(0.02)


def read_options(arguments: list[str]) -> argparse.Namespace:
    """The options that the program passes; this is no command line for people."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--package", required=True)
    parser.add_argument("--output")
    parser.add_argument("--url", default="")
    parser.add_argument("--static-dir", action="append", default=[])
    return parser.parse_args(arguments)


OUTPUT = sys.stdout.buffer


def main(arguments: list[str]) -> int:
    """Serve until standard input ends."""
    options = read_options(arguments)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        if options.url:
            serve_relay(Catalog(options))
            return 0
        with tempfile.TemporaryDirectory(prefix="storytime-mcp-") as directory:
            options.output = f"{directory}/site"
            try:
                serve_client(Catalog(options))
            finally:
                end_calls()
        return 0
    finally:
        end_calls()
