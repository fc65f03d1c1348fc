"""Routes: functions that answer the requests which the preview of a story sends to the server."""

import http.client
import json
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from support import PREVIEW, Server, write_files

type Serve = Callable[..., Server]

STORIES = """
import os
from dataclasses import dataclass
from storytime import Story, Subject

def Button(*, label="Buy"):
    return t"<button>{label}</button>"

def contacts(*, page: int = 1, tag: list[str], active: bool = False, name: str | None = None):
    return t"<ul>{page} {tag!r} {active!r} {name!r}</ul>"

def contact(*, id: int):
    return t"<li>{id}</li>"

async def save(*, id: int, name: str, age: int | None = None, photo: bytes = b"", **rest):
    return t"<li>saved {id} {name} {age!r} {len(photo)} {sorted(rest)!r}</li>"

def fails(): raise RuntimeError("on purpose")
def exits(): os._exit(3)
def picture(): return "<svg></svg>"
def above(): return "<p>above</p>"
def home(): return "<p>home</p>"

ROUTES = {
    "GET /contacts": contacts, "GET /contacts/{id}": contact, "POST /contacts/{id}": save, "PUT /contacts/{id}": save,
    "GET /contacts/new": home, "DELETE /contacts/{id}": contact, "POST /fails": fails, "POST /exits": exits,
    "GET /picture": picture, "GET /": home,
}

def this_subject() -> Subject:
    return Subject(title="Button", target=Button, routes={"GET /above": above, "GET /picture": above}, items=[
        Story(title="First", routes=ROUTES), Story(title="Second"), Story(title="Plain"),
    ])
"""
PLAIN = """
from storytime import Story, Subject

def this_subject() -> Subject:
    return Subject(title="Plain", target=lambda: "<p>plain</p>", items=[Story(title="First")])
"""
FILES = {"components/button/stories.py": STORIES, "components/plain/stories.py": PLAIN}


@pytest.fixture(scope="module")
def server(serve_all: Serve, shared_package: Path) -> Server:
    """A server of stories with routes, which no test changes."""
    write_files(shared_package, FILES)
    return serve_all(shared_package)


def ask(
    server: Server,
    method: str,
    target: str,
    body: bytes | str = b"",
    page: str | None = PREVIEW,
    headers: dict[str, str] | None = None,
) -> tuple[int, str]:
    """Ask as the preview of a story does, or without a Referer if `page` is None. The status and the text."""
    url = urlsplit(server.url)
    origin = f"http://{url.netloc}"
    fields = {"Origin": origin} if method not in ("GET", "HEAD") else {}
    if page is not None:
        fields["Referer"] = f"{origin}/{page}"
    connection = http.client.HTTPConnection(str(url.hostname), url.port, timeout=20)
    try:
        connection.request(method, target, body or None, fields | (headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_functions_answer_with_the_values_of_queries_and_paths(server: Server) -> None:
    query = "page=3&tag=a&tag=b&active=on&name=&other=1"
    assert ask(server, "GET", f"/contacts?{query}") == (
        200,
        "<ul>3 ['a', 'b'] True ''</ul>".replace("'", "&#39;"),
    )
    assert ask(server, "GET", "/contacts")[1] == "<ul>1 [] False None</ul>"
    assert ask(server, "GET", "/contacts/7") == (200, "<li>7</li>")
    assert ask(server, "GET", "/contacts/new") == (200, "<p>home</p>")
    assert ask(server, "HEAD", "/contacts/7") == (200, "")
    assert ask(server, "DELETE", "/contacts/7/") == (200, "<li>7</li>")


def test_forms_json_and_files_are_arguments(server: Server) -> None:
    body = urlencode({"name": "Ann & Bob", "age": "", "more": "1"})
    expected = "<li>saved 7 Ann &amp; Bob None 0 [&#39;more&#39;]</li>"
    assert ask(server, "POST", "/contacts/7", body, headers=FORM) == (200, expected)
    data = json.dumps({"name": "Ann", "age": 3})
    status, text = ask(
        server, "PUT", "/contacts/7", data, headers={"Content-Type": "application/json"}
    )
    assert (status, text) == (200, "<li>saved 7 Ann 3 0 []</li>")
    parts = (
        '--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nAnn\r\n'
        '--x\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\n'
        "Content-Type: image/png\r\n\r\n\0\1\2\r\n--x--\r\n"
    )
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    assert (
        ask(server, "POST", "/contacts/7", parts, headers=kind)[1]
        == "<li>saved 7 Ann None 3 []</li>"
    )


def test_pages_of_an_earlier_build_have_routes_before_the_first_build_has_ended(
    serve: Serve, build: Callable[..., object], package: Path, tmp_path: Path
) -> None:
    write_files(package, FILES)
    build(package, tmp_path / "out")
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    write_files(
        package, {"slow/__init__.py": "", "slow/stories.py": f"open({str(gate)!r}).read()\n{PLAIN}"}
    )
    server = serve(package, tmp_path / "out", ready=False)
    server.wait_listening()
    assert ask(server, "GET", "/contacts/7") == (200, "<li>7</li>")
    assert ask(server, "GET", "/contacts/7", page="components/plain/first/preview.html")[0] == 503
    gate.write_text("")
    server.wait_for("The first build has ended")
    assert ask(server, "GET", "/contacts/7") == (200, "<li>7</li>")


def test_values_that_do_not_fit_are_named(server: Server) -> None:
    assert ask(server, "GET", "/contacts/x") == (422, "id: &#39;x&#39; is not a valid int")
    assert ask(server, "POST", "/contacts/1", "age=1", headers=FORM) == (422, "name is missing")


def test_a_story_inherits_routes(server: Server) -> None:
    second = PREVIEW.replace("first", "second")
    assert ask(server, "GET", "/above") == (200, "<p>above</p>")
    assert ask(server, "GET", "/above", page=second) == (200, "<p>above</p>")
    assert ask(server, "GET", "/picture") == (200, "<svg></svg>")
    assert ask(server, "GET", "/picture", page=second) == (200, "<p>above</p>")
    assert ask(server, "GET", "/contacts", page=second)[0] == 404


def test_a_route_may_have_the_address_of_a_page_where_a_script_asks(server: Server) -> None:
    assert "<title>" in ask(server, "GET", "/")[1]
    assert ask(server, "GET", "/", headers={"Sec-Fetch-Dest": "empty"}) == (200, "<p>home</p>")
    assert "<title>" in ask(server, "GET", "/about.html", headers={"Sec-Fetch-Dest": "empty"})[1]


def test_an_answer_may_be_shown_as_a_whole_preview(server: Server) -> None:
    status, text = ask(server, "GET", "/contacts/7", headers={"Storytime-Document": "true"})
    assert status == 200
    assert "<title>First</title>" in text
    assert "<li>7</li>" in text
    assert "live.js" not in text
    assert "live.js" in ask(server, "GET", "/contacts/7", headers={"Sec-Fetch-Dest": "iframe"})[1]


@pytest.mark.parametrize(
    ("page", "headers"),
    [
        (None, {}),
        ("components/plain/first/preview.html", {}),
        ("components/button/first/index.html", {}),
        ("components/button/third/preview.html", {}),
        (PREVIEW, {"Origin": "http://elsewhere.example"}),
        (PREVIEW, {"Referer": f"http://elsewhere.example/{PREVIEW}"}),
        (PREVIEW, {"Sec-Fetch-Site": "cross-site"}),
        (PREVIEW, {"Sec-Fetch-Site": "none"}),
        (PREVIEW, {"Host": "elsewhere.example"}),
    ],
)
def test_only_the_preview_of_a_story_with_routes_may_ask(
    server: Server, page: str | None, headers: dict[str, str]
) -> None:
    status, _ = ask(server, "POST", "/contacts/7", "name=Ann", page, FORM | headers)
    assert status in (403, 405)
    assert ask(server, "GET", "/contacts/7", page=page, headers=headers)[0] in (403, 404)


def test_a_post_without_an_origin_is_refused(server: Server) -> None:
    url = urlsplit(server.url)
    connection = http.client.HTTPConnection(str(url.hostname), url.port, timeout=20)
    connection.request(
        "POST", "/contacts/7", b"name=x", FORM | {"Referer": f"http://{url.netloc}/{PREVIEW}"}
    )
    assert connection.getresponse().status == 405
    connection.close()


def test_without_a_route_only_files_are_answered(server: Server) -> None:
    assert ask(server, "POST", "/nothing", "name=x", headers=FORM)[0] == 405
    assert ask(server, "PATCH", "/contacts/7", "name=x", headers=FORM)[0] == 405
    assert ask(server, "GET", "/nothing")[0] == 404


def test_bodies_that_are_too_large_are_refused(server: Server) -> None:
    fits = "name=" + "x" * (1024 * 1024 - 5)
    status, text = ask(server, "POST", "/contacts/7", fits, headers=FORM)
    assert (status, len(text)) == (200, len("<li>saved 7  None 0 []</li>") + len(fits) - 5)
    assert (
        ask(
            server,
            "POST",
            "/contacts/7",
            "",
            headers=FORM | {"Content-Length": str(1024 * 1024 + 1)},
        )[0]
        == 413
    )
    assert (
        ask(server, "POST", "/contacts/7", "", headers=FORM | {"Transfer-Encoding": "chunked"})[0]
        == 411
    )


def test_routes_answer_several_requests_on_one_connection(server: Server) -> None:
    url = urlsplit(server.url)
    origin = f"http://{url.netloc}"
    fields = {"Origin": origin, "Referer": f"{origin}/{PREVIEW}"} | FORM
    connection = http.client.HTTPConnection(str(url.hostname), url.port, timeout=20)
    for number in range(3):
        connection.request("POST", f"/contacts/{number}", b"name=Ann", fields)
        assert connection.getresponse().read() == f"<li>saved {number} Ann None 0 []</li>".encode()
    connection.close()


def test_a_failure_does_not_affect_later_requests(server: Server) -> None:
    status, text = ask(server, "POST", "/fails")
    assert status == 500
    assert "on purpose" in text
    assert ask(server, "POST", "/exits")[0] == 500
    assert ask(server, "GET", "/contacts/7") == (200, "<li>7</li>")


KEEPS = """
import time
from pathlib import Path
from uuid import uuid4
from storytime import Story, Subject

def keep():
    Path(__file__).with_name(f"{uuid4().hex}.txt").write_text("kept")
    time.sleep(0.3)
    return "<p>kept</p>"

def this_subject() -> Subject:
    return Subject(title="Button", target=lambda: "<b>x</b>", routes={"POST /keep": keep}, items=[Story(title="First")])
"""


def test_a_route_that_writes_into_the_package_runs_once(serve: Serve, package: Path) -> None:
    """Its file is a change that ends processes which render, but not before they have answered."""
    server = serve(write_files(package, {"components/button/stories.py": KEEPS}))
    for number in range(1, 3):
        assert ask(server, "POST", "/keep") == (200, "<p>kept</p>")
        assert len(list(package.glob("components/button/*.txt"))) == number


def test_routes_change_with_a_save(serve: Serve, package: Path) -> None:
    server = serve(write_files(package, FILES))
    assert ask(server, "GET", "/contacts/7") == (200, "<li>7</li>")
    path = package / "components/button/stories.py"
    path.write_text(
        STORIES.replace("<li>{id}", "<li>new {id}").replace(
            '"GET /above": above', '"GET /below": above'
        )
    )
    server.wait_for(r"Build 2:")
    assert ask(server, "GET", "/contacts/7") == (200, "<li>new 7</li>")
    assert ask(server, "GET", "/above")[0] == 404
    assert ask(server, "GET", "/below")[0] == 200


@pytest.mark.parametrize(
    ("routes", "message"),
    [
        (
            '{"/contacts": home}',
            "the key '/contacts' must be an HTTP method in capitals and a path",
        ),
        ('{"get /contacts": home}', "must be an HTTP method in capitals and a path"),
        ('{"GET contacts": home}', "must be an HTTP method in capitals and a path"),
        ('{"GET /a/x{id}": home}', "'x{id}' in the key 'GET /a/x{id}' must be a whole part"),
        ('{"GET /a": "text"}', "routes['GET /a'] must be callable, not str"),
        ("{1: home}", "the key 1 must be a str"),
        ("[]", "Story(routes=...) must be a dict, not list"),
    ],
)
def test_wrong_routes_are_errors(
    build: Callable[..., object], package: Path, tmp_path: Path, routes: str, message: str
) -> None:
    text = f"""
from storytime import Story, Subject

def home(): return ""

def this_subject() -> Subject:
    return Subject(title="Button", target=home, items=[Story(title="First", routes={routes})])
"""
    write_files(package, {"components/button/stories.py": text})
    result = build(package, tmp_path / "out")
    assert result.returncode == 1  # type: ignore[attr-defined]
    assert message in result.stderr  # type: ignore[attr-defined]
