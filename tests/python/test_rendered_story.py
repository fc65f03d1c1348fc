"""RenderedStory and Element. All cases run in one plain Python process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SHOP = """
<header><h1>Shop &amp; co</h1></header>
<nav aria-label="Main"><ul><li><a href="/">Home</a></li></ul></nav>
<main>
  <h2>Wares</h2>
  <p>Hello <b>World</b>,
     again</p>
  <button class="buy big" data-testid="x y">Buy <b>now</b></button>
  <button disabled>Sell</button>
  <button hidden>Steal</button>
  <label>Name <input name="n"></label>
  <style>p { color: red }</style>
  <template><button>Never</button></template>
</main>
"""

SCRIPT = """
import json, re, sys
from storytime import Element, RenderedStory

answers = []
for html, expression in json.load(sys.stdin):
    story = RenderedStory(html)
    try:
        answer = repr(eval(expression))
    except Exception as error:
        answer = f"{type(error).__name__}: {error}"
    answers.append(answer)
json.dump(answers, sys.stdout)
"""

ANSWERS: list[tuple[str, str]] = [
    # the story itself
    ("isinstance(story, str)", "True"),
    ("story == story.__html__() and '<h1>' in story", "True"),
    ("story.text", "'Shop & co Home Wares Hello World, again Buy now Sell Name'"),
    # by CSS
    ("[e.text for e in story.select('h2, h1')]", "['Shop & co', 'Wares']"),
    ("story.select('nav li > a[href]')", """[<a href="/">Home</a>]"""),
    ("story.select('.nowhere')", "[]"),
    ("story.select_one('html').tag", "'html'"),
    ("story.select_one('main').select_one('h2').text", "'Wares'"),
    ("story.select_one('nav').select('h2')", "[]"),
    ("story.select('a >')", "ValueError: invalid CSS selector: 'a >'"),
    ("story.select_one('b')", 'AssertionError: more than one match of "b": <b>World</b>, <b>now</b>'),
    ("story.select_one('nav').select_one('b')", ('AssertionError: no match of "b"; the HTML is '
      '<nav aria-label="Main"><ul><li><a href="/">Home</a></li></ul></nav>')),
    # by role
    ("story.get_by_role('button', name='buy').attributes", "{'class': 'buy big', 'data-testid': 'x y'}"),
    ("story.get_by_role('button', name='Buy now', exact=True).name", "'Buy now'"),
    ("story.get_by_role('button', name=re.compile('^S')).html", "'<button disabled=\"\">Sell</button>'"),
    ("story.get_by_role('heading', level=2).text", "'Wares'"),
    ("story.get_by_role('textbox', name='Name').attributes['name']", "'n'"),
    ("[e.name for e in story.get_all_by_role('button')]", "['Buy now', 'Sell']"),
    ("story.get_all_by_role('dialog')", "[]"),
    ("story.get_by_role('button', name='Byu')",
     'AssertionError: no button "Byu"; found button "Buy now", button "Sell"'),
    ("story.get_by_role('button')", 'AssertionError: more than one button: button "Buy now", button "Sell"'),
    ("story.get_by_role('button', name='buy', exact=True)",
     'AssertionError: no button "buy"; found button "Buy now", button "Sell"'),
    ("story.get_by_role('heading', level=3)",
     'AssertionError: no heading of level 3; found heading "Shop & co" (level 1), heading "Wares" (level 2)'),
    ("story.get_by_role('dialog')",
     ('AssertionError: no dialog; found banner, heading "Shop & co" (level 1), navigation "Main", list, link "Home", '
      'main, heading "Wares" (level 2), button "Buy now" and 2 more')),
    ("story.get_by_role('buton')", "ValueError: unknown role 'buton'"),
    # by states, and hidden ones
    ("story.get_by_role('button', disabled=True).name", "'Sell'"),
    ("story.get_by_role('button', disabled=False, pressed=False).name", "'Buy now'"),
    ("story.get_by_role('button', name='Buy', disabled=True)",
     'AssertionError: no button "Buy", disabled; found button "Buy now", not disabled, button "Sell", disabled'),
    ("story.get_by_role('button', pressed='mixed')",
     'AssertionError: no button, partly pressed; found button "Buy now", not pressed, button "Sell", not pressed'),
    ("story.get_by_role('button', include_hidden=True, name='Steal').hidden", "True"),
    ("story.get_by_role('heading', level=1, checked=True)", ("ValueError: the role 'heading' cannot be checked; these roles can: checkbox, "
      'menuitemcheckbox, menuitemradio, option, radio, switch, treeitem')),
    ("story.get_by_role('button', disabled='mixed')",
     "ValueError: disabled must be True, False or None, not 'mixed'"),
    ("story.get_by_role('button', chosen=True)",
     "TypeError: unknown state 'chosen'; the states are checked, disabled, expanded, pressed, selected"),
    # by text, label and test id
    ("story.get_by_text('hello world').tag", "'p'"),
    ("story.get_by_text('World').tag", "'b'"),
    ("story.get_by_text('Hello', exact=True)",
     'AssertionError: no text "Hello"; the text is "Shop & co Home Wares Hello World, again Buy now Sell Name"'),
    ("story.get_by_text(re.compile('^Hello .*again$')).tag", "'p'"),
    ("story.get_by_text('w')", ('AssertionError: more than one text "w": heading "Wares" (level 2), <b>World</b>, '
      '<b>now</b>')),
    ("story.get_by_label_text('name').tag", "'input'"),
    ("story.get_by_label_text('nmae')",
     'AssertionError: no element labelled "nmae"; the labels are "Main", "Name"'),
    ("story.get_by_test_id('x y').tag", "'button'"),
    ("story.get_by_test_id('x')", 'AssertionError: no element with data-testid="x"; found "x y"'),
    # an element
    ("story.select_one('button[hidden]').hidden", "True"),
    ("story.select_one('h2').parent.role", "'main'"),
    ("story.select_one('html').parent", "None"),
    ("[e.tag for e in story.select_one('nav').children]", "['ul']"),
    ("story.select_one('h2') == story.get_by_role('heading', level=2)", "True"),
    ("len({story.select_one('h2'), story.get_by_text('wares'), story.select_one('h1')})", "2"),
    ("story.select_one('p').role, story.select('b')[0].role", "('paragraph', None)"),
]  # fmt: skip


def ask(program: Path, questions: list[tuple[str, str]]) -> list[str]:
    """Evaluate expressions, each with its HTML as `story`."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        check=False,
        capture_output=True,
        text=True,
        input=json.dumps(questions),
        env={**os.environ, "PYTHONPATH": str(program.parent / "python")},
    )
    assert done.returncode == 0, done.stderr
    answers: list[str] = json.loads(done.stdout)
    return answers


@pytest.fixture(scope="module")
def answers(program: Path) -> dict[str, str]:
    questions = [expression for expression, _ in ANSWERS]
    return dict(zip(questions, ask(program, [(SHOP, one) for one in questions]), strict=True))


@pytest.mark.parametrize(("expression", "expected"), ANSWERS, ids=[one for one, _ in ANSWERS])
def test_answers_of_a_rendered_story(
    answers: dict[str, str], expression: str, expected: str
) -> None:
    assert answers[expression] == expected


ODD = [
    "",
    "&",
    "\0",
    "\ud800",
    "<",
    "<!-- ",
    "<svg><title>",
    "<p id=a aria-labelledby='a a'>x",
    "<div>" * 3000,
]


def test_any_html_can_be_queried(program: Path) -> None:
    everything = "[(e.role, e.name, e.level, e.text, e.html, e.parent, e.children) for e in story.select('*')][-1][1]"
    found = ask(program, [(html, everything) for html in ODD])
    assert found[0] == "''" and not [one for one in found if "Error: " in one]


def test_elements_outlive_their_story(program: Path) -> None:
    gone = "(lambda: RenderedStory('<p>' + 'x' * 1000).select_one('p'))().text == 'x' * 1000"
    assert ask(program, [("", gone)]) == ["True"]


def test_interpreters_parse_at_the_same_time(program: Path) -> None:
    """Subinterpreters with their own GIL parse at the same time."""
    code = """
from concurrent.futures import InterpreterPoolExecutor

def names(number):
    from storytime import RenderedStory
    story = RenderedStory(f"<button>{number}</button>" * 2000)
    return {element.name for element in story.get_all_by_role("button")}

if __name__ == "__main__":
    import sys
    sys.modules["names_of"] = sys.modules["__main__"]
    with InterpreterPoolExecutor(3) as pool:
        print([sorted(found) for found in pool.map(names, range(6))])
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(program.parent / "python")},
    )
    assert done.stdout == "[['0'], ['1'], ['2'], ['3'], ['4'], ['5']]\n", done.stderr
