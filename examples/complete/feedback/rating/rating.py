"""A rating in stars."""

from string.templatelib import Template


def Rating(*, stars: int, best: int = 5) -> Template:
    """Return so many stars out of the best possible number."""
    picture = "★" * stars + "☆" * (best - stars)
    return t"<span class='rating' role='img' aria-label='{stars} of {best} stars'>{picture}</span>"
