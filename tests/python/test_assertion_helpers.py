"""storytime.assertions: the name that badges show for each, and its message. All cases run in one Python process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import json, re, sys
from storytime import RenderedStory
from storytime.assertions import *

story = RenderedStory('''<h1>Shop</h1><h2 id="wares" class="big title">Wares</h2>
<ul data-testid="list"><li class="ware">Pear</li><li class="ware">Apple</li></ul>
<label>Name <input name="n" required></label><button type="button">Buy <b>now</b></button>''')
answers = {}
for expression in json.load(sys.stdin):
    try:
        assertion = eval(expression)
        name = assertion.__qualname__
        assertion(story)
        said = None
    except Exception as error:
        said = f"{type(error).__name__}: {error}".replace("AssertionError: ", "")
    answers[expression] = [name, said]
json.dump(answers, sys.stdout)
"""

CASES: list[tuple[str, str, str | None]] = [
    # one element
    ('GetByRole(role="button")', "button", None),
    ('GetByRole(role="button", name="buy")', 'button "buy"', None),
    ('GetByRole(role="button", name="buy").exact()', 'button "buy"', 'no button "buy"; found button "Buy now"'),
    ('GetByRole(role="button", disabled=False)', "button, not disabled", None),
    ('GetByRole(role="button", pressed=True)', "button, pressed",
     'no button, pressed; found button "Buy now", not pressed'),
    ('GetByRole(role="heading", level=2)', "heading of level 2", None),
    ('GetByRole(role="heading", level=3)', "heading of level 3",
     'no heading of level 3; found heading "Shop" (level 1), heading "Wares" (level 2)'),
    ('GetByText(text="pea")', 'text "pea"', None),
    ('GetByText(text="pea").exact()', 'text "pea"',
     'no text "pea"; the text is "Shop Wares Pear Apple Name Buy now"'),
    ('GetByLabelText(label="Name")', 'element labelled "Name"', None),
    ('GetByLabelText(label="Nom")', 'element labelled "Nom"', 'no element labelled "Nom"; the labels are "Name"'),
    ('GetByTestId(test_id="list")', 'element with data-testid="list"', None),
    ('GetByTestId(test_id="lst")', 'element with data-testid="lst"',
     'no element with data-testid="lst"; found "list"'),
    ('GetByClass(class_name="big")', 'element with class="big"', None),
    ('GetByClass(class_name="bi")', 'element with class="bi"',
     'no element with class="bi"; found "big", "title", "ware"'),
    ('GetByClass(class_name="ware")', 'element with class="ware"',
     'more than one element with class="ware": listitem, listitem'),
    ('GetById(id="wares")', 'element with id="wares"', None),
    ('GetById(id="ware")', 'element with id="ware"', 'no element with id="ware"; found "wares"'),
    ('GetByTagName(tag_name="BUTTON")', "<BUTTON>", None),
    ('GetByTagName(tag_name="p")', "<p>", "no <p>; the HTML is"),
    # elements that must be missing
    ('GetByRole(role="dialog").not_()', "no dialog", None),
    ('GetByText(text="Pear").not_()', 'no text "Pear"', "found listitem, which should not be there"),
    # text and attributes
    ('GetByTagName(tag_name="h1").text_content("Shop")', '<h1> has the text "Shop"', None),
    ('GetByRole(role="button").text_content(" Buy now ")', 'button has the text "Buy now"', None),
    ('GetByRole(role="button").text_content("Buy")', 'button has the text "Buy"',
     'the text of button "Buy now" is "Buy now", not "Buy"'),
    ('GetByRole(role="button").with_attribute("type", "button")', 'button has type="button"', None),
    ('GetByLabelText(label="Name").with_attribute("required").with_attribute("name", "n")',
     'element labelled "Name" has required and has name="n"', None),
    ('GetByRole(role="button").with_attribute("type", "submit")', 'button has type="submit"',
     'the attribute type of button "Buy now" is "button", not "submit"'),
    ('GetByRole(role="button").with_attribute("disabled")', "button has disabled",
     'button "Buy now" has no attribute disabled; it has type'),
    # all elements
    ('GetAllByRole(role="listitem")', "listitem", None),
    ('GetAllByRole(role="listitem").count(2)', "2 × listitem", None),
    ('GetAllByRole(role="listitem").count(3)', "3 × listitem", "expected 3 × listitem, found 2: listitem, listitem"),
    ('GetAllByRole(role="dialog").count(0)', "0 × dialog", None),
    ('GetAllByRole(role="dialog")', "dialog", 'no dialog; found heading "Shop" (level 1),'),
    ('GetAllByTagName(tag_name="li").nth(1).text_content("Apple")', '<li> [1] has the text "Apple"', None),
    ('GetAllByTagName(tag_name="li").nth(0).text_content("Apple")', '<li> [0] has the text "Apple"',
     'the text of listitem is "Pear", not "Apple"'),
    ('GetAllByClass(class_name="ware").nth(2)', 'element with class="ware" [2]',
     'no element with class="ware" at index 2; found 2: listitem, listitem'),
    ('GetAllByClass(class_name="ware").with_attribute("class", "ware")', 'element with class="ware" has class="ware"',
     None),
    ('GetAllByText(text=re.compile("^(Pear|Apple)$")).count(2)', "2 × text re.compile('^(Pear|Apple)$')", None),
    ('GetAllByLabelText(label="n").count(1)', '1 × element labelled "n"', None),
    ('GetAllByTestId(test_id="list").count(1)', '1 × element with data-testid="list"', None),
    # an invalid query
    ('GetByRole(role="buton")', "buton", "ValueError: unknown role 'buton'"),
]  # fmt: skip


@pytest.fixture(scope="module")
def answers(program: Path) -> dict[str, tuple[str, str | None]]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        check=False,
        capture_output=True,
        text=True,
        input=json.dumps([expression for expression, _, _ in CASES]),
        env={**os.environ, "PYTHONPATH": str(program.parent / "python")},
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, tuple[str, str | None]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(("expression", "name", "said"), CASES, ids=[case[0] for case in CASES])
def test_name_and_message_of_an_assertion(
    answers: dict[str, tuple[str, str | None]], expression: str, name: str, said: str | None
) -> None:
    found = answers[expression]
    assert found[0] == name
    if said is None:
        assert found[1] is None
    else:
        assert (found[1] or "").startswith(said)
