"""The answers of the server, and who gets them: files, hosts, origins and WebSockets."""

import json
import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from support import PREVIEW, Server, listen, read_all
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect


@pytest.fixture(scope="module")
def out(shared_path: Path) -> Path:
    """Where the server's catalog is written."""
    return shared_path / "out"


@pytest.fixture(scope="module")
def server(serve_all: Callable[..., Server], shared_package: Path, out: Path) -> Server:
    """A server of the small package."""
    (shared_package / "static").mkdir()
    (shared_package / "static/data.bin").write_bytes(bytes(range(256)) * 4)
    (shared_package / "static/style.css").write_text("b { color: red }")
    return serve_all(shared_package, out)


def raw(server: Server, text: bytes) -> bytes:
    """Send bytes and read until the server closes."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(text)
        return read_all(connection)


def test_a_page_and_its_headers(server: Server) -> None:
    status, headers, body = server.request("")
    assert status == 200
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["cache-control"] == "no-cache"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers
    assert headers["etag"].startswith('"') and headers["etag"].endswith('"')
    assert int(headers["content-length"]) == len(body)
    assert b'src="__storytime/live.js"' in body


def test_iframe_html_and_index_json_are_for_our_own_pages(server: Server) -> None:
    for path in ("iframe.html?id=site--first&viewMode=story&args=a:1", "index.json"):
        for fields in ({}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": server.url}):
            status, headers, _ = server.request(path, fields)
            assert status == 200
            assert "frame-ancestors 'self'" in headers["content-security-policy"]
            assert headers["cross-origin-resource-policy"] == "same-origin"
            assert "access-control-allow-origin" not in headers
        assert server.request(path, {"Origin": "http://evil.example"})[0] == 403


@pytest.mark.usefixtures("server")
def test_written_files_do_not_contain_the_live_client(out: Path) -> None:
    pages = list(out.rglob("*.html"))
    assert pages
    for path in pages:
        assert "__storytime" not in path.read_text()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("static/style.css", "text/css; charset=utf-8"),
        ("_storytime/storytime.js", "text/javascript; charset=utf-8"),
        ("index.json", "application/json; charset=utf-8"),
        ("static/data.bin", "application/octet-stream"),
    ],
)
def test_content_types(server: Server, path: str, kind: str) -> None:
    assert server.request(path)[1]["content-type"] == kind


def test_head_has_headers_only_and_the_connection_goes_on(server: Server) -> None:
    host = server.url.removeprefix("http://")
    answer = raw(
        server,
        f"HEAD /static/style.css HTTP/1.1\r\nHost: {host}\r\n\r\n"
        f"GET /static/style.css HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode(),
    )
    assert answer.count(b"HTTP/1.1 200") == 2
    assert answer.count(b"b { color: red }") == 1
    assert answer.lower().count(b"content-length: 16") == 2


def test_if_none_match(server: Server) -> None:
    etag = server.request("static/style.css")[1]["etag"]
    status, headers, body = server.request("static/style.css", {"If-None-Match": f'"x", W/{etag}'})
    assert (status, body) == (304, b"")
    assert headers["etag"] == etag
    assert server.request("static/style.css", {"If-None-Match": '"other"'})[0] == 200


@pytest.mark.parametrize(
    ("wanted", "status", "content_range"),
    [
        ("bytes=0-9", 206, "bytes 0-9/1024"),
        ("bytes=1000-", 206, "bytes 1000-1023/1024"),
        ("bytes=-5", 206, "bytes 1019-1023/1024"),
        ("bytes=1024-", 416, "bytes */1024"),
        ("bytes=0-1,5-6", 200, None),
        ("lines=0-1", 200, None),
    ],
)
def test_ranges(server: Server, wanted: str, status: int, content_range: str | None) -> None:
    found, headers, body = server.request("static/data.bin", {"Range": wanted})
    assert found == status
    assert headers.get("content-range") == content_range
    whole = bytes(range(256)) * 4
    if status == 206 and content_range:
        first, last = content_range.split()[1].split("/")[0].split("-")
        assert body == whole[int(first) : int(last) + 1]
    elif status == 200:
        assert body == whole


def test_a_directory_without_slash_is_redirected(server: Server) -> None:
    status, headers, _ = server.request("components/button")
    assert status == 302
    assert headers["location"] == "button/"
    assert server.request("components/button/")[0] == 200


def test_a_missing_file_gets_an_html_page(server: Server) -> None:
    status, headers, body = server.request("no/such/page.html")
    assert status == 404
    assert headers["content-type"].startswith("text/html")
    assert b"Page not found" in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_methods_other_than_get_and_head_are_refused(server: Server, method: str) -> None:
    status, headers, _ = server.request("", method=method)
    assert status in (400, 405)
    if status == 405:
        assert headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "[::2]", "a b"]
)
def test_other_hosts_are_refused(server: Server, host: str) -> None:
    status, _, body = server.request("", {"Host": host})
    assert status in (400, 403)
    assert b"Shop" not in body
    if status == 403:
        assert b"--allowed-host" in body


@pytest.mark.parametrize(
    "host", ["localhost:1", "LOCALHOST", "127.0.0.1", "127.1.2.3:80", "[::1]:80"]
)
def test_loopback_names_are_answered(server: Server, host: str) -> None:
    assert server.request("", {"Host": host})[0] == 200


def test_allowed_hosts(serve: Callable[..., Server], package: Path) -> None:
    server = serve(package, "--allowed-host", "dev.example.org", "--allowed-host", ".example.net")
    for host, status in {
        "dev.example.org": 200,
        "a.example.net:8080": 200,
        "example.org": 403,
        "evil-example.net": 403,
    }.items():
        assert server.request("", {"Host": host})[0] == status


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    ],
)
def test_pages_of_other_sites_get_nothing(server: Server, headers: dict[str, str]) -> None:
    status, _, body = server.request("_storytime/navigation.js", headers)
    assert status == 403
    assert b"Button" not in body


def test_a_link_from_another_site_may_be_followed(server: Server) -> None:
    headers = {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }
    assert server.request("", headers)[0] == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_from_another_site_may_set_values_that_are_plain_text(
    server: Server, site: str
) -> None:
    """For anything that may be more, a question is shown first, however it is encoded; our own pages may set anything."""
    page = PREVIEW
    foreign = {
        "Sec-Fetch-Site": site,
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }
    for query in (
        "",
        "?args=label:Two%20words+more;on:!true;names[0]:h%C3%A9%26b&globals=theme:dark",
    ):
        assert b"A link on another site" not in server.request(page + query, foreign)[2]
    for query in (
        "?args=label:<b>",
        "?args=label:%3Cb%3E",
        "?args=label:%253Cb",
        "?%61rgs=label:%3Cb",
        "?args=a:b&args=label:%22",
        "?args=label:javascript:name",
        "?args=label:a=b",
        "?args=label:a%26b%3Dc",
        "?args=label:alert(1)",
        "?args=label:%zz%3Cb",
        "?args=label:%0A",
    ):
        for path in (page, "index.html", "", "not-there-yet.html"):
            status, _, body = server.request(path + query, foreign)
            assert status == 200, query
            assert b"A link on another site sets values" in body, query
            assert b"<b" not in body.replace(b"<body", b""), query
            assert b"live.js" not in body
        for own in ({}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
            assert b"A link on another site" not in server.request(page + query, own)[2]


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "%2e%2e/secret.txt",
        "static/..%2f..%2f..%2fsecret.txt",
        "..%5csecret.txt",
        "static/link.txt",
        "static/%00",
        "//secret.txt",
        ".storytime/manifest",
        "static/%252e%252e/secret.txt",
    ],
)
def test_files_outside_are_not_served(server: Server, out: Path, path: str) -> None:
    secret, link = out.parent / "secret.txt", out / "static/link.txt"
    secret.write_text("secret-of-the-machine")
    link.unlink(missing_ok=True)
    link.symlink_to(secret)
    host = server.url.removeprefix("http://")
    answer = raw(
        server, f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
    )
    assert b"secret-of-the-machine" not in answer
    assert b" 200 " not in answer.split(b"\r\n")[0]


# -- WebSocket ---------------------------------------------------------------------------------------------------------


def socket_url(server: Server, path: str = "/ws/reload") -> str:
    return server.url.replace("http", "ws", 1) + path


def test_hello_is_answered_with_the_build(server: Server) -> None:
    with connect(socket_url(server), origin=server.url) as page:  # type: ignore[arg-type]
        page.send(json.dumps({"type": "hello", "page": "index.html"}))
        message = json.loads(page.recv(20))
    assert message["type"] == "hello"
    assert isinstance(message["build"], int)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_sockets_of_other_origins_are_refused(server: Server, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(socket_url(server), origin=origin)  # type: ignore[arg-type]
    assert refused.value.response.status_code == 403


def test_a_socket_without_origin_needs_the_token(server: Server) -> None:
    with pytest.raises(InvalidStatus):
        connect(socket_url(server))
    page = server.get("index.html")
    token = page.split('data-token="')[1].split('"')[0]
    with connect(socket_url(server, f"/ws/reload?token={token}")) as opened:
        opened.send(json.dumps({"type": "hello", "page": "index.html"}))
        assert json.loads(opened.recv(20))["type"] == "hello"


def test_other_paths_accept_no_sockets(server: Server) -> None:
    with pytest.raises(InvalidStatus):
        connect(socket_url(server, "/ws/other"), origin=server.url)  # type: ignore[arg-type]


def test_invalid_messages_on_a_socket_do_no_harm(server: Server) -> None:
    for text in (
        "",
        "[]",
        "{",
        '{"type": 1}',
        '{"type": "hello", "page": "../../etc/passwd"}',
        "x" * 10_000,
    ):
        with connect(socket_url(server), origin=server.url) as page:  # type: ignore[arg-type]
            page.send(text)
    with connect(socket_url(server), origin=server.url) as page:  # type: ignore[arg-type]
        page.send("x" * 100_000)
        with pytest.raises(Exception):  # noqa: B017 # the server closes it; how that shows varies
            page.recv(20)
    with listen(server):
        assert server.request("")[0] == 200


def test_a_broadcast_reaches_every_page(serve: Callable[..., Server], package: Path) -> None:
    server = serve(package)
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(connect(socket_url(server), origin=server.url)) for _ in range(100)
        ]  # type: ignore[arg-type]
        for page in sockets:
            page.send(json.dumps({"type": "hello", "page": "index.html"}))
            assert json.loads(page.recv(20))["type"] == "hello"
        (package / "components/button/stories.py").write_text("# changed\n")
        for page in sockets:
            while json.loads(page.recv(20))["type"] != "reload":
                pass
