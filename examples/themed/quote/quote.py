"""A quotation."""

from string.templatelib import Template


def Quote(*, text: str, author: str | None = None) -> Template:
    """Return a quotation, with its author where one is known."""
    source = author and t"<footer>— {author}</footer>"
    return t"<blockquote><p>{text}</p>{source}</blockquote>"
