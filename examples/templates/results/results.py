"""Components, one for each kind of result."""

from collections.abc import Callable
from dataclasses import dataclass
from string.templatelib import Template

from tdom import Markup, html


def AsTemplate(*, name: str) -> Template:
    """Return a t-string: what most components do. Its values are escaped."""
    return t"<p>A template for {name}.</p>"


def AsText(*, name: str) -> str:
    """Return HTML as text: what `tdom.html()` makes of a template."""
    return html(t"<p>HTML for {name}.</p>")


def AsMarkup(*, name: str) -> Markup:
    """Return HTML that is marked as safe; `format()` escapes what it puts in."""
    return Markup("<p>Markup for {}.</p>").format(name)


class Badge:
    """An object that knows its own HTML."""

    def __init__(self, name: str) -> None:
        """Remember a name."""
        self.name = name

    def __html__(self) -> str:
        """Return HTML."""
        return html(t"<p>An object's HTML for {self.name}.</p>")


@dataclass
class Later:
    """A component that is called once its fields are set."""

    name: str

    def __call__(self) -> Template:
        """Return the template."""
        return t"<p>A dataclass for {self.name}.</p>"


def Frame(*, legend: str, children: Template = t"") -> Template:
    """Return a frame around whatever is put between its tags."""
    return t"<fieldset><legend>{legend}</legend>{children}</fieldset>"


def Twice(*, what: Callable[..., Template], name: str) -> Template:
    """Return another component two times."""
    return t"<{what} name={name} /><{what} name={name.upper()} />"


def Nothing() -> None:
    """Render nothing at all."""
