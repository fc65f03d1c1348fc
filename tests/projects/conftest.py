"""Projects as people have them, with the libraries that they use."""

from pathlib import Path

import pytest
from support.libraries import library_environment


@pytest.fixture(scope="session")
def libraries(program: Path) -> Path:
    """An environment with template engines, frameworks and the like."""
    environment = library_environment(program.parent)
    if environment is None:
        pytest.skip("no package index can be reached for the libraries of these projects")
    return environment
