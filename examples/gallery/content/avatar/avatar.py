"""An avatar."""

from string.templatelib import Template

from ..style import variant


def initials(name: str) -> str:
    """Return the first letters of the first and the last word of a name."""
    words = name.split()
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:]))


def Avatar(*, name: str) -> Template:
    """Return a round picture of somebody's initials."""
    classes = variant("avatar", None)
    return t"<span class={classes} role='img' aria-label={name}>{initials(name)}</span>"
