"""Code that a type checker must accept, and errors that it must find (type: ignore). It also runs."""

from contextvars import ContextVar
from dataclasses import dataclass
from string.templatelib import Template

from tdom import Markup, Scope, ScopedTemplate, escape, html, svg

color: ContextVar[str] = ContextVar("color", default="red")


def Colored(children: Template, value: str = "blue") -> ScopedTemplate:
    """A component that sets a context variable."""
    return ScopedTemplate(Scope(color, value), children)


def Shown() -> Template:
    """A component that reads it."""
    return t"<i>{color.get()}</i>"


@dataclass
class Card:
    """A component as a class."""

    title: str
    children: Template

    def __call__(self) -> Template:
        """Return the template."""
        return t"<h1>{self.title}</h1>{self.children}"


class Namespace:
    """A context for `assume_ctx`."""

    ns = "svg"


def main() -> None:
    """Use everything."""
    text: str = html(t"<{Card} title=a><{Colored}><{Shown} /></{Colored}></{Card}>")
    assert text == "<h1>a</h1><i>blue</i>"
    assert svg(t"<clippath/>") == html(t"<clippath/>", assume_ctx=Namespace())
    markup: Markup = escape("<") + "<" + Markup("<b>")
    assert markup == "&lt;&lt;<b>"
    joined: Markup = Markup(", ").join(["<", markup])
    filled: Markup = Markup("<b>{}</b> %s").format("<") % ">"
    upper: Markup = joined.upper().replace("A", "<")[1:] * 2
    words: list[Markup] = filled.split(" ")
    assert len(words) == 2
    assert upper.striptags()
    plain: str = filled.unescape()
    assert plain == "<b><</b> >"
    scope: Scope[str] = Scope(cv=color, value="green")
    with scope.activate():
        assert color.get() == scope.value == "green"
    scoped = ScopedTemplate(scope=scope, template=t"")
    assert scoped == ScopedTemplate(scope, scoped.template)
    assert {scope: 1}[Scope(color, "green")] == 1


def wrong() -> None:
    """Calls that are errors for a type checker. Never called."""
    html("<p>")  # type: ignore[arg-type]
    Scope(color, "x").value = "y"  # type: ignore[misc]
    Markup("a") + 1  # type: ignore[operator]
    Scope(color, 1)  # type: ignore[misc]


if __name__ == "__main__":
    main()
    print("ran")
