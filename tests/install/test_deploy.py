"""Runs the commands of docs/deploy.md and packaging/Containerfile."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urljoin

import pytest
from support import example, write_files
from support.installing import ROOT, bare, command, get, make_environment

SECTIONS = dict(
    re.findall(r"(?ms)^## ([^\n]+)\n(.*?)(?=^## |\Z)", (ROOT / "docs/deploy.md").read_text())
)


def commands(section: str) -> str:
    """The shell commands of a section: its sh blocks, and the steps of its pipelines."""
    text = "".join(re.findall(r"(?ms)^```sh\n(.*?)^```", SECTIONS[section]))
    for block in re.findall(r"(?ms)^```yaml\n(.*?)^```", SECTIONS[section]):
        text += "".join(f"{line}\n" for line in re.findall(r"(?m)^      - run: (.*)$", block))
        if found := re.search(r"(?ms)^  script:\n(.*?)^  \w", block):
            text += re.sub(r"(?m)^    - ", "", found[1])
    return text


@pytest.fixture
def project(wheel: Path, tmp_path: Path) -> Path:
    """A repository with stories and the wheel."""
    write_files(tmp_path / "shop", example())
    (tmp_path / "vendor").mkdir()
    shutil.copy(wheel, tmp_path / "vendor")
    return tmp_path


@pytest.mark.parametrize("section", ["Any CI", "GitHub Pages", "GitLab Pages"])
def test_a_pipeline_builds_the_catalog_and_fails_if_it_is_broken(
    project: Path, tmp_path_factory: pytest.TempPathFactory, section: str
) -> None:
    python = make_environment(tmp_path_factory.mktemp("python") / "environment")
    env = bare(PATH=f"{python}/bin:/usr/bin:/bin", PIP_NO_INDEX="1")
    text = commands(section)
    assert "storytime build" in text
    command("sh", "-ec", text, cwd=project, env=env)
    assert "Shop" in (project / "public/index.html").read_text()

    (project / "shop/components/button/stories.py").write_text("def f(:\n")
    failed = subprocess.run(
        ["sh", "-ec", text], check=False, cwd=project, env=env, capture_output=True, timeout=300
    )
    assert failed.returncode == 1


def test_a_catalog_below_a_path_of_a_web_server(project: Path, installed: Path) -> None:
    env = bare(PATH=f"{installed}/bin:/usr/bin:/bin")
    command("sh", "-ec", commands("nginx, below a path"), cwd=project, env=env)
    handler = partial(SimpleHTTPRequestHandler, directory=str(project / "srv"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            base = f"http://127.0.0.1:{server.server_port}/catalog/"
            page = urljoin(base, "components/button/first/")
            found = re.findall(r'(?:href|src)="([^"#:?]+)"', get(page))
            assert len(found) > 3
            for address in {urljoin(page, name) for name in found}:
                assert address.startswith(base), address
                get(address)
        finally:
            server.shutdown()
            thread.join()


def test_the_steps_of_the_containerfile(wheel: Path, tmp_path: Path) -> None:
    """Runs each step without a base image, with this system's programs."""
    if shutil.which("bwrap") is None or os.getuid() != 0:
        pytest.skip("bwrap and the superuser's rights are needed for the steps of a container")
    inside = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    for name in ("opt", "tmp"):
        (tmp_path / name).mkdir()
        inside += ["--bind", str(tmp_path / name), f"/{name}"]
    (tmp_path / "tmp").chmod(0o1777)
    env = bare()
    user: list[str] = []
    start: list[str] = []
    for line in (ROOT / "packaging/Containerfile").read_text().splitlines():
        step, _, rest = line.partition(" ")
        if step == "COPY" and not rest.startswith("--from"):
            assert Path(f"dist/{wheel.name}").match(rest.split()[0])
            shutil.copy(wheel, tmp_path / rest.split()[1].strip("/"))
        elif step == "RUN":
            command(*inside, "sh", "-ec", rest, env=env)
        elif step == "ENV":
            env.update([rest.split("=", 1)])
        elif step == "USER":
            uid, _, gid = rest.partition(":")
            user = ["setpriv", "--reuid", uid, "--regid", gid, "--clear-groups"]
        elif step in ("ENTRYPOINT", "CMD"):
            start += json.loads(rest)
    assert user and start[0] == "storytime"
    try_served = (ROOT / "tests/install/try_served.py").read_text()
    command(*inside, *user, sys.executable, "-c", try_served, *start, env=env)
