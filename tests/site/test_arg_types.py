"""`arg_types`, annotations and docstrings: the descriptions and controls that a component's arguments get."""

import html
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import run, write_files

type Build = Callable[..., subprocess.CompletedProcess[str]]

WHAT = '<div class="what">\n'

SUBJECT = """
from storytime import Story, Subject

def Button(*, label, size="m"):
    return t"<button>{{label}} {{size}}</button>"

def this_subject() -> Subject:
    return Subject(target=Button, arg_types={subject}, items=[
        Story(title="First", props={{"label": "Buy", "size": "s"}}, arg_types={story}),
        Story(title="Second", props={{"label": "Sell"}}),
    ])
"""


@pytest.fixture
def built(build: Build, package: Path, tmp_path: Path) -> Callable[..., tuple[str, str]]:
    """The pages of the two stories, with these `arg_types`."""

    def get(subject: object, story: object, code: int = 0) -> tuple[str, str]:
        text = SUBJECT.format(subject=repr(subject), story=repr(story))
        write_files(package, {"components/button/stories.py": text})
        result = build(package, tmp_path / "out")
        assert result.returncode == code, result.stderr
        directory = tmp_path / "out/components/button"
        first, second = (directory / name / "index.html" for name in ("first", "second"))
        return first.read_text(), second.read_text()

    return get


def test_a_story_has_the_arg_types_of_its_subject_and_its_own(
    built: Callable[..., tuple[str, str]],
) -> None:
    first, second = built(
        {"label": {"description": "What it `<says>`."}, "size": {"description": "How large."}},
        {"size": {"description": "Small here."}, "other": {"description": "Not a prop."}},
    )
    assert f"<code>label</code>{WHAT}<p>What it <code>&lt;says&gt;</code>.</p>" in first
    assert f"<code>size</code>{WHAT}<p>Small here.</p>" in first
    assert "How large." not in first
    assert "Not a prop." not in first.partition("<pre")[0]
    assert f"<code>label</code>{WHAT}<p>What it <code>&lt;says&gt;</code>.</p>" in second


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"label": "text"}, "must be a dict, not str"),
        ({1: {}}, "must be a dict, not dict"),
        (
            {"label": {"decription": "x"}},
            "has an unknown key 'decription'; did you mean 'description'?",
        ),
        ({"label": {"zzz": 1}}, "it may have 'description', 'control'"),
        ({"label": {"description": 1}}, "must be a str, not int"),
        (
            {"label": {"control": "selct"}},
            "arg_types['label']['control'] is 'selct'; did you mean 'select'?",
        ),
        (
            {"label": {"control": True}},
            "arg_types['label']['control'] is True; it must be one of boolean, check",
        ),
        (
            {"label": {"control": {"type": "range", "mni": 1}}},
            "has an unknown key 'mni'; did you mean 'min'?",
        ),
        ({"label": {"control": "select"}}, "is 'select'; list the choices in 'options'"),
        (
            {"label": {"options": "sml"}},
            "must be a list of values, or a dict of labels and values, not str",
        ),
        ({"label": {"options": {1: 2}}}, "must map a str to a str"),
        ({"label": {"labels": ["a"]}}, "must be a dict of options and their labels, not list"),
        ({"label": {"min": "1"}}, "arg_types['label']['min'] must be a number, not str"),
    ],
)
def test_errors_are_shown_on_the_page_of_the_story(
    built: Callable[..., tuple[str, str]], wrong: object, message: str
) -> None:
    first, second = built({}, wrong, code=1)
    assert message in html.unescape(first)
    assert "Error" not in second


def controls(page: str) -> dict[str, tuple[object, str | None]]:
    """The controls on a story's page and their first values, by the names of the arguments."""
    found: dict[str, tuple[object, str | None]] = {}
    for attributes, name in re.findall(r'<tr([^>]*)><th scope="row"><code>(.*?)</code>', page):
        control = re.search(r"data-control='(.*?)'", attributes)
        raw = re.search(r'data-raw="(.*?)"', attributes)
        found[name] = (
            json.loads(html.unescape(control[1])) if control else None,
            html.unescape(raw[1]) if raw else None,
        )
    return found


COMPONENT = """
import dataclasses, datetime, decimal, enum, functools, pathlib
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, NotRequired, TypedDict
from storytime import Story, Subject

class Kind(enum.Enum):
    QUIET = 1
    LOUD = 2

type Shape = Literal["round", "square"]
type Many[T] = list[T]

class Doc:
    def __init__(self, documentation): self.documentation = documentation

class AtLeast:
    def __init__(self, ge): self.ge = ge

class Row(TypedDict):
    name: str
    size: NotRequired[int]

@dataclasses.dataclass
class Link:
    href: str
    text: str = "more"

def Card(BODY): return "<p>card</p>"

def this_subject() -> Subject:
    return Subject(target=TARGET, arg_types=ARG_TYPES, items=[Story(title="First", props=PROPS)])
"""


def module(signature: str, props: str = "{}", target: str = "Card", arg_types: str = "{}") -> str:
    """A module with a component that has this signature, and with a story of it."""
    text = COMPONENT.replace("BODY", signature).replace("TARGET", target)
    return text.replace("PROPS", props).replace("ARG_TYPES", arg_types)


@pytest.fixture
def card(
    build: Build, package: Path, tmp_path: Path
) -> Callable[..., dict[str, tuple[object, str | None]]]:
    """The controls of a story whose component has this signature."""

    def get(
        signature: str,
        props: str = "{}",
        target: str = "Card",
        arg_types: str = "{}",
        before: str = "",
    ) -> object:
        text = before + module(signature, props, target, arg_types)
        write_files(package, {"components/button/stories.py": text})
        result = build(package, tmp_path / "out")
        assert result.returncode == 0, result.stderr
        return controls((tmp_path / "out/components/button/first/index.html").read_text())

    return get  # type: ignore[return-value]


KIND = [["QUIET", "QUIET"], ["LOUD", "LOUD"]]
SHAPE = [["round", "round"], ["square", "square"]]


ANNOTATIONS = [
    ("str", "'a;b'", {"type": "text"}, "a%3Bb"),
    ("int", "3", {"type": "number"}, "3"),
    ("float", "1", {"type": "number", "step": "any"}, "1"),
    ("bool", "True", {"type": "boolean"}, "!true"),
    ("Kind", "Kind.LOUD", {"type": "radio", "options": KIND}, "LOUD"),
    ("Shape", "'round'", {"type": "radio", "options": SHAPE}, "round"),
    (
        "Literal['round'] | Literal['square']",
        "'round'",
        {"type": "radio", "options": SHAPE},
        "round",
    ),
    ("Shape | None", "None", {"type": "radio", "options": SHAPE, "optional": True}, "!null"),
    (
        "Literal[1, 2, 3, 4, 5, 6]",
        "2",
        {"type": "select", "options": [[str(n)] * 2 for n in range(1, 7)]},
        "2",
    ),
    ("'Kind'", "Kind.QUIET", {"type": "radio", "options": KIND}, "QUIET"),
    ("datetime.date", "datetime.date(2026, 1, 31)", {"type": "date"}, "2026-01-31"),
    (
        "datetime.datetime",
        "datetime.datetime(2026, 1, 31, 9)",
        {"type": "datetime"},
        "2026-01-31T09%3A00%3A00",
    ),
    ("datetime.time", "datetime.time(9, 30)", {"type": "time"}, "09%3A30%3A00"),
    ("decimal.Decimal", "decimal.Decimal('1.50')", {"type": "number", "step": "any"}, "1.50"),
    ("pathlib.Path", "pathlib.Path('a/b')", {"type": "text"}, "a/b"),
    ("Annotated[int, AtLeast(2)]", "3", {"type": "number", "min": 2}, "3"),
    ("list[str]", "()", {"type": "object"}, "!json([])"),
    ("Many[int]", "[1]", {"type": "object"}, "!json([1])"),
    ("Sequence[Kind]", "[Kind.LOUD]", {"type": "object"}, "!json([%22LOUD%22])"),
    ("set[Kind]", "frozenset()", {"type": "check", "options": KIND}, "!json([])"),
    ("dict[str, int]", "{'a': 1}", {"type": "object"}, "!json(%7B%22a%22%3A1%7D)"),
    ("tuple[int, ...]", "(1, 2)", {"type": "object"}, "!json([1,2])"),
    ("Row", "{'name': 'x'}", {"type": "object"}, "!json(%7B%22name%22%3A%22x%22%7D)"),
    (
        "Link",
        "Link('/')",
        {"type": "object"},
        "!json(%7B%22href%22%3A%22/%22,%22text%22%3A%22more%22%7D)",
    ),
    ("Link | None", "None", {"type": "object", "optional": True}, "!null"),
    ("int | str", "'x'", {"type": "text"}, "x"),
    ("int | str", "5", {"type": "number"}, "5"),
    ("Missing", "'text'", {"type": "text"}, "text"),
    ("Any", "['a', 1]", {"type": "object"}, "!json([%22a%22,1])"),
    ("Callable[[], str] | None", "None", None, None),
    ("object", "None", None, None),
    ("str", "5", None, None),
    ("list[Callable[[], str]]", "[str]", None, None),
    ("Literal['a']", "'other'", None, None),
]


@pytest.fixture(scope="module")
def annotated(program: Path, shared_package: Path, shared_path: Path) -> Path:
    """What was built of a package with a component for each of these annotations."""
    for number, (annotation, default, _, _) in enumerate(ANNOTATIONS):
        text = module(f"*, value: {annotation} = {default}")
        write_files(shared_package, {f"annotated{number}/stories.py": text})
    result = run(program, "build", shared_package, shared_path / "out")
    assert result.returncode == 0, result.stderr
    return shared_path / "out"


@pytest.mark.parametrize(
    "number", range(len(ANNOTATIONS)), ids=lambda number: ANNOTATIONS[number][0]
)
def test_the_control_follows_the_annotation(annotated: Path, number: int) -> None:
    *_, control, raw = ANNOTATIONS[number]
    page = (annotated / f"annotated{number}/first/index.html").read_text()
    assert controls(page)["value"] == (control, raw)


def test_without_an_annotation_the_control_follows_the_value(
    card: Callable[..., dict[str, tuple[object, str | None]]],
) -> None:
    found = card(
        "*, a, b=1, c=None, accent_color='#fff', background='none', **rest",
        "{'a': Kind.QUIET, 'z': [1]}",
    )
    assert found == {
        "a": ({"type": "radio", "options": KIND}, "QUIET"),
        "z": ({"type": "object"}, "!json([1])"),
        "b": ({"type": "number"}, "1"),
        "c": (None, None),
        "accent_color": ({"type": "color"}, "%23fff"),
        "background": ({"type": "text"}, "none"),
    }


@pytest.mark.parametrize(
    ("target", "before"),
    [
        ("Card", "from __future__ import annotations\n"),
        ("functools.partial(Card, label='a')", ""),
        ("functools.wraps(Card)(lambda **rest: Card(**rest))", ""),
        (
            "type('Late', (), {'__call__': lambda self, *, label='' : ''})()",
            "",
        ),
        (
            "dataclasses.make_dataclass('Made', [('label', str)], namespace={'__call__': lambda self: ''})",
            "",
        ),
    ],
)
def test_signatures_are_read_through_wrappers(
    card: Callable[..., dict[str, tuple[object, str | None]]], target: str, before: str
) -> None:
    found = card("*, label: str = 'x'", "{'label': 'Buy'}", target, before=before)
    control, raw = found["label"]
    assert isinstance(control, dict)
    assert (control["type"], raw) == ("text", "Buy")


def test_arg_types_can_choose_the_control(
    card: Callable[..., dict[str, tuple[object, str | None]]],
) -> None:
    says = (
        "{'a': {'control': 'select', 'options': ['s', Kind.LOUD, None], 'labels': {'s': 'Small'}},"
        " 'b': {'control': {'type': 'range', 'min': 1, 'max': 9, 'step': 2}},"
        " 'c': {'control': False}, 'd': {'options': {'Card': Card}}, 'e': {'control': 'number'}}"
    )
    found = card(
        "*, a, b: int = 3, c: str = 'x', d, **rest", "{'a': Kind.LOUD, 'd': Card}", arg_types=says
    )
    assert found == {
        "a": (
            {"type": "select", "options": [["s", "Small"], ["LOUD", "LOUD"], ["None", "None"]]},
            "LOUD",
        ),
        "d": ({"type": "radio", "options": [["Card", "Card"]]}, "Card"),
        "b": ({"type": "range", "min": 1, "max": 9, "step": 2}, "3"),
        "c": (None, None),
        "e": ({"type": "number"}, None),
    }


def test_an_annotation_can_contain_the_description(
    build: Build, package: Path, tmp_path: Path
) -> None:
    text = module("*, label: Annotated[str, Doc('What it says.')] = 'x'")
    write_files(package, {"components/button/stories.py": text})
    assert build(package, tmp_path / "out").returncode == 0
    page = (tmp_path / "out/components/button/first/index.html").read_text()
    assert '<tr class="default"' in page
    assert "<p>What it says.</p>\n</div>\n</th><td><code>str</code>" in page


def test_a_docstring_describes_arguments(build: Build, package: Path, tmp_path: Path) -> None:
    text = SUBJECT.format(subject={}, story={}).replace(
        'label, size="m"):\n',
        'label: str, size: str = "m"):\n    """A button.\n\n    Args:\n        label: What it says.\n'
        '        size: How large it is.\n    """\n',
    )
    write_files(package, {"components/button/stories.py": text})
    assert build(package, tmp_path / "out").returncode == 0
    # The first sets the size, the second leaves it at its default.
    for story in ("first", "second"):
        page = (tmp_path / f"out/components/button/{story}/index.html").read_text()
        props = page[page.index('id="props"') :].partition("</section>")[0]
        assert "What it says." in props
        assert "How large it is." in props
