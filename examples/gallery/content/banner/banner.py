"""A banner."""

from dataclasses import dataclass
from string.templatelib import Template

from ..style import variant


@dataclass
class Link:
    """A text, and where it leads."""

    text: str
    address: str


def Banner(*, title: str, text: str, picture: str, action: Link | None = None) -> Template:
    """Return a title on a picture, with an optional link to act on."""
    link = action and t"<a class='button' href={action.address}>{action.text}</a>"
    return t"""<section class={variant("banner", None)}>
  <img src={picture} alt="">
  <h1>{title}</h1>
  <p>{text}</p>
  {link}
</section>"""
