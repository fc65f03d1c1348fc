"""The result of build_site()."""

from typing import Self


class BuildResult(int):
    """What was built. Its value as an int is the number of broken stories and files, so 0 means that all is well."""

    stories: int
    """How many the catalog has."""
    pages: int
    """How many were rendered."""
    written: list[str]
    """Files whose bytes changed, as paths below the output directory."""
    removed: list[str]
    faults: list[str]
    """A text for each broken story or file: place, exception and traceback."""
    failed_assertions: list[str]
    """A text for each assertion that failed or raised."""

    def __new__(
        cls,
        number: int,
        *,
        stories: int,
        pages: int,
        written: list[str],
        removed: list[str],
        faults: list[str],
        failed_assertions: list[str],
    ) -> Self:
        """Made by build_site()."""
        self = super().__new__(cls, number)
        self.stories, self.pages = stories, pages
        self.written, self.removed = written, removed
        self.faults, self.failed_assertions = faults, failed_assertions
        return self

    def __repr__(self) -> str:
        """Show the most important numbers."""
        return (
            f"BuildResult({int(self)}, stories={self.stories}, pages={self.pages}, faults={self.faults!r}, "
            f"failed_assertions={self.failed_assertions!r})"
        )

    def __str__(self) -> str:
        """Print it as the number."""
        return int.__repr__(self)
