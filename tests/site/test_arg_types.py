"""Descriptions of a component's arguments."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import write_files

type Build = Callable[..., subprocess.CompletedProcess[str]]

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
    """The pages of the two stories, with such descriptions."""

    def get(subject: object, story: object, code: int = 0) -> tuple[str, str]:
        text = SUBJECT.format(subject=repr(subject), story=repr(story))
        write_files(package, {"components/button/stories.py": text})
        result = build(package, tmp_path / "out")
        assert result.returncode == code, result.stderr
        directory = tmp_path / "out/components/button"
        first, second = (directory / name / "index.html" for name in ("first", "second"))
        return first.read_text(), second.read_text()

    return get


def test_a_story_has_its_subjects_descriptions_and_its_own(
    built: Callable[..., tuple[str, str]],
) -> None:
    first, second = built(
        {"label": {"description": "What it <says>."}, "size": {"description": "How large."}},
        {"size": {"description": "Small here."}, "other": {"description": "Not a prop."}},
    )
    assert '<code>label</code><p class="quiet">What it &lt;says&gt;.</p>' in first
    assert '<code>size</code><p class="quiet">Small here.</p>' in first
    assert "How large." not in first
    assert '<p class="quiet">Not a prop.' not in first
    assert '<code>label</code><p class="quiet">What it &lt;says&gt;.</p>' in second


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"label": "text"}, "must be a dict under the name of an argument, not str"),
        ({1: {}}, "must be a dict under the name of an argument, not dict"),
        ({"label": {"decription": "x"}}, "has an unknown key &#39;decription&#39;"),
        ({"label": {"description": 1}}, "must be a str, not int"),
    ],
)
def test_what_is_wrong_is_named_on_that_storys_page(
    built: Callable[..., tuple[str, str]], wrong: object, message: str
) -> None:
    first, second = built({}, wrong, code=1)
    assert "TypeError" in first
    assert message in first
    assert "TypeError" not in second
