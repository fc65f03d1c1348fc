"""The place that exceptions name: the file and line of the literal, and its line with expressions and a mark."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from engines import HERE, run_script

SCRIPT = HERE / "errors_script.py"
EXPECTED = {
    "end tag": ("ValueError", "      <li>{name}</ul>", "                ^"),
    "never closed": ("ValueError", "    {name}<div><p>", "               ^"),
    "misplaced": (
        "ValueError",
        "    a<!--{name}--><?php {name} ?>",
        "                        ^",
    ),
    "unexpected attribute": (
        "ValueError",
        "    <p>{name}</p><{Card} title=a size={name} />",
        "                  ^",
    ),
    "class": ("TypeError", "    <p id=1 class={object}></p>", "            ^"),
    "style": ("ValueError", "    <p id=1 style={'a'}></p>", "            ^"),
    "spread": ("TypeError", "    <p id={name} {name}></p>", "                 ^"),
    "data": ("TypeError", "    <p data={[1]}></p>", "       ^"),
    "doctype": ("ValueError", "    <svg> <!doctype html></svg>", "          ^"),
    "in a component": ("ValueError", "    <b>{name}</i>", "             ^"),
    "in a class": ("TypeError", "    <p class={5}></p>", "       ^"),
    "in a generator": ("TypeError", "    <li {number}></li>", "        ^"),
    "in children": ("ValueError", "     <{Card} wrong=1 /></{Card}></ol>", "      ^"),
    "made at run time": ("ValueError", "    <p>{one}</b>", "            ^"),
    "other components": (
        "TypeError",
        "    <{Card} title=a>x</{Panel}>",
        "                       ^",
    ),
    "raised in a component": (
        "LookupError",
        "    <p>{name}</p><{Raising} value={name} />",
        "                  ^",
    ),
    "raised by a value": (
        "KeyError",
        "    <p title={name}>ü {broken}</p>",
        "                      ^",
    ),
    "raised by a format": ("ValueError", "     {name}</p>", "     ^"),
    "raised in children": (
        "KeyError",
        "    <{Card} title=a><b>{name}</b><i>{broken}</i></{Card}>",
        "                                    ^",
    ),
    "raised in an attribute": (
        "KeyError",
        "    <p a={name} title={broken}></p>",
        "                      ^",
    ),
    "in raw text": ("ValueError", "    <title>a {[name]}</title>", "             ^"),
    "long name": ("ValueError", f"    ...{'ü' * 49}></p>", " " * 57 + "^"),
    "long line": (
        "ValueError",
        f"    ...{'x' * 96}</p></b>{'ü' * 48}...",
        " " * 107 + "^",
    ),
}
IN_COMPONENTS = {"in a component", "in a class", "in a generator"}
RUN_TIME = {"made at run time", "long name", "long line"}


@pytest.fixture(scope="module")
def said() -> dict[str, list[str]]:
    """The lines that were printed for each case. The first is the type of the exception."""
    blocks = run_script(sys.executable, SCRIPT, ours=True).split("== ")[1:]
    return {block.split(": ", 1)[0]: block.split(": ", 1)[1].splitlines() for block in blocks}


def literal_line(case: str) -> int:
    """The line of a case's literal in errors_script.py: that of the case, or one in the component that it renders."""
    shown = EXPECTED[case][1].strip() if case in IN_COMPONENTS else f'"{case}": lambda'
    return next(n for n, line in enumerate(SCRIPT.read_text().splitlines(), 1) if shown in line)


def test_all_cases_were_tried(said: dict[str, list[str]]) -> None:
    assert said.keys() == EXPECTED.keys()


@pytest.mark.parametrize("case", EXPECTED)
def test_exceptions_show_the_place(said: dict[str, list[str]], case: str) -> None:
    kind, *_, place, line, mark = said[case]
    assert (kind, line, mark) == EXPECTED[case]
    assert len(said[case]) == 5, "a message, and one place"
    known = f" of the template in {SCRIPT}, line " in place
    assert known == (case not in RUN_TIME), place
    if known:
        assert int(place.removesuffix(":").rsplit(" ", 1)[1]) == literal_line(case)
    else:
        assert f" of the template, rendered by {SCRIPT}, line " in place


RECURSIVE = """
from tdom import html
class Endless:
    def __html__(self):
        return html(t"<p>{Endless()}</p>")
try:
    html(t"{Endless()}")
except RecursionError as error:
    print(len(getattr(error, "__notes__", [])))
"""


def test_a_recursion_is_not_noted_at_each_level() -> None:
    assert run_script(sys.executable, "-c", RECURSIVE, ours=True) == "0\n"
