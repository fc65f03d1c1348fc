"""storytime.asgi: a catalog in a user's ASGI application, run by uvicorn."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import PREVIEW, Page, shows, story_module, write_files
from support.processes import TIMEOUT, children_of, wait_until
from websockets.sync.client import connect

BARE = """
from storytime.asgi import create_app
app = create_app({package!r}, use_subinterpreters=True)
"""

MOUNTED = """
from contextlib import asynccontextmanager
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from storytime.asgi import create_app

catalog = create_app({package!r}, use_subinterpreters=True)

async def home(request):
    return PlainTextResponse("the application")

app = Starlette(routes=[Route("/", home), Mount("/catalog", app=catalog)]{lifespan})
"""

FASTAPI = """
from fastapi import FastAPI
from storytime.asgi import create_app

app = FastAPI()

@app.get("/")
def home():
    return "the application"

app.mount("/catalog", create_app({package!r}))
"""

ROUTED = """
from storytime import Story, Subject

def save(*, name: str):
    return t"<li>saved {name}</li>"

def this_subject() -> Subject:
    story = Story(title="First", routes={"POST /contacts": save})
    return Subject(title="Button", target=lambda: "<form></form>", items=[story])
"""

LOOPING = """
from pathlib import Path
from storytime import Story, Subject

def Button(*, label: str):
    while label == "loop":
        Path({mark!r}).touch()
    return t"<button>{{label}}</button>"

def this_subject() -> Subject:
    return Subject(title="Button", target=Button, items=[Story(title="First", props={{"label": "Buy"}})])
"""


def is_alive(process: int) -> bool:
    """Whether a process runs. A zombie does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def descendants(process: int) -> list[int]:
    """All children of a process, and their children."""
    found = children_of(process)
    return found + [one for child in found for one in descendants(child)]


class Host:
    """uvicorn with an application."""

    def __init__(self, directory: Path, program: Path, text: str, *options: str) -> None:
        (directory / "host.py").write_text(text)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.log = directory / "host.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "uvicorn", "host:app"),
                    *("--fd", str(self.socket.fileno()), *options),
                ],
                cwd=directory,
                env={**os.environ, "PYTHONPATH": str(program.parent / "python")},
                stdout=log,
                stderr=log,
                pass_fds=[self.socket.fileno()],
            )
        self.socket.close()

    def get(self, path: str) -> str:
        """The text of a page."""
        with urllib.request.urlopen(
            f"http://127.0.0.1:{self.port}/{path}", timeout=TIMEOUT
        ) as answer:
            return str(answer.read().decode())

    def post(self, path: str, body: bytes | Iterator[bytes]) -> str:
        """The answer to a form in the preview of the small package's story."""
        address = f"http://127.0.0.1:{self.port}"
        fields = {"Origin": address, "Referer": f"{address}/{PREVIEW}"}
        request = urllib.request.Request(f"{address}/{path}", body, fields)
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return str(answer.read().decode())

    @contextmanager
    def listen(self, prefix: str, page: str) -> Iterator[Page]:
        """Connect like a page of the catalog."""
        address = f"127.0.0.1:{self.port}"
        with connect(
            f"ws://{address}/{prefix}ws/reload",
            origin=f"http://{address}",  # type: ignore[arg-type]
            compression=None,
            open_timeout=TIMEOUT,
        ) as connection:
            client = Page(connection)
            connection.send(f'{{"type":"hello","page":"{page}"}}')
            assert client.receive()["type"] == "hello"
            yield client

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(number)
        self.process.wait(TIMEOUT)


@pytest.fixture
def host(tmp_path: Path, program: Path) -> Iterator[Callable[..., Host]]:
    """Start hosts; each must leave nothing behind."""
    started: list[Host] = []

    def start(text: str, *options: str) -> Host:
        started.append(Host(tmp_path, program, text, *options))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            left = descendants(one.process.pid)
            one.end()
            wait_until(lambda left=left: not any(map(is_alive, left)))
        print(one.log.read_text())


def test_a_catalog_as_the_whole_application(host: Callable[..., Host], package: Path) -> None:
    started = host(BARE.format(package=str(package)))
    assert shows("Buy") in started.get(PREVIEW)
    with started.listen("", PREVIEW) as page:
        (package / "components/button/stories.py").write_text(story_module("Sell"))
        page.reload()
        assert shows("Sell") in started.get(PREVIEW)
    left = descendants(started.process.pid)
    assert len(left) == 2  # the native server and its builder
    started.end()
    wait_until(lambda: not any(map(is_alive, left)))
    log = started.log.read_text()
    assert log.index("Created a pool") < log.index("Watching")
    assert "Application shutdown complete" in log


def test_pages_follow_saves_where_python_drops_assertions(
    host: Callable[..., Host], package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    started = host(BARE.format(package=str(package)))
    with started.listen("", PREVIEW) as page:
        (package / "components/button/stories.py").write_text(story_module("Sell"))
        page.reload()
        assert shows("Sell") in started.get(PREVIEW)


@pytest.mark.parametrize("lifespan", ["", ", lifespan=catalog.lifespan"], ids=["lazy", "lifespan"])
def test_a_catalog_mounted_in_starlette(
    host: Callable[..., Host], package: Path, lifespan: str
) -> None:
    started = host(MOUNTED.format(package=str(package), lifespan=lifespan))
    assert started.get("") == "the application"
    found = started.get("catalog/" + PREVIEW)
    assert shows("Buy") in found
    script = re.search(r'src="([./]*__storytime/live.js)"', found)
    assert script
    assert script[1] == "../../../__storytime/live.js"
    assert "WebSocket" in started.get("catalog/__storytime/live.js")
    with started.listen("catalog/", PREVIEW) as page:
        (package / "components/button/stories.py").write_text(story_module("Sell"))
        assert page.reload()["pages"]
        assert shows("Sell") in started.get("catalog/" + PREVIEW)


def test_a_catalog_mounted_in_fastapi(host: Callable[..., Host], package: Path) -> None:
    pytest.importorskip("fastapi")
    started = host(FASTAPI.format(package=str(package)))
    assert "the application" in started.get("")
    assert shows("Buy") in started.get("catalog/" + PREVIEW)
    assert "<title>" in started.get("catalog")  # without its slash
    assert "<title>Button" in started.get("catalog/components/button")


def test_routes_get_the_bodies_of_requests(host: Callable[..., Host], package: Path) -> None:
    write_files(package, {"components/button/stories.py": ROUTED})
    started = host(BARE.format(package=str(package)))
    started.get(PREVIEW)
    assert started.post("contacts", b"name=Ann") == "<li>saved Ann</li>"
    assert started.post("contacts", iter([b"name=", b"Bob"])) == "<li>saved Bob</li>"
    with pytest.raises(urllib.error.HTTPError) as refused:
        started.post("contacts", b"x" * (1024 * 1024 + 1))
    assert refused.value.code == 413
    refused.value.close()


def test_a_page_that_nobody_waits_for_is_not_rendered_to_its_end(
    host: Callable[..., Host], package: Path, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    write_files(package, {"components/button/stories.py": LOOPING.format(mark=str(mark))})
    text = BARE.replace("=True", "=True, build_timeout=600")
    started = host(text.format(package=str(package)))
    assert shows("Buy") in started.get(PREVIEW)
    with socket.create_connection(("127.0.0.1", started.port)) as connection:
        connection.sendall(
            f"GET /{PREVIEW}?args=label:loop HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        )
        wait_until(mark.exists)
    assert shows("Next") in started.get(f"{PREVIEW}?args=label:Next")


def test_a_host_that_is_killed_leaves_nothing(host: Callable[..., Host], package: Path) -> None:
    started = host(BARE.format(package=str(package)))
    started.get(PREVIEW)
    left = descendants(started.process.pid)
    assert left
    started.end(signal.SIGKILL)
    wait_until(lambda: not any(map(is_alive, left)))


def test_start_errors_are_reported(host: Callable[..., Host], tmp_path: Path) -> None:
    started = host(BARE.format(package=str(tmp_path / "missing")))
    assert started.process.wait(TIMEOUT) != 0
    log = started.log.read_text()
    assert "storytime cannot serve the catalog" in log
    assert "STY104" in log


def test_other_hosts_and_origins_are_refused(host: Callable[..., Host], package: Path) -> None:
    started = host(BARE.format(package=str(package)))
    address = f"http://127.0.0.1:{started.port}/"
    started.get("")
    for fields in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        request = urllib.request.Request(address, headers=fields)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=TIMEOUT)
        assert refused.value.code == 403
        refused.value.close()
