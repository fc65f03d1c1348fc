"""The native tdom compared with the original: the same output, byte for byte, or an exception of the same type."""

import json
import re
import sys
from email import message_from_string
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from engines import (
    HERE,
    Results,
    differences,
    evaluate,
    evaluate_ours,
    original_python,
    our_directory,
    run_script,
)
from record import RANDOM, RECORDED, shorten


@pytest.fixture(scope="module")
def original() -> Path:
    """A Python that has the original."""
    python = original_python()
    if python is None:
        pytest.skip(
            "the environment has no tdom of its own: there is no package index to install it from"
        )
    return python


@pytest.fixture(scope="module")
def expected(original: Path) -> Results:
    """The original's results for the cases."""
    return evaluate(original, "cases", ours=False)


def test_every_case_agrees(expected: Results) -> None:
    assert len(expected) > 2500
    assert sum(kind == "ok" for kind, _ in expected.values()) > 1200
    assert differences(expected, evaluate_ours("cases")) == []


def test_every_case_agrees_with_our_own_markup(expected: Results) -> None:
    assert differences(expected, evaluate_ours("--without-markupsafe", "cases")) == []


def test_our_own_markup_does_what_markupsafe_does() -> None:
    pytest.importorskip("markupsafe")
    assert run_script(sys.executable, HERE / "compare_markup.py", 0, 20_000, ours=True) == ""


def test_random_templates_agree(original: Path, pytestconfig: pytest.Config) -> None:
    first, count = 1_000_000, 20_000 if pytestconfig.getoption("--long") else 4_000
    found = evaluate(original, "random", first, count, ours=False)
    assert sum(kind == "ok" for kind, _ in found.values()) > count // 3
    assert differences(found, evaluate_ours("random", first, count)) == []


def test_recorded_results_agree() -> None:
    recorded = {name: tuple(result) for name, result in json.loads(RECORDED.read_text()).items()}
    ours = evaluate_ours("cases") | evaluate_ours("random", *RANDOM)
    assert differences(recorded, shorten(ours)) == []


def readme_of(python: Path) -> str:
    """The original's README, which is in the metadata of its package."""
    code = "import importlib.metadata as m; print(m.metadata('tdom').as_string())"
    return str(message_from_string(run_script(python, "-c", code, ours=False)).get_payload())


def test_examples_of_the_original_readme_hold(original: Path, tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", readme_of(original), re.DOTALL)
    assert len(blocks) > 30
    script = tmp_path / "readme.py"
    script.write_text(
        "\n".join(["from string.templatelib import Template", *blocks, "print('held')"])
    )
    assert run_script(original, script, ours=False) == "held\n"
    assert run_script(sys.executable, script, ours=True) == "held\n"


def test_where_the_original_is_wrong(original: Path) -> None:
    """Both engines behave as the list in docs/tdom.md says."""
    assert evaluate_ours("wrong") == {
        "entity and interpolation": ("ok", "<p>a&amp;ltx</p>"),
        "quote and space": ("ok", '<a b="x&gt;1"></a>'),
        "end of a style": ("ok", "<style>&lt;/style ><b></style>"),
    }
    assert evaluate(original, "wrong", ours=False) == {
        "entity and interpolation": ("ValueError", ""),
        "quote and space": ("ok", '<a b="" \'x>1&#39;&gt;</a>'),
        "end of a style": ("ok", "<style></style ><b></style>"),
    }


def test_a_directory_of_the_same_name_does_not_hide_it() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); import tdom; print(tdom.__file__)"
    found = run_script(sys.executable, "-c", code, HERE.parent, ours=True)
    assert Path(found.strip()).parent == our_directory()
