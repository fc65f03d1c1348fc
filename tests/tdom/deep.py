"""Render templates that are nested too deep or endlessly, in every way in which they can be nested. Prints each result.

usage: deep.py main | deep.py unlimited | deep.py thread BYTES | deep.py interpreter BYTES

`unlimited`: without a recursion limit, so that only the end of the stack ends it. BYTES is the size of the stack.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent import interpreters
from pathlib import Path
from string.templatelib import Interpolation, Template
from typing import Any

from tdom import html

DEPTH = 300_000


def templates() -> str:
    """Templates in templates."""
    template = t"end"
    for _ in range(DEPTH):
        template = t"<i>{template}</i>"
    return html(template)


def lists() -> str:
    """Lists in lists."""
    items: list[Any] = []
    for _ in range(DEPTH):
        items = [items]
    return html(t"{items}")


def generators() -> str:
    """Generators that yield generators."""

    def generate() -> Iterator[Any]:
        yield generate()

    return html(t"{generate()}")


def function_components() -> str:
    """A function that returns a template that contains it."""

    def Endless(children: Template = t"") -> Template:
        return t"<{Endless}>{children}<b></b></{Endless}>"

    return html(t"<{Endless} />")


class Endless:
    """A class that returns a template that contains it."""

    def __call__(self) -> Template:
        return t"<{Endless} />"


def class_components() -> str:
    """Classes in classes."""
    return html(t"<{Endless} />")


def callbacks() -> str:
    """A callback that returns a template that contains it."""

    def call() -> Template:
        return t"{call:callback}"

    return html(t"{call:callback}")


class Html:
    """Renders while it is rendered."""

    def __html__(self) -> str:
        return html(t"<b>{Html()}</b>")


def renderings() -> str:
    """Renderings in renderings."""
    return html(t"{Html()}")


class Text:
    """Renders while an attribute is rendered."""

    def __str__(self) -> str:
        return html(t"<b title={Text()} class={[Text()]}></b>")


def renderings_in_attributes() -> str:
    """Renderings in attributes."""
    return html(t"<p title={Text()}></p>")


def elements() -> str:
    """Elements in elements of one literal. This needs no recursion, and must succeed."""
    return str(len(html(Template("<i>" * DEPTH + "</i>" * DEPTH))))


def components_in_a_literal() -> str:
    """Components in components of one literal."""

    def Box(children: Template) -> Template:
        return t"{children}"

    parts: list[str | Interpolation] = []
    for _ in range(800):
        parts += ["<", Interpolation(Box, "Box"), ">"]
    for _ in range(800):
        parts += ["</", Interpolation(Box, "Box"), ">"]
    return "rendered" if html(Template(*parts)) == "" else "wrong"


CASES: list[Callable[[], str]] = [
    templates,
    lists,
    generators,
    function_components,
    class_components,
    callbacks,
    renderings,
    renderings_in_attributes,
    elements,
    components_in_a_literal,
]


def try_all() -> None:
    """Print the result of each case."""
    for case in CASES:
        try:
            print(case.__name__, case(), flush=True)
        except RecursionError:
            print(case.__name__, "RecursionError", flush=True)
    print("afterwards", html(t"<p>{1}</p>"), flush=True)


def try_in_thread(work: Callable[[], None], size: int) -> None:
    """Run a function in a thread with a stack of this size."""
    threading.stack_size(size)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def try_in_interpreter() -> None:
    """Try all in an interpreter with its own GIL."""
    interpreter = interpreters.create()
    path = [str(Path(__file__).parent), *sys.path]
    interpreter.exec(
        f"import sys; sys.path[:] = {path!r}; sys.setrecursionlimit(10**9); import deep; deep.try_all()"
    )
    interpreter.close()


def main() -> None:
    """Run the cases as the command line says."""
    match sys.argv[1:]:
        case ["main"]:
            try_all()
        case ["unlimited"]:
            sys.setrecursionlimit(10**9)
            try_all()
        case ["thread", size]:
            sys.setrecursionlimit(10**9)
            try_in_thread(try_all, int(size))
        case ["interpreter", size]:
            try_in_thread(try_in_interpreter, int(size))


if __name__ == "__main__":
    main()
