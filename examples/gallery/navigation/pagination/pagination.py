"""The pages of a long list."""

from string.templatelib import Template

from ..style import variant


def Pagination(*, pages: int, current: int = 1) -> Template:
    """Return links to the pages from 1 to `pages`."""
    links = [
        t"<li><a href='#{page}' aria-current={'page' if page == current else None}>{page}</a></li>"
        for page in range(1, pages + 1)
    ]
    return t"<nav class={variant('pages', None)} aria-label='Pages'><ol>{links}</ol></nav>"
