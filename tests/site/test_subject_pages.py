"""A subject's page documents its component."""

import html
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from textwrap import indent

import pytest
from support import write_files

type Build = Callable[..., subprocess.CompletedProcess[str]]

SUBJECT = """
from dataclasses import dataclass
from typing import Annotated, Literal
from functools import partial
from storytime import Story, Subject

class Doc:
    def __init__(self, documentation):
        self.documentation = documentation

class Raises:
    @property
    def documentation(self):
        raise ValueError

{component}

def fails(story): assert False

def this_subject() -> Subject:
    return Subject(
        title="Button", target={target}, description="Starts something.", arg_types={{"said": {{"description": "By **arg_types**."}}}},
        items=[
            Story(title="Primary", template=lambda: "<b>one</b>"),
            Story(title="Quiet", description="Less *so*.", template=lambda: "<b>two</b>", assertions=[fails]),
        ],
    )
"""

FUNCTION = '''
def Button(label: str, kind: Literal["a", "b"] = "a", *, size: Annotated[int | None, Doc("How `large`.")] = None, said: bool = False, **rest):
    """A *button* for <b>actions</b>.

    Use one.

{parameters}
    """
    return "<button>"
'''
GOOGLE = """
    Args:
        label (str): What it says,
            as a verb.
        kind: Which
        size: Not this, as the annotation says more.

    Returns:
        Nothing."""
NUMPY = """
    Parameters
    ----------
    label : str
        What it says,
        as a verb.
    kind, other
        Which

    Notes
    -----
    None."""
SPHINX = """
    :param str label: What it says,
        as a verb.
    :type kind: str
    :param kind: Which
    :returns: nothing"""


@pytest.fixture
def page(build: Build, package: Path, tmp_path: Path) -> Callable[..., str]:
    """The page of a subject with this component."""

    def get(component: str, target: str = "Button") -> str:
        text = SUBJECT.format(component=component, target=target)
        write_files(
            package,
            {
                "components/button/stories.py": text,
                "components/button/docs.md": "## When\n\nNow.\n",
            },
        )
        result = build(package, tmp_path / "out")
        assert result.returncode == 0, result.stderr
        return (tmp_path / "out/components/button/index.html").read_text()

    return get


def parameters(page: str) -> dict[str, tuple[str, ...]]:
    """The rows of the table by name: description, type, default."""
    rows = re.findall(
        r"<tr><th scope=\"row\">(.*?)</th><td>(.*?)</td><td>(.*?)</td></tr>", page, re.DOTALL
    )
    found = {}
    for name, about, default in rows:
        texts = [
            re.sub("<.*?>", "", part).strip()
            for part in (*about.partition('<code class="type">')[::2], default)
        ]
        found[re.sub("<.*?>", "", name)] = tuple(texts)
    return found


@pytest.mark.parametrize("style", [GOOGLE, NUMPY, SPHINX], ids=["google", "numpy", "sphinx"])
def test_parameters_are_described(page: Callable[..., str], style: str) -> None:
    text = page(FUNCTION.format(parameters=style))
    assert parameters(text) == {
        "label required": ("What it says, as a verb.", "str", ""),
        "kind": ("Which", "Literal[&#39;a&#39;, &#39;b&#39;]", "&#39;a&#39;"),
        "size": ("How large.", "int | None", "None"),
        "said": ("By arg_types.", "bool", "False"),
    }
    assert "<p>A <em>button</em> for &lt;b&gt;actions&lt;/b&gt;.</p>\n<p>Use one.</p>" in text
    assert (
        "as a verb" in text.partition("<table>")[2] and ":param" not in text.partition("<table>")[0]
    )


def test_all_stories_are_on_the_page_with_their_source(page: Callable[..., str]) -> None:
    text = page(FUNCTION.format(parameters=""))
    order = [
        "<p>Starts something.</p>",
        "<p>A <em>button</em>",
        'src="../../components/button/primary/preview.html"',
        '<h2 id="parameters">',
        '<h2 id="when">When',
        "<h2>Quiet</h2>",
        "<p>Less <em>so</em>.</p>",
        'src="../../components/button/quiet/preview.html"',
        '<a href="../../components/button/quiet/index.html">Open Quiet',
        "1 failing</span></p>\n</section>",
    ]
    places = [text.find(part) for part in order]
    assert -1 not in places and places == sorted(places), places
    assert text.count("Story(title=") == 2
    assert '<a href="#card-quiet">Quiet</a>' in text


def test_brackets_in_comments_do_not_end_a_story(
    build: Build, package: Path, tmp_path: Path
) -> None:
    story = """Story(
    title="Primary",  # 1) the usual case
    # 2) it's f"{
    template=lambda: f"<b>{1:#x}</b>",
)"""
    text = SUBJECT.format(component="def Button(): ...", target="Button").replace(
        """Story(title="Primary", template=lambda: "<b>one</b>")""",
        indent(story, " " * 12).lstrip(),
    )
    write_files(package, {"components/button/stories.py": text})
    result = build(package, tmp_path / "out")
    assert result.returncode == 0, result.stderr
    page = (tmp_path / "out/components/button/primary/index.html").read_text()
    assert story in html.unescape(re.sub("<.*?>", "", page))


@pytest.mark.parametrize(
    ("component", "target", "rows"),
    [
        ("@dataclass\nclass Card:\n    a: int\n    b: str = 'x'\n    def __call__(self): return ''", "Card",
         {"a required": ("", "int", ""), "b": ("", "str", "&#39;x&#39;")}),
        ("def f(a, b: 'Nowhere' = 1): ...", "partial(f, a=2)", {"a": ("", "", "2"), "b": ("", "Nowhere", "1")}),
        ("class Call:\n    def __call__(self, *, q: float): ...", "Call()", {"q required": ("", "float", "")}),
        ("def f(a: Annotated[int, Raises()]): ...", "f", {"a required": ("", "int", "")}),
        ("", "print", None),
        ("class Odd:\n    __doc__ = 1\n    def __call__(self): ...", "Odd()", {}),
    ],
    ids=["dataclass", "partial", "object", "documentation-raises", "builtin", "no-docstring"],
)  # fmt: skip
def test_components_of_every_kind_have_a_page(
    page: Callable[..., str], component: str, target: str, rows: dict[str, tuple[str, ...]] | None
) -> None:
    text = page(component, target)
    if rows is not None:
        assert parameters(text) == rows
    assert "Card(a: int" not in text
