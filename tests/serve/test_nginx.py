"""The configurations for nginx in docs/deploy.md, with a real nginx."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from support import Page, Server, links_of, run, story_module, write_files
from support.processes import TIMEOUT
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

RECIPES = Path(__file__).parents[2] / "docs/deploy.md"
NAME = "catalog.example.org"

type Answer = tuple[int, dict[str, str], str]


def recipe(section: str) -> str:
    """The configuration in a section."""
    found = re.search(rf"(?ms)^## {section}$.*?^```nginx\n(.*?)^```", RECIPES.read_text())
    assert found is not None
    return found[1]


class Nginx:
    """A running nginx, which gets requests for the host in the recipes."""

    def __init__(self, port: int) -> None:
        self.port = port

    def request(
        self, path: str, method: str = "GET", body: str | None = None, **headers: str
    ) -> Answer:
        """Status, headers and text of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            connection.request(method, path, body, {"Host": NAME, **headers})
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, found, answer.read().decode()
        finally:
            connection.close()

    def get(self, path: str) -> str:
        """The text of a page, which must exist."""
        status, _, text = self.request(path)
        assert status == 200, f"{path}: {status}"
        return text

    def follow(self, path: str) -> set[str]:
        """The paths of all links of a page within the site, none of which may be broken."""
        links = {urljoin(path, link) for link in links_of(self.get(path))}
        paths = {urlsplit(link).path for link in links if not urlsplit(link).scheme}
        for link in paths:
            self.get(link)
        return paths


type Start = Callable[[str], AbstractContextManager[Nginx]]


@pytest.fixture
def nginx(tmp_path: Path) -> Start:
    """Start nginx with servers, in which PORT stands for their port. nginx inherits the socket, as it does when it is
    upgraded."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("there is no nginx")

    @contextmanager
    def start(servers: str) -> Iterator[Nginx]:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
            file = tmp_path / "nginx.conf"
            paths = "".join(
                f"{name}_temp_path {tmp_path / name};\n"
                for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            )
            user = "user root root;\n" if os.getuid() == 0 else ""
            file.write_text(
                f"{user}daemon off;\nworker_processes 1;\npid {tmp_path}/nginx.pid;\nerror_log stderr;\n"
                f"events {{}}\nhttp {{\ninclude /etc/nginx/mime.types;\naccess_log off;\n{paths}"
                f"{servers.replace('PORT', f'127.0.0.1:{port}')}\n}}\n"
            )
            words = [program, "-e", "stderr", "-p", str(tmp_path), "-c", str(file)]
            tested = subprocess.run([*words, "-t"], check=False, capture_output=True, text=True)
            assert tested.returncode == 0, tested.stderr
            assert "warn" not in tested.stderr
            descriptor = listening.fileno()
            process = subprocess.Popen(
                words,
                pass_fds=[descriptor],
                env={**os.environ, "NGINX": f"{descriptor};"},
                start_new_session=True,
            )
        try:
            yield Nginx(port)
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(TIMEOUT) == 0

    return start


def test_nginx_serves_a_static_catalog_below_a_path(
    program: Path, package: Path, tmp_path: Path, nginx: Start
) -> None:
    write_files(package, {"static/note.txt": "näher", "guide.md": "# Guide\n"})
    done = run(program, "build", package, tmp_path / "srv/catalog", "--strict")
    assert done.returncode == 0, done.stderr
    text = recipe("nginx, below a path").replace("/srv/", f"{tmp_path}/srv/")
    with nginx(f"server {{ listen PORT; server_name {NAME};\n{text}}}") as server:
        for page in ("", "components/button/first/", "guide.html"):
            paths = server.follow(f"/catalog/{page}")
            assert len(paths) > 3
            assert all(path.startswith("/catalog/") for path in paths)
        _, fields, text = server.request("/catalog/static/note.txt")
        assert (fields["content-type"], text) == ("text/plain; charset=utf-8", "näher")
        status, fields, text = server.request("/catalog/no/such/page.html")
        assert status == 404
        assert "This catalog has no such page" in text


@pytest.mark.parametrize("path", ["/", "/catalog/"])
def test_nginx_before_a_live_server(
    serve: Callable[..., Server],
    package: Path,
    nginx: Start,
    path: str,
) -> None:
    write_files(package, {"static/note.txt": "near"})
    live = serve(package, "--allowed-host", NAME)
    text = recipe("nginx, before a live server")
    for old, new in (
        ("listen 80", "listen PORT"),
        ("http://127.0.0.1:8080", live.url),
        ("location / {", f"location {path} {{"),
    ):
        assert old in text
        text = text.replace(old, new)
    page = f"{path}components/button/first/preview.html"
    with nginx(text) as server:
        links = server.follow(f"{path}components/button/first/")
        assert links and all(link.startswith(path) for link in links)
        assert server.get(f"{path}static/note.txt") == "near"
        assert server.request(f"{path}no/such/page.html")[0] == 404
        assert_own_machine_only(server, path)
        address = f"ws://{NAME}{path}ws/reload"
        with (
            socket.create_connection(("127.0.0.1", server.port)) as stream,
            connect(address, sock=stream, origin=f"http://{NAME}", compression=None) as opened,  # type: ignore[arg-type]
        ):
            opened.send('{"type": "hello", "page": "components/button/first/index.html"}')
            client = Page(opened)
            assert client.receive()["type"] == "hello"
            write_files(package, {"components/button/stories.py": story_module("Sold")})
            while "Sold" not in server.get(page):
                client.reload()
        with (
            socket.create_connection(("127.0.0.1", server.port)) as stream,
            pytest.raises(InvalidStatus),
        ):
            connect(address, sock=stream, origin="http://elsewhere.example")  # type: ignore[arg-type]


def assert_own_machine_only(server: Nginx, path: str) -> None:
    """/mcp refuses all requests through nginx, whatever host they name."""
    question = '{"jsonrpc": "2.0", "id": 1, "method": "ping"}'
    for name in (NAME, "localhost", "127.0.0.1:8080"):
        status, _, _ = server.request(
            f"{path}mcp", "POST", question, Host=name, **{"Content-Type": "application/json"}
        )
        assert status == 403, name
