"""Stories of the list."""

from app.main import CONTACTS
from app.models import Contact
from app.templating import render
from storytime import Story, Subject


def contact_list(*, contacts: list[Contact]) -> str:
    """Return the template of the list."""
    return render("components/contact_list.html", contacts=contacts)


def this_subject() -> Subject:
    """Return the subject."""
    return Subject(
        title="Contact list",
        target=contact_list,
        items=[
            Story(title="Two contacts", props={"contacts": CONTACTS}),
            Story(title="Empty", props={"contacts": []}),
        ],
    )
