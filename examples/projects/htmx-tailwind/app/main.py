"""The application: `uvicorn app.main:app`."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tdom import html

from .components import Book, Page, Results, Search

BOOKS = [
    Book("The Dispossessed", "Ursula K. Le Guin", 1974),
    Book("The Left Hand of Darkness", "Ursula K. Le Guin", 1969),
    Book("Kindred", "Octavia E. Butler", 1979),
]


def find(query: str) -> list[Book]:
    """Return the books that have some words in their titles."""
    return [book for book in BOOKS if query.lower() in book.title.lower()]


def index(request: Request) -> HTMLResponse:
    """Show the page."""
    return HTMLResponse(html(Page(title="Books", children=Search(books=BOOKS))))


def books(request: Request) -> HTMLResponse:
    """Answer htmx."""
    return HTMLResponse(html(Results(books=find(request.query_params.get("query", "")))))


app = Starlette(
    routes=[
        Route("/", index),
        Route("/books", books),
        Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
    ]
)
