"""A component is a callable that returns a template."""

from string.templatelib import Template


def Greeting(*, name: str) -> Template:
    """Greet somebody by name."""
    return t"<p>Hello, {name}!</p>"
