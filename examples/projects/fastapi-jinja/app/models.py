"""What a contact is."""

from typing import Literal

from pydantic import BaseModel, computed_field


class Contact(BaseModel):
    """Somebody we know."""

    name: str
    email: str
    status: Literal["active", "away", "blocked"] = "active"

    @computed_field
    @property
    def initials(self) -> str:
        """Return the first letters of the first and the last name."""
        words = self.name.split()
        return (words[0][0] + words[-1][0]).upper()
