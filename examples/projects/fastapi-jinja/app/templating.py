"""The application's templates."""

from pathlib import Path

from fastapi.templating import Jinja2Templates

templates = Jinja2Templates(directory=Path(__file__).parent / "templates")


def render(name: str, **context: object) -> str:
    """Return the HTML of a template."""
    return templates.get_template(name).render(context)
