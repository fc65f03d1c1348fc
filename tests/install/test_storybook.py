"""A Storybook from npm that composes our catalog: tests/browser/storybook.mjs."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.long(minutes=1)  # waits for npm


@pytest.fixture(scope="module")
def storybook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that a Storybook is installed in."""
    directory = tmp_path_factory.mktemp("storybook")
    (directory / "package.json").write_text('{"name":"composing","private":true,"type":"module"}')
    if shutil.which("npm") is None:
        pytest.skip("there is no npm")
    packages = ["storybook@10", "@storybook/html-vite@10", "vite@8"]
    done = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", *packages],
        cwd=directory,
        check=False,
        timeout=600,
    )
    if done.returncode != 0:
        pytest.skip("Storybook can't be installed: npm's registry can't be reached")
    return directory


def test_storybook_composes_a_catalog(storybook: Path, program: Path) -> None:
    done = subprocess.run(
        ["node", "--test", "--test-timeout=240000", "tests/browser/storybook.mjs"],
        cwd=ROOT,
        env={**os.environ, "STORYBOOK": str(storybook), "STORYTIME": str(program)},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout
