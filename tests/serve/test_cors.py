"""--cors-origin lets pages of another origin read index.json and frame iframe.html, and nothing else."""

import http.client
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import PREVIEW, Server, write_files

ORIGIN = "http://localhost:6006"

SHARED = ["/index.json", "/iframe.html"]

FRAME = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}


@pytest.fixture(scope="module")
def server(serve_all: Callable[..., Server], shared_package: Path) -> Server:
    """A server with two allowed origins."""
    return serve_all(
        shared_package, "--cors-origin", ORIGIN, "--cors-origin=https://design.example"
    )


def ask(
    server: Server, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=30)
    connection.request(
        method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, body


def cors(headers: dict[str, str]) -> dict[str, str]:
    """The CORS headers of an answer."""
    return {name: value for name, value in headers.items() if name.startswith("access-control-")}


def test_allowed_origins_may_read(server: Server) -> None:
    for origin in (ORIGIN, "https://design.example"):
        for path in SHARED:
            for site in ("cross-site", "same-site"):
                status, headers, body = ask(server, path, origin=origin, sec_fetch_site=site)
                assert status == 200
                assert body
                assert cors(headers) == {
                    "access-control-allow-origin": origin,
                    "access-control-allow-credentials": "true",
                }
                assert headers["vary"] == "Origin"


def test_a_stored_answer_is_for_one_origin(server: Server) -> None:
    status, headers, _ = ask(server, "/index.json")
    assert (status, headers["vary"], cors(headers)) == (200, "Origin", {})
    etag = headers["etag"]
    status, headers, _ = ask(server, "/index.json", origin=ORIGIN, if_none_match=etag)
    assert (status, headers["vary"]) == (304, "Origin")
    assert headers["access-control-allow-origin"] == ORIGIN


def test_other_origins_and_other_files_get_nothing(server: Server) -> None:
    others = ["http://localhost:6007", "https://localhost:6006", "http://evil.example", "null", "*"]
    others += [
        f"{ORIGIN}.evil.example",
        f"{ORIGIN}/",
        "http://LOCALHOST:6006",
        f"{ORIGIN} {ORIGIN}",
    ]
    for origin in others:
        for path in SHARED:
            status, headers, body = ask(server, path, origin=origin)
            assert (status, cors(headers)) == (403, {}), origin
            assert b"components" not in body
    for path in (
        "/",
        "/index.html",
        f"/{PREVIEW}",
        "/mcp",
        "/index.json/",
        "/x/../index.json",
        "/ws/reload",
    ):
        status, headers, _ = ask(server, path, origin=ORIGIN)
        assert status in (403, 404), path
        assert cors(headers) == {}
        assert ask(server, path, "OPTIONS", origin=ORIGIN, access_control_request_method="GET")[
            0
        ] in (403, 405)
    for method in ("POST", "PUT", "DELETE"):
        assert ask(server, "/index.json", method, origin=ORIGIN)[0] == 405


def test_a_preflight_is_answered_for_shared_files(server: Server) -> None:
    question = {"access_control_request_method": "GET"}
    for path in SHARED:
        status, headers, body = ask(server, path, "OPTIONS", origin=ORIGIN, **question)
        assert (status, body) == (204, b"")
        assert headers["access-control-allow-origin"] == ORIGIN
        assert headers["access-control-allow-methods"] == "GET, HEAD"
        assert ask(server, path, "OPTIONS", origin="http://evil.example", **question)[0] == 403
        assert ask(server, path, "OPTIONS", **question)[0] == 405
        assert ask(server, path, "OPTIONS", origin=ORIGIN)[0] == 405


def test_only_allowed_origins_may_frame_the_catalog(server: Server) -> None:
    for path in ("/iframe.html", f"/{PREVIEW}", "/index.html"):
        policy = ask(server, path)[1]["content-security-policy"]
        assert policy == f"frame-ancestors 'self' {ORIGIN} https://design.example"
    assert ask(server, "/iframe.html?id=x", **FRAME)[0] == 200
    assert ask(server, f"/{PREVIEW}", **FRAME)[0] == 403
    assert ask(server, "/index.json", **FRAME)[0] == 403
    answer = ask(server, "/iframe.html", origin="http://evil.example")
    assert "evil" not in answer[1]["content-security-policy"]


def test_nothing_is_shared_by_default(serve: Callable[..., Server], package: Path) -> None:
    server = serve(package)
    for path in SHARED:
        status, headers, _ = ask(server, path, origin=ORIGIN)
        assert (status, cors(headers)) == (403, {})
        status, headers, _ = ask(server, path)
        assert "vary" not in headers
        assert headers["content-security-policy"] == "frame-ancestors 'self'"
    assert ask(server, "/iframe.html", **FRAME)[0] == 403


def test_the_configuration_can_allow_origins(serve: Callable[..., Server], package: Path) -> None:
    text = f"[tool.storytime]\ncors-origins = ['{ORIGIN}']\n"
    write_files(package.parent, {"pyproject.toml": text})
    assert ask(serve(package), "/index.json", origin=ORIGIN)[0] == 200


@pytest.mark.parametrize(
    "origin",
    ["*", "null", "localhost:6006", "http://localhost:6006/", "http://a b", "http://", "ftp://x", "http://X.example",
     "http://x.example:", "http://x.example:99999", "http://x; script-src *"],
)  # fmt: skip
def test_an_invalid_origin_is_refused(
    storytime: Callable[..., Any], package: Path, origin: str
) -> None:
    result = storytime("serve", package, "--port", "0", "--cors-origin", origin)
    assert result.returncode == 2
    assert "http://localhost:6006" in result.stderr
