"""Before the first build has ended: what the server answers, and that pages that are asked for are built first."""

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import PREVIEW, Server, listen, shows, story_module, tree, wait_for_page, write_files
from support.packages import SITE


@pytest.fixture
def gate(package: Path, tmp_path: Path) -> Path:
    """A FIFO: builds of the package wait until somebody writes to it."""
    path = tmp_path / "gate"
    os.mkfifo(path)
    (package / "stories.py").write_text(f"open({str(path)!r}).read()\n{SITE}")
    return path


def open_gate(gate: Path) -> None:
    """Let the waiting build go on."""
    gate.write_text("")


def test_every_address_gets_503_before_the_first_build(
    serve: Callable[..., Server], package: Path, gate: Path
) -> None:
    """Every address has status 503, on which tools wait."""
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


def test_pages_of_an_earlier_build_are_served_until_the_first_build(
    serve: Callable[..., Server],
    build: Callable[..., object],
    package: Path,
    gate: Path,
    tmp_path: Path,
) -> None:
    """Pages of an earlier build are served until the first build replaces them; others get status 503."""
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


def test_files_of_others_are_not_served(
    serve: Callable[..., Server], package: Path, gate: Path, tmp_path: Path
) -> None:
    """An OUT that storytime did not write is refused by the build, and nothing in it is served before that."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "private.txt").write_text("mine")
    server = serve(package, tmp_path / "out", ready=False)
    server.wait_listening()
    status, _, body = server.request("private.txt")
    assert (status, b"mine" in body) == (503, False)
    open_gate(gate)
    assert server.process.wait(30) == 2


def test_a_failed_first_build_is_shown(serve: Callable[..., Server], package: Path) -> None:
    """In place of every page, until a save repairs it."""
    (package / "stories.py").write_text("")
    server = serve(package)
    status, _, body = server.request("")
    assert status == 503
    assert b"The catalog could not be built" in body
    with listen(server) as page:
        (package / "stories.py").write_text(SITE)
        wait_for_page(server, page, shows("Buy"))
    server.wait_for("Build 2: 1 story")
    assert server.request("nothing.html")[0] == 404


def test_each_server_numbers_its_builds_on_its_own(
    serve: Callable[..., Server], package: Path
) -> None:
    """A page that was open before a restart takes over what it has missed, however quick the restart was."""
    numbers = []
    for _ in range(3):
        server = serve(package)
        found = re.search(r'data-build="(\d+)"', server.get(PREVIEW))
        assert found
        numbers.append(int(found[1]))
        assert server.interrupt() == 0
    assert numbers == sorted(set(numbers))


# -- pages that are asked for ------------------------------------------------------------------------------------------


@contextmanager
def held_open(gate: Path) -> Iterator[None]:
    """Let everybody pass the gate from now on."""
    over = threading.Event()

    def pass_all() -> None:
        while not over.is_set():
            open_gate(gate)

    thread = threading.Thread(target=pass_all)
    thread.start()
    try:
        yield
    finally:
        over.set()
        reader = os.open(gate, os.O_RDONLY | os.O_NONBLOCK)  # a write may wait, or begin only now
        thread.join()
        os.close(reader)


def gated_unit(gate: Path, name: str, more: str = "") -> dict[str, str]:
    """A subject whose module waits at the gate."""
    return {
        f"{name}/__init__.py": "",
        f"{name}/stories.py": f"open({str(gate)!r}).read()\n{more}{story_module(name)}",
    }


UNITS = [f"a{number}" for number in range(8)]


def test_the_requested_page_is_built_first(
    serve: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    """It is served complete, with its assets, while other modules are still being imported."""
    # With one gate for all modules, a module that is still reading could take the write meant for the next one.
    gates = {name: tmp_path / name for name in UNITS}
    for name, gate in gates.items():
        os.mkfifo(gate)
        write_files(package, gated_unit(gate, name))
    write_files(package, {"static/shop.css": "b { color: red }"})
    server = serve(package, ready=False)
    server.wait_listening()
    page = PREVIEW.replace("preview", "index")
    seen = []
    for name, gate in gates.items():
        with gate.open("w"):  # once the module has opened it; it reads until the end of this block
            seen.append([server.request(path)[0] for path in (page, PREVIEW, "", f"{name}/first/")])
            if seen[-1][0] == 200:
                assert shows("Buy") in server.get(PREVIEW)
                assert server.get("static/shop.css") == "b { color: red }"
                assert server.get("_storytime/storytime.css")
    server.wait_for("The first build has ended")
    assert seen[0] == [503] * 4
    assert [200, 200, 503, 503] in seen
    assert server.get("") and server.get(f"{UNITS[-1]}/first/")


def test_requested_pages_wait_where_the_order_of_imports_matters(
    serve: Callable[..., Server], build: Callable[..., object], package: Path, tmp_path: Path
) -> None:
    """Modules that register themselves on import: every page is as `storytime build` makes it."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    more = "from shop.registry import NAMES\nNAMES.append(__name__)\n"
    write_files(package, {"registry.py": "NAMES = []\n"})
    for name in UNITS:
        write_files(package, gated_unit(gate, name, more))
    stories = package / "components/button/stories.py"
    stories.write_text(more + story_module("x").replace("'x'", "str(len(NAMES))"))
    server = serve(package, tmp_path / "out", "-v", ready=False)
    server.wait_listening()
    for _ in UNITS:
        assert server.request(PREVIEW)[0] == 503
        open_gate(gate)
    with held_open(gate):
        server.wait_for("Building in order")
        server.wait_for("The first build has ended")
        build(package, tmp_path / "expected")
    assert shows("9") in server.get(PREVIEW)
    assert tree(tmp_path / "out") == tree(tmp_path / "expected")
