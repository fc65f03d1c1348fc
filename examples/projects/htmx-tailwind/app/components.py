"""What the pages show."""

from dataclasses import dataclass
from string.templatelib import Template

from tdom import Markup


@dataclass
class Book:
    """Something that can be found."""

    title: str
    author: str
    year: int


def Result(*, book: Book) -> Template:
    """Return a book that was found."""
    return t"""<li class="flex items-baseline justify-between gap-4 py-3">
  <span class="font-medium text-slate-900">{book.title}</span>
  <span class="text-sm text-slate-500">{book.author}, {book.year}</span>
</li>"""


def Results(*, books: list[Book]) -> Template:
    """Return all that was found: what htmx puts in place while somebody types."""
    if not books:
        return t'<p class="py-3 text-slate-500">No book has that in its title.</p>'
    return t"""<ul class="divide-y divide-slate-200">{[Result(book=book) for book in books]}</ul>"""


def Search(*, query: str = "", books: list[Book]) -> Template:
    """Return the field, and below it what it finds."""
    return t"""<section class="mx-auto max-w-lg p-6">
  <label class="mb-1 block text-sm font-semibold text-slate-700" for="query">Find a book</label>
  <input class="w-full rounded-lg border border-slate-300 px-3 py-2" id="query" name="query" type="search"
    value={query} hx-get="/books" hx-trigger="input changed delay:200ms" hx-target="#results">
  <div class="mt-4" id="results"><{Results} books={books} /></div>
</section>"""


def Page(*, title: str, children: Markup | Template, scripts: bool = True) -> Template:
    """Return a whole page."""
    htmx = t'<script src="https://unpkg.com/htmx.org@2"></script>' if scripts else None
    return t"""<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>{title}</title>
    <link rel="stylesheet" href="/static/app.css">
    {htmx}
  </head>
  <body class="bg-slate-50">{children}</body>
</html>"""
