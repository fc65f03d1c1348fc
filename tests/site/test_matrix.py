"""The matrix of a subject: a story that shows the component with every combination of some values."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import write_files

type Build = Callable[..., subprocess.CompletedProcess[str]]

SUBJECT = """
import enum
from storytime import Story, Subject

class Kind(enum.Enum):
    QUIET = 1
    LOUD = 2

def Button(*, label, size="m", kind=None, flag=False):
    if size == "bad":
        raise ValueError("no such size")
    return t"<button>{{label}} {{size}} {{kind}} {{str(flag)}}</button>"

async def Later(*, label, size="m"):
    return t"<b>{{label}} {{size}}</b>"

def this_subject() -> Subject:
    return Subject(title="Button", {fields}, items=[Story(title="First", props={{"label": "Buy"}})])
"""

MATRIX = "components/button/matrix/preview.html"


@pytest.fixture
def shown(build: Build, package: Path, tmp_path: Path) -> Callable[..., str]:
    """The preview of the matrix of a subject with these fields, or the page of the story if it fails."""

    def get(fields: str, code: int = 0) -> str:
        write_files(package, {"components/button/stories.py": SUBJECT.format(fields=fields)})
        result = build(package, tmp_path / "out")
        assert result.returncode == code, result.stderr
        return (tmp_path / "out" / MATRIX).read_text()

    return get


def test_every_combination_is_shown_with_labels(shown: Callable[..., str]) -> None:
    text = shown(
        "target=Button, matrix={'flag': (True, False), 'size': ['s', '<l>'], 'kind': Kind}"
    )
    buttons = re.findall(r"<button>(.*?)</button>", text)
    assert buttons == [
        f"Buy {size} Kind.{kind} {flag}"
        for flag in (True, False)
        for size in ("s", "&lt;l&gt;")
        for kind in ("QUIET", "LOUD")
    ]
    assert re.findall(r'<th scope="col"[^>]*>(.*?)</th>', text) == ["kind: QUIET", "kind: LOUD"]
    assert re.findall(r'<th scope="row"[^>]*>(.*?)</th>', text) == [
        "flag: True, size: s",
        "flag: True, size: &lt;l&gt;",
        "flag: False, size: s",
        "flag: False, size: &lt;l&gt;",
    ]


def test_one_axis_and_an_async_component(shown: Callable[..., str]) -> None:
    text = shown("target=Later, matrix={'size': ['s', 'l']}")
    assert "<td><b>Buy s</b></td><td><b>Buy l</b></td>" in text
    assert 'scope="row"' not in text


def test_the_matrix_is_the_last_story_and_shows_the_component_s_source(
    shown: Callable[..., str], tmp_path: Path
) -> None:
    shown("target=Button, matrix={'size': ['s', 'l']}")
    page = (tmp_path / "out" / MATRIX).with_name("index.html").read_text()
    assert "components/button/stories.py" in page
    assert "_matrix" not in page
    index = (tmp_path / "out/index.json").read_text()
    assert index.index("button--first") < index.index("button--matrix")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("matrix={'size': ['s']}", "needs a target"),
        (
            "target=Button, matrix={'size': 'sml'}",
            "&#39;size&#39; must be a list of values, not str",
        ),
        ("target=Button, matrix={'size': []}", "&#39;size&#39; has no values"),
        ("target=Button, matrix={'size': range(20), 'kind': range(21)}", "has 420 combinations"),
        ("target=Button, matrix={'kind': [1], 'size': ['s', 'bad']}", "with kind=1, size=bad"),
        ("target=Button, matrix={'sise': ['s']}", "unexpected keyword argument"),
    ],
)
def test_errors_are_reported_for_the_matrix_only(
    shown: Callable[..., str], tmp_path: Path, fields: str, message: str
) -> None:
    assert message in shown(fields, code=1)
    if "target" in fields:
        first = tmp_path / "out/components/button/first/preview.html"
        assert "<button>Buy m" in first.read_text()


def test_the_arguments_of_a_matrix_are_lists_of_values(
    shown: Callable[..., str], tmp_path: Path
) -> None:
    """They have controls; the component's other arguments have none here."""
    shown("target=Button, matrix={'size': ['s', 'l'], 'kind': [Kind.LOUD, None], 'flag': [True]}")
    page = (tmp_path / "out/components/button/matrix/index.html").read_text()
    names = re.findall(r'<th scope="row"><code>(.*?)</code>', page)
    assert names == ["size", "kind", "flag"]
    assert 'data-control=\'{"type":"object"}\' data-raw="!json([%22s%22,%22l%22])"' in page
