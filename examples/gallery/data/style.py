"""Class names that the components of this section share."""

from typing import Literal

type Tone = Literal["good", "warn", "bad", "info"]


def variant(base: str, name: str | None) -> list[str]:
    """Return the class names of a component: its own, and that of its variant where it has one."""
    return [base] if name is None else [base, f"{base}-{name}"]


def tone(base: str, name: Tone | None) -> list[str]:
    """Return the class names of a component that takes on a colour with a meaning."""
    return [base] if name is None else [base, f"tone-{name}"]
