"""The wheel, and an environment with it."""

import os
from pathlib import Path

import pytest
from support.installing import bare, command, make_environment


@pytest.fixture(scope="session")
def wheel() -> Path:
    """The wheel that tools/wheel built."""
    path = os.environ.get("STORYTIME_WHEEL", "")
    if not path:
        pytest.skip("no wheel: $STORYTIME_WHEEL names none (no package index could be reached?)")
    return Path(path)


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with only the wheel, at a path with a space and a letter that is not ASCII."""
    directory = make_environment(tmp_path_factory.mktemp("install") / "an ënvironment")
    command(directory / "bin/python", "-m", "pip", "install", "--no-index", wheel, env=bare())
    return directory
