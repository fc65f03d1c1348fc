"""Render many times, and print by how much memory has grown: the number of Python's blocks, and the process in kilobytes.

usage: leaks.py good | leaks.py raising | leaks.py parsing
"""

import gc
import resource
import sys
import weakref
from pathlib import Path
from string.templatelib import Template
from typing import Any

from tdom import html

ROUNDS = 100_000


class Witness:
    """A value that must not outlive its rendering."""


def Box(children: Template, **attrs: Any) -> Template:
    """A component."""
    return t"<section class={['a', 'b']} style={{'color': 'red'}} {attrs}>{children}</section>"


def Raises(value: Any) -> Template:
    """A component that raises halfway."""
    return t"<p>{value}{[1, lambda: 1 / 0]!r}{(lambda: 1 / 0):callback}</p>"


def good(number: int) -> None:
    """Render a page."""
    html(
        t"<ul id={number} data={{'n': number}}>{[t'<li>{n}</li>' for n in range(2)]}<{Box} a={number}><b>{number}</b></{Box}></ul>"
    )


def raising(number: int) -> None:
    """Render a page in which a nested component fails."""
    witness = Witness()
    watched = weakref.ref(witness)
    try:
        html(t"<ul><{Box} a={number}><{Raises} value={witness} /></{Box}></ul>")
    except ZeroDivisionError:
        del witness
    assert watched() is None, "a value outlived a rendering that failed"


def parsing(number: int) -> None:
    """Compile a new literal."""
    html(Template(f"<p id=a{number}>&amp;{number}</p>"))


def resident() -> int:
    """The resident memory of the process, in kilobytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 1024


def main() -> None:
    """Measure."""
    work = {"good": good, "raising": raising, "parsing": parsing}[sys.argv[1]]
    for number in range(10_000):
        work(number)
    gc.collect()
    blocks, kilobytes = sys.getallocatedblocks(), resident()
    for number in range(ROUNDS):
        work(number)
    gc.collect()
    print(sys.getallocatedblocks() - blocks, resident() - kilobytes)


if __name__ == "__main__":
    main()
