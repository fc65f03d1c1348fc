"""The application: `uvicorn app.main:app`."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from .models import Contact
from .templating import templates

app = FastAPI()
app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")

CONTACTS = [
    Contact(name="Ada Lovelace", email="ada@example.org"),
    Contact(name="Grace Hopper", email="grace@example.org", status="away"),
]


@app.get("/", response_class=HTMLResponse)
def index(request: Request) -> HTMLResponse:
    """Show all contacts."""
    return templates.TemplateResponse(request, "contacts.html", {"contacts": CONTACTS})
