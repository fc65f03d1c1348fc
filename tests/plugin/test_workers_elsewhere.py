"""Remote workers of pytest-xdist, with an `ssh` that stays on this machine. Each has its own directory and environment."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support import write_files

type Run = Callable[..., subprocess.CompletedProcess[str]]

CHROMIUM = Path("/usr/lib/chromium/chromium-headless-shell")

STORIES = """
import os
from string.templatelib import Template

from storytime import Story, Subject


def Box(*, colour: str = "white") -> Template:
    return t'<style>body {{ margin: 0 }}</style><div style="height: 100px; background: {colour}">{os.environ["WHERE"]}</div>'


def is_on_a_worker(story):
    assert "on a worker" in story


def this_subject() -> Subject:
    return Subject(title="Box", target=Box, parameters={"a11y": {"disable": True}}, items=[
        Story(title="Plain", assertions=[is_on_a_worker]),
        Story(title="Blue", props={"colour": "navy"}, assertions=[is_on_a_worker]),
        Story(title="Red", props={"colour": "maroon"}, assertions=[is_on_a_worker]),
    ])
"""

IDS = {f"box::{story}{test}" for story in ("Plain", "Blue", "Red") for test in ("", "::is_on_a_worker")}  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_files(
        tmp_path / "here/project",
        {
            "pyproject.toml": "[tool.storytime]\npackage = 'shop'\n",
            "shop/__init__.py": "",
            "shop/stories.py": "from storytime import Site\n\n\ndef this_site() -> Site:\n    return Site(title='Shop')\n",
            "shop/box/__init__.py": "",
            "shop/box/stories.py": STORIES,
        },
    )


def site_packages(environment: Path) -> Path:
    """The site-packages directory of an environment."""
    return next((environment / "lib").glob("python*/site-packages"))


@pytest.fixture
def worker(tmp_path: Path, playwright: Path, program: Path) -> Path:
    """A directory that stands for another machine, with an environment in `env`."""
    directory = tmp_path / "worker"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", directory / "env"], check=True)
    lines = [str(site_packages(playwright)), str(program.parent / "python")]
    (site_packages(directory / "env") / "others.pth").write_text("\n".join(lines) + "\n")
    return directory


@pytest.fixture
def ssh(tmp_path: Path, worker: Path) -> Path:
    """A directory with an `ssh` that runs a command in the worker's directory, without our environment variables."""
    environment = f"HOME={worker} PATH=/usr/bin:/bin WHERE='on a worker'"
    script = f'#!/bin/sh\nfor command; do :; done\ncd {shlex.quote(str(worker))}\nexec env -i {environment} sh -c "$command"\n'
    files = write_files(tmp_path / "bin", {"ssh": script})
    (files / "ssh").chmod(0o755)
    return files


@pytest.fixture
def run(run_pytest: Run, project: Path, playwright: Path, ssh: Path, worker: Path) -> Run:
    """Run pytest in the project, with two workers or another number."""

    def run(
        *arguments: str, by: str = "ssh=machine", count: int = 2
    ) -> subprocess.CompletedProcess[str]:
        places = [f"chdir={worker}/copy{number}" for number in range(1, count + 1)]
        workers = [f"--tx={by}//{place}//python={worker}/env/bin/python" for place in places]
        return run_pytest(
            *(project, "-rA", "--dist=load", *workers, *arguments),
            python=playwright / "bin/python",
            variables={"PATH": f"{ssh}:{os.environ['PATH']}", "WHERE": "here"},
        )

    return run


def passed(result: subprocess.CompletedProcess[str]) -> set[str]:
    """The ids of the tests that passed."""
    return {line.split(" ", 1)[1] for line in result.stdout.splitlines() if line.startswith("PASSED ")}  # fmt: skip


@pytest.mark.parametrize(
    ("package", "count"), [("--storytime", 2), ("--storytime=PROJECT/shop", 1)]
)
def test_remote_workers_render_stories_with_the_same_ids(
    run: Run, project: Path, package: str, count: int
) -> None:
    result = run(package.replace("PROJECT", str(project)), f"--rsyncdir={project}", count=count)
    assert passed(result) == IDS, result.stdout + result.stderr


def test_local_workers_may_have_their_own_directories(run: Run, project: Path) -> None:
    result = run("--storytime", f"--rsyncdir={project}", by="popen")
    assert passed(result) == {one for one in IDS if one.count("::") == 1}, result.stdout


def test_an_existing_copy_of_the_package_is_used(run: Run, project: Path, worker: Path) -> None:
    shutil.copytree(project, worker / "copy1")
    result = run("--storytime=shop", count=1)
    assert passed(result) == IDS, result.stdout + result.stderr


def test_a_worker_without_the_package_names_it(run: Run) -> None:
    result = run("--storytime=shop", count=1)
    assert result.returncode != 0
    assert "there is no package 'shop'" in result.stdout, result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr


@pytest.mark.long
@pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no Chromium")
def test_remote_workers_compare_screenshots_and_send_them_back(run: Run, project: Path) -> None:
    browser = [f"--rsyncdir={project}", f"--storytime-chromium={CHROMIUM}", "-k", "browser"]
    browser += ["--storytime-screenshots=pictures"]
    pictures = project / "pictures/box"
    result = run(*browser, "--storytime-update")
    assert len(passed(result)) == 3, result.stdout + result.stderr
    assert {path.name for path in pictures.iterdir()} == {"plain.png", "blue.png", "red.png"}
    (pictures / "red.png").write_bytes((pictures / "blue.png").read_bytes())
    result = run(*browser)
    assert passed(result) == {"box::Plain::browser", "box::Blue::browser"}, result.stdout
    assert re.search(r"it looks different: \d+ pixels differ", result.stdout)
    assert f"difference: {pictures}/red-difference.png" in result.stdout
    for name in ("red-actual", "red-difference"):
        assert (pictures / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert len(passed(run(*browser, "--storytime-update"))) == 3
    assert {path.name for path in pictures.iterdir()} == {"plain.png", "blue.png", "red.png"}


def test_a_worker_without_chromium_says_so(run: Run, project: Path) -> None:
    result = run(
        *("--storytime", "--storytime-browser", f"--rsyncdir={project}", "-k", "browser"),
        "--storytime-chromium=/nowhere/chromium",
        count=1,
    )
    assert result.returncode == 1
    assert result.stdout.count("FAILED box::") == 3, result.stdout + result.stderr
    assert "there is no file /nowhere/chromium" in result.stdout
