"""Memory, deep nesting, interpreters and threads."""

import sys
from pathlib import Path

import pytest
from support import own_memory

sys.path.insert(0, str(Path(__file__).parent))

from engines import HERE, run_script


@own_memory
@pytest.mark.parametrize(
    "work", ["good", pytest.param("raising", marks=pytest.mark.long), "parsing"]
)
def test_memory_stays_flat_over_many_renderings(work: str) -> None:
    blocks, kilobytes = map(
        int, run_script(sys.executable, HERE / "leaks.py", work, ours=True).split()
    )
    assert blocks < 500
    assert kilobytes < 2048


def test_a_module_that_was_used_can_be_freed() -> None:
    """Its caches must not keep it alive: one object that is left keeps all memory of an interpreter."""
    assert run_script(sys.executable, HERE / "forgotten.py", ours=True).strip() == "gone"


MEBIBYTE = 1024 * 1024


@pytest.mark.parametrize(
    "where",
    [
        ["main"],
        pytest.param(["unlimited"], marks=pytest.mark.long),
        ["thread", 256 * 1024],
        pytest.param(["thread", 16 * MEBIBYTE], marks=pytest.mark.long),
        ["interpreter", 16 * MEBIBYTE],
    ],
    ids=lambda where: "-".join(map(str, where)),
)
def test_deep_nesting_ends_in_an_exception(where: list[object]) -> None:
    said = dict(
        line.split()
        for line in run_script(sys.executable, HERE / "deep.py", *where, ours=True).splitlines()
    )
    assert said.pop("elements") == str(7 * 300_000)
    assert said.pop("components_in_a_literal") in ("rendered", "RecursionError")
    assert said.pop("afterwards") == "<p>1</p>"
    assert len(said) == 8
    assert set(said.values()) == {"RecursionError"}


SUBINTERPRETERS = """
import threading
from concurrent import interpreters
code = '''
from tdom import html, Markup
for i in range(2000):
    assert html(t"<p class={['a']} {dict(x=i)}>{i}{Markup('<b>')}</p>") == f'<p class="a" x="{i}">{i}<b></p>'
'''
failures = []
def work():
    for _ in range(5):
        try:
            interpreter = interpreters.create()
            interpreter.exec(code)
            interpreter.close()
        except BaseException as error:
            failures.append(error)
threads = [threading.Thread(target=work) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(failures)
"""


def test_interpreters_render_side_by_side() -> None:
    assert run_script(sys.executable, "-c", SUBINTERPRETERS, ours=True) == "[]\n"


THREADS = """
import threading
from tdom import html
def Item(n: int):
    return t"<li>{n}</li>"
results = []
def work():
    results.append(all(html(t"<ul>{[t'<{Item} n={n} />' for n in range(20)]}</ul>").count("<li>") == 20 for _ in range(500)))
threads = [threading.Thread(target=work) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(results == [True] * 8)
"""


def test_threads_share_programs() -> None:
    assert run_script(sys.executable, "-c", THREADS, ours=True) == "True\n"
