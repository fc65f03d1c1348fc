"""From the start to the first build: the URL can be opened at once, and says how far the build is."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support import PREVIEW, Server, listen, shows, story_module
from support.packages import SITE


@pytest.fixture
def gate(package: Path, tmp_path: Path) -> Path:
    """Builds of the package wait until somebody writes to this."""
    path = tmp_path / "gate"
    os.mkfifo(path)
    (package / "stories.py").write_text(f"open({str(path)!r}).read()\n{SITE}")
    return path


def open_gate(gate: Path) -> None:
    """Let the build go on that waits."""
    gate.write_text("")


def test_answers_before_the_first_build(
    serve: Callable[..., Server], package: Path, gate: Path
) -> None:
    """With the status that tools wait at, whatever is asked for."""
    server = serve(package, ready=False)
    server.wait_listening()
    for path in ("", "components/button/", PREVIEW, "index.json"):
        for method in ("GET", "HEAD"):
            status, headers, body = server.request(path, method=method)
            assert (status, headers["retry-after"]) == (503, "1")
            assert headers["content-type"] == "text/html; charset=utf-8"
            assert (b"Building the catalog" in body) == (method == "GET")
    assert server.request("__storytime/nothing")[0] == 404
    open_gate(gate)
    server.wait_for("The first build has ended")
    assert shows("Buy") in server.get(PREVIEW)
    assert server.request("nothing.html")[0] == 404


def test_shows_the_last_good_tree(
    serve: Callable[..., Server],
    build: Callable[..., object],
    package: Path,
    gate: Path,
    tmp_path: Path,
) -> None:
    """What an earlier server or build left is there until the first build replaces it; what it has not is being built."""
    gated = (package / "stories.py").read_text()
    (package / "stories.py").write_text(SITE)
    build(package, tmp_path / "out")
    (package / "stories.py").write_text(gated)
    (package / "components/button/stories.py").write_text(story_module("Sell", title="Second"))
    server = serve(package, tmp_path / "out", ready=False)
    server.wait_listening()
    assert shows("Buy") in server.get(PREVIEW)
    assert server.request(PREVIEW.replace("first", "second"))[0] == 503
    open_gate(gate)
    server.wait_for("The first build has ended")
    assert shows("Sell") in server.get(PREVIEW.replace("first", "second"))
    assert server.request(PREVIEW)[0] == 404


def test_keeps_what_others_wrote_to_itself(
    serve: Callable[..., Server], package: Path, gate: Path, tmp_path: Path
) -> None:
    """An OUT that storytime did not write is refused, and nothing of it is served before."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "private.txt").write_text("mine")
    server = serve(package, tmp_path / "out", ready=False)
    server.wait_listening()
    status, _, body = server.request("private.txt")
    assert (status, b"mine" in body) == (503, False)
    open_gate(gate)
    assert server.process.wait(30) == 2


def test_a_first_build_that_fails_says_so(serve: Callable[..., Server], package: Path) -> None:
    """In place of pages, until a save mends it."""
    (package / "stories.py").write_text("")
    server = serve(package)
    status, _, body = server.request("")
    assert status == 503
    assert b"The catalog could not be built" in body
    with listen(server) as page:
        (package / "stories.py").write_text(SITE)
        page.reload()
    assert shows("Buy") in server.get(PREVIEW)
    assert server.request("nothing.html")[0] == 404
