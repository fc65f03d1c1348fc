"""A label in a colour of its own."""

from string.templatelib import Template

from ..style import variant


def ink_on(colour: str) -> str:
    """Return black or white, whichever is easier to read on a colour such as "#0f766e"."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    luminance = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
    return "#000" if luminance > 0.179 else "#fff"


def Label(*, text: str, colour: str = "#0f766e") -> Template:
    """Return a topic, on a colour that people choose."""
    style = {"background": colour, "color": ink_on(colour)}
    return t"<span class={variant('badge', None)} style={style}>{text}</span>"
