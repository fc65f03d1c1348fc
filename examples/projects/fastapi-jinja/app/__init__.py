"""An address book: FastAPI, Jinja2 and pydantic."""
