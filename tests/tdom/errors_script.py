"""Render templates that fail, and print the exceptions for test_errors.py, with the places that they name."""

from collections.abc import Callable
from string.templatelib import Interpolation, Template
from typing import Any

from tdom import html

name = "x"
broken: Any = type("Broken", (), {"__str__": lambda self: {}["missing"]})()  # type: ignore[index]


def Card(title: str, children: Template = t"") -> Template:
    """A component."""
    return t"<h1>{title}</h1>{children}"


def Faulty() -> Template:
    """A component whose own literal is wrong."""
    return t"<b>{name}</i>"


class Panel:
    """A component whose literal is in `__call__`."""

    def __call__(self) -> Template:
        return t"<p class={5}></p>"


def Raising(*, value: Any = 1) -> Template:
    """A component that raises."""
    raise LookupError("nothing here")


def Generating() -> Template:
    """A component with a literal in a generator."""
    return t"<ul>{(t'<li {number}></li>' for number in range(3))}</ul>"


CASES: dict[str, Callable[[], Template]] = {
    "end tag": lambda: t"<ul>\n  <li>{name}</ul>",
    "never closed": lambda: t"{name}<div><p>",
    "misplaced": lambda: t"a<!--{name}--><?php {name} ?>",
    "unexpected attribute": lambda: t"<p>{name}</p><{Card} title=a size={name} />",
    "class": lambda: t"<p id=1 class={object}></p>",
    "style": lambda: t"<p id=1 style={'a'}></p>",
    "spread": lambda: t"<p id={name} {name}></p>",
    "data": lambda: t"<p data={[1]}></p>",
    "doctype": lambda: t"<svg> <!doctype html></svg>",
    "in a component": lambda: t"<main><{Faulty} /></main>",
    "in a class": lambda: t"<main><{Panel} /></main>",
    "in a generator": lambda: t"<{Generating} />",
    "in children": lambda: t"<ol>\n<{Card} title=a>{name}\n <{Card} wrong=1 /></{Card}></ol>",
    "made at run time": lambda: Template("<p>", Interpolation(1, "one"), "</b>"),
    "other components": lambda: t"<{Card} title=a>x</{Panel}>",
    "raised in a component": lambda: t"<p>{name}</p><{Raising} value={name} />",
    "raised by a value": lambda: t"<p title={name}>ü {broken}</p>",
    "raised by a format": lambda: t"<p>\n\t{name:.2f}</p>",
    "raised in children": lambda: t"<{Card} title=a><b>{name}</b><i>{broken}</i></{Card}>",
    "raised in an attribute": lambda: t"<p a={name} title={broken}></p>",
    "in raw text": lambda: t"<title>a {[name]}</title>",
    "long line": lambda: Template(f"a\n<p>{'x' * 500}</p></b>{'ü' * 500}\n"),
    "long name": lambda: Template(f"<{'ü' * 200}>", "</p>"),
}


def main() -> None:
    """Print each case: the exception, its message and its notes."""
    for case, make in CASES.items():
        try:
            html(make())
        except Exception as error:  # noqa: BLE001 # all are printed
            print(f"== {case}: {type(error).__name__}")
            print("\n".join([str(error), *getattr(error, "__notes__", [])]))


if __name__ == "__main__":
    main()
