"""A card."""

from dataclasses import dataclass
from string.templatelib import Template

from ..style import variant


@dataclass
class Card:
    """A card with a title, an optional picture and whatever is put into it."""

    title: str
    text: str
    picture: str | None = None
    children: Template = t""

    def __call__(self) -> Template:
        """Return the card."""
        picture = self.picture and t"<img src={self.picture} alt=''>"
        return t"""<article class={variant("card", None)}>
  {picture}
  <div class="card-body">
    <h2>{self.title}</h2>
    <p>{self.text}</p>
    {self.children}
  </div>
</article>"""
