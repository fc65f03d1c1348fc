"""The recipes in docs/tools.md for BackstopJS and Lost Pixel, run with these tools from npm."""

import os
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from support import Server, listen, wait_for_text

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.long


@dataclass
class Tool:
    """A tool that takes screenshots of stories and compares them."""

    name: str
    package: str  # on npm
    configuration: str  # the name of its file
    accept: list[str]
    compare: list[str]
    same: str  # what it prints if nothing has changed
    different: str  # what it prints if something has changed


TOOLS = [
    Tool(
        *("BackstopJS", "backstopjs@6", "backstop.cjs"),
        accept=["backstop", "reference", "--config=backstop.cjs"],
        compare=["backstop", "test", "--config=backstop.cjs"],
        same="5 Passed",
        different=r"[1-5] Failed",
    ),
    Tool(
        *("Lost Pixel", "lost-pixel@3", "lostpixel.config.js"),
        accept=["lost-pixel", "update"],
        compare=["lost-pixel"],
        same="Comparison done!",
        different=r"[1-5] found differences",
    ),
]


@pytest.fixture(params=TOOLS, ids=lambda tool: tool.name)
def tool(request: pytest.FixtureRequest) -> Tool:
    found: Tool = request.param
    return found


@pytest.fixture
def directory(tmp_path: Path, tool: Tool) -> Path:
    """A directory with the tool and the recipe's configuration."""
    directory = tmp_path / "pictures"
    directory.mkdir()
    (directory / "package.json").write_text('{"name":"pictures","private":true}')
    if shutil.which("npm") is None or not Path("/usr/bin/chromium").exists():
        pytest.skip("npm or Chromium is missing")
    done = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", tool.package],
        cwd=directory,
        env={**os.environ, "PUPPETEER_SKIP_DOWNLOAD": "1", "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"},
        check=False,
        timeout=600,
    )
    if done.returncode != 0:
        pytest.skip(f"{tool.name} can't be installed: npm's registry can't be reached")
    saved_as = f"Save this as `{re.escape(tool.configuration)}`:\n\n"
    recipe = re.search(
        f"{saved_as}```js\n(.*?)```", (ROOT / "docs/tools.md").read_text(), re.DOTALL
    )
    assert recipe is not None
    (directory / tool.configuration).write_text(recipe[1])
    return directory


def test_screenshots_of_all_stories_are_taken_and_compared(
    serve: Callable[..., Server], tool: Tool, directory: Path, tmp_path: Path
) -> None:
    package = tmp_path / "complete"
    shutil.copytree(ROOT / "examples/complete", package)
    server = serve(package)
    with urllib.request.urlopen(f"{server.url}/index.json") as answer:
        (directory / "index.json").write_bytes(answer.read())

    def take(command: list[str]) -> subprocess.CompletedProcess[str]:
        program, *arguments = command
        return subprocess.run(
            ["node", f"node_modules/.bin/{program}", *arguments],
            cwd=directory,
            env={
                **os.environ,
                "CATALOG": f"{server.url}/",
                "CHROMIUM": "/usr/bin/chromium",
                "PUPPETEER_EXECUTABLE_PATH": "/usr/bin/chromium",
                "LOST_PIXEL_DISABLE_TELEMETRY": "1",
            },
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )

    accepted = take(tool.accept)
    assert len(list((directory / "pictures/accepted").iterdir())) == 5, accepted.stdout
    same = take(tool.compare)
    assert same.returncode == 0, same.stdout
    assert tool.same in same.stdout
    with listen(server) as page:
        style = package / "static/complete.css"
        style.write_text(style.read_text() + "\nhtml, body { background: black }\n")
        wait_for_text(server, page, "background: black", "static/complete.css")
    other = take(tool.compare)
    assert other.returncode == 1, other.stdout
    assert re.search(tool.different, other.stdout), other.stdout
