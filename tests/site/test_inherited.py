"""Decorators and parameters that a story inherits from the nodes above it."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import PREVIEW, write_files

type Build = Callable[..., subprocess.CompletedProcess[str]]

WRAP = """
def wrap(name):
    def decorator(children):
        return t"<div class={name}>{children}</div>"
    return decorator
"""

SITE = """
from storytime import Site
from shop.wrap import wrap
def this_site() -> Site:
    return Site(title="Shop", {fields})
"""

SECTION = """
from storytime import Section
from shop.wrap import wrap
def this_section() -> Section:
    return Section(title="Components", {fields})
"""

SUBJECT = """
from storytime import Story, Subject
from shop.wrap import wrap
from shop.components.button.button import Button
{code}
def this_subject() -> Subject:
    return Subject(title="Button", target=Button, items=[Story(title="First", {story})], {fields})
"""


def write(
    package: Path,
    site: str = "",
    section: str = "",
    subject: str = "",
    story: str = "",
    code: str = "",
) -> None:
    """Write the package, with more fields for its nodes."""
    write_files(
        package,
        {
            "wrap.py": WRAP,
            "stories.py": SITE.format(fields=site),
            "components/stories.py": SECTION.format(fields=section),
            "components/button/stories.py": SUBJECT.format(fields=subject, story=story, code=code),
        },
    )


@pytest.fixture
def preview(build: Build, package: Path, tmp_path: Path) -> Callable[..., str]:
    """The preview of the story, with these fields of the nodes."""

    def get(**fields: str) -> str:
        write(package, **fields)
        result = build(package, tmp_path / "out")
        assert result.returncode == 0, result.stderr
        return (tmp_path / "out" / PREVIEW).read_text()

    return get


def parameters_of(out: Path) -> dict[str, object]:
    """The parameters in the story's page, which are there for scripts."""
    page = (out / PREVIEW).with_name("index.html").read_text()
    found = re.search(r'<script type="application/json" id="parameters">(.*?)</script>', page)
    assert found
    loaded = json.loads(found[1])
    assert isinstance(loaded, dict)
    return loaded


def test_decorators_of_outer_nodes_wrap_those_of_inner_ones(
    preview: Callable[..., str], tmp_path: Path
) -> None:
    text = preview(
        site="decorators=[wrap('site')], themed_layout=lambda *, story_title, children: "
        "t'<html><head></head><body>{children}</body></html>'",
        section="decorators=[wrap('section')]",
        subject="decorators=[wrap('inner'), wrap('outer')]",
        story="decorators=(wrap('story'),), assertions=[lambda html: (_ for _ in ()).throw(AssertionError('div')) "
        "if 'div' in html else None]",
    )
    names = ("site", "section", "outer", "inner", "story")
    around = "".join(f'<div class="{name}">' for name in names)
    assert f"<body>{around}<button>Buy</button>{'</div>' * 5}</body>" in text
    page = (tmp_path / "out" / PREVIEW).with_name("index.html").read_text()
    assert 'badge pass"' in page
    assert "inner" not in page.split('id="python"')[0].split('id="html"')[1]


def test_a_template_is_all_of_the_page_but_for_decorators_of_its_own(
    preview: Callable[..., str],
) -> None:
    text = preview(
        site="decorators=[wrap('site')]",
        story="template=lambda: t'<p>All</p>', decorators=[wrap('own')]",
    )
    assert '<div class="own"><p>All</p></div>' in text
    assert "site" not in text


def test_a_decorator_may_return_what_a_component_may(preview: Callable[..., str]) -> None:
    text = preview(
        code="async def later(children): return [t'<i>{children}</i>', '<hr>']",
        story="decorators=[later]",
    )
    assert "<i><button>Buy</button></i><hr>" in text


def test_explicit_items_inherit_too(build: Build, package: Path, tmp_path: Path) -> None:
    write(package, site="decorators=[wrap('site')]")
    (package / "stories.py").write_text(
        SITE.format(
            fields="decorators=[wrap('site')], parameters={'layout': 'centered'}, items={'extra': Section("
            "decorators=[wrap('section')], items={'one': Subject(title='One', target=lambda: t'<b>1</b>', items=[Story("
            "title='First')])})}"
        ).replace("import Site", "import Section, Site, Story, Subject")
    )
    result = build(package, tmp_path / "out")
    assert result.returncode == 0, result.stderr
    text = (tmp_path / "out/extra/one/first/preview.html").read_text()
    assert '<div class="site"><div class="section"><b>1</b></div></div>' in text
    assert "justify-content:center" in text


@pytest.mark.parametrize(
    ("code", "type_", "message"),
    [
        (
            "def frame(children):\n    raise KeyError('theme')\n",
            "KeyError",
            "in the decorator frame",
        ),
        ("def frame(children):\n    return 1\n", "TypeError", "the decorator frame returned int;"),
        ("def frame():\n    return ''\n", "TypeError", "takes 0 positional arguments"),
    ],
)
def test_an_error_names_its_decorator(
    build: Build, package: Path, tmp_path: Path, code: str, type_: str, message: str
) -> None:
    write(package, subject="decorators=[frame]", code="from shop.frame import frame")
    (package / "frame.py").write_text(code)
    result = build(package, tmp_path / "out")
    assert result.returncode == 1
    page = (tmp_path / "out" / PREVIEW).with_name("index.html").read_text()
    assert type_ in page
    assert message in page
    assert "in the decorator frame" in page or "the decorator frame returned" in page
    assert "frame.py" in page


@pytest.mark.parametrize("node", ["site", "section", "subject", "story"])
def test_wrong_fields_are_errors_that_name_them(
    build: Build, package: Path, tmp_path: Path, node: str
) -> None:
    write(package, **{node: "decorators=['no']"})
    result = build(package, tmp_path / "out")
    assert result.returncode != 0
    assert f"{node.title()}(decorators=...) must be a list of callables, not list" in result.stderr


def test_parameters_are_merged_the_nearest_winning(
    preview: Callable[..., str], tmp_path: Path
) -> None:
    preview(
        site="parameters={'layout': 'padded', 'docs': {'toc': True, 'deep': {'a': 1, 'b': 2}}, 'list': [1, 2]}",
        section="parameters={'docs': {'deep': {'b': 3}}, 'a11y': None}",
        subject="parameters={'list': (3.5,), 'text': '</script><b>\"é'}",
        story="parameters={'layout': 'fullscreen', 'docs': {'toc': False}}",
    )
    assert parameters_of(tmp_path / "out") == {
        "layout": "fullscreen",
        "docs": {"toc": False, "deep": {"a": 1, "b": 3}},
        "list": [3.5],
        "a11y": None,
        "text": '</script><b>"é',
    }


def test_merging_does_not_change_the_given_dicts(
    build: Build, package: Path, tmp_path: Path
) -> None:
    write(
        package,
        subject="parameters=BASE",
        story="parameters={'docs': {'b': 2}}), Story(title='Second', parameters={'docs': {'c': 3}}",
        code="BASE = {'docs': {'a': 1}}\n",
    )
    result = build(package, tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert parameters_of(tmp_path / "out") == {"docs": {"a": 1, "b": 2}}
    second = (tmp_path / "out/components/button/second/index.html").read_text()
    assert '{"docs":{"a":1,"c":3}}' in second


@pytest.mark.parametrize(
    ("layout", "css"),
    [
        ("padded", "body{margin:0;padding:1rem}"),
        ("centered", "align-items:center}"),
        ("fullscreen", "body{margin:0;padding:0}"),
    ],
)
@pytest.mark.parametrize(
    "document",
    ["", "<!doctype html><html><head><title>x</title></HEAD><body>{children}</body></html>"],
)
def test_the_layout_parameter_changes_the_preview(
    preview: Callable[..., str], layout: str, css: str, document: str
) -> None:
    themed = f", themed_layout=lambda *, story_title, children: t'{document}'" if document else ""
    text = preview(site=f"parameters={{'layout': {layout!r}}}{themed}")
    assert css in text
    assert text.index(css) < text.lower().index("</head")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            "{'layout': 'center'}",
            "parameters['layout'] is 'center'; it must be 'padded', 'centered'",
        ),
        (
            "{'viewports': {'Watch': [198, 242], 'Phone': None, 'Desk': [1440, 'x']}}",
            "parameters['viewports']['Desk'] is [1440, 'x']; it must be like {'Phone': [390, 844]}, or None",
        ),
        (
            "{'viewports': [390, 844]}",
            "parameters['viewports'] is [390, 844]; it must be a dict, such as {'Phone': [390, 844]}",
        ),
        (
            "{'viewports': {'Wide': (10**30, -1)}}",
            "parameters['viewports']['Wide'] is (1000000000000000000000000000000, -1);",
        ),
        (
            "{'backgrounds': {'Night': 11}}",
            "parameters['backgrounds']['Night'] is 11; it must be like {'Night': '#112'}, or None",
        ),
        (
            "{'actions': ['click']}",
            "parameters['actions'] is ['click']; it must be a dict, such as {'handles': ['click .buy', 'change']}",
        ),
        (
            "{'actions': {'handles': 'click'}}",
            "parameters['actions']['handles'] is 'click'; it must be like {'handles': ['click .buy', 'change']}",
        ),
        ("{'docs': {'x': [1, {2}]}}", "parameters['docs']['x'][1] is {2} of the type set;"),
        ("{'docs': {1: 2}}", "parameters['docs'] has a key that is not a str: 1 of the type int"),
        ("{'zoom': float('nan')}", "parameters['zoom'] is nan of the type float"),
        ("LOOP", "parameters are nested too deeply"),
    ],
)
def test_wrong_parameters_are_errors_that_name_them(
    build: Build, package: Path, tmp_path: Path, parameters: str, message: str
) -> None:
    write(package, story=f"parameters={parameters}", code="LOOP = {}\nLOOP['loop'] = LOOP\n")
    result = build(package, tmp_path / "out")
    assert result.returncode == 1
    assert message in result.stderr


def test_a_story_with_a_wrong_layout_still_shows_its_html(
    build: Build, package: Path, tmp_path: Path
) -> None:
    write(package, site="themed_layout=lambda *, story_title, children: 1 / 0")
    result = build(package, tmp_path / "out")
    assert "ZeroDivisionError" in result.stderr
    page = (tmp_path / "out" / PREVIEW).with_name("index.html").read_text()
    assert "ZeroDivisionError" in page
    assert 'id="html"' in page
