"""Stories of one card."""

from app.models import Contact
from app.templating import render
from storytime import Story, Subject

ADA = Contact(name="Ada Lovelace", email="ada@example.org")


def contact_card(*, contact: Contact) -> str:
    """Return the template that the pages include."""
    return render("components/contact_card.html", contact=contact)


def names_the_contact(story: str) -> None:
    """Assert that the name can be read."""
    assert "Ada Lovelace" in story


def this_subject() -> Subject:
    """Return the subject."""
    return Subject(
        title="Contact card",
        target=contact_card,
        items=[
            Story(title="Active", props={"contact": ADA}, assertions=[names_the_contact]),
            Story(title="Away", props={"contact": ADA.model_copy(update={"status": "away"})}),
            Story(title="Blocked", props={"contact": ADA.model_copy(update={"status": "blocked"})}),
        ],
    )
