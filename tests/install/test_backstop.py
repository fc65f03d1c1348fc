"""The recipe for BackstopJS in docs/tools.md, with the one from npm."""

import os
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Server, listen, wait_for_text

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.long


@pytest.fixture
def backstop(tmp_path: Path) -> Path:
    """A directory with BackstopJS and the recipe's configuration."""
    directory = tmp_path / "pictures"
    directory.mkdir()
    (directory / "package.json").write_text('{"name":"pictures","private":true}')
    if shutil.which("npm") is None or not Path("/usr/bin/chromium").exists():
        pytest.skip("npm or Chromium is missing")
    done = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "backstopjs@6"],
        cwd=directory,
        env={**os.environ, "PUPPETEER_SKIP_DOWNLOAD": "1", "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"},
        check=False,
        timeout=600,
    )
    if done.returncode != 0:
        pytest.skip("BackstopJS can't be installed: no package index can be reached")
    recipe = re.search(
        r"```js\n(// What BackstopJS .*?)```", (ROOT / "docs/tools.md").read_text(), re.DOTALL
    )
    assert recipe is not None
    (directory / "backstop.cjs").write_text(recipe[1])
    return directory


def test_pictures_of_all_stories(
    serve: Callable[..., Server], backstop: Path, tmp_path: Path
) -> None:
    package = tmp_path / "complete"
    shutil.copytree(ROOT / "examples/complete", package)
    server = serve(package)
    with urllib.request.urlopen(f"{server.url}/index.json") as answer:
        (backstop / "index.json").write_bytes(answer.read())

    def take(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["node", "node_modules/.bin/backstop", command, "--config=backstop.cjs"],
            cwd=backstop,
            env={
                **os.environ,
                "CATALOG": f"{server.url}/",
                "PUPPETEER_EXECUTABLE_PATH": "/usr/bin/chromium",
            },
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )

    reference = take("reference")
    assert reference.returncode == 0, reference.stdout
    assert len(list((backstop / "pictures/accepted").iterdir())) == 5
    same = take("test")
    assert same.returncode == 0, same.stdout
    assert "5 Passed" in same.stdout
    with listen(server) as page:
        style = package / "static/complete.css"
        style.write_text(style.read_text() + "\nhtml, body { background: black }\n")
        wait_for_text(server, page, "background: black", "static/complete.css")
    other = take("test")
    assert other.returncode == 1, other.stdout
    assert re.search(r"[1-5] Failed", other.stdout), other.stdout
