"""The MCP tools for agents: `storytime mcp` on standard input and output, and /mcp of a server."""

import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support import Server, example, write_files
from support.processes import children_of, wait_until

type Json = dict[str, Any]

TOOLS = [
    *("docs-list", "docs-show", "docs-show-story", "stories-preview", "stories-find-by-component"),
    *("stories-changed", "test-run", "story-instructions"),
]

INITIALIZE: Json = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}

STORY = "components-button--first"

PING: Json = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


def tool(name: str, number: int | str = 7, **arguments: object) -> Json:
    """A request that calls a tool."""
    parameters = {"name": name, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": parameters}


class Program:
    """A running `storytime mcp`."""

    def __init__(self, program: Path, *arguments: object, **options: Any) -> None:
        self.process = subprocess.Popen(
            [str(program), "mcp", "--python", sys.executable, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **options,
        )

    def say(self, *messages: Json | str) -> None:
        """Send messages, or lines as they are."""
        assert self.process.stdin
        for message in messages:
            self.process.stdin.write(
                (message if isinstance(message, str) else json.dumps(message)) + "\n"
            )
        self.process.stdin.flush()

    def hear(self) -> Json:
        """The next answer."""
        assert self.process.stdout
        answer: Json = json.loads(self.process.stdout.readline())
        return answer

    def ask(self, message: Json) -> Json:
        """The answer to a request."""
        self.say(message)
        return self.hear()

    def text(self, name: str, **arguments: object) -> str:
        """The text of a tool's result."""
        return text_of(self.ask(tool(name, **arguments)))

    def close(self) -> None:
        """End the program as a client does."""
        assert self.process.stdin
        self.process.stdin.close()
        assert self.process.wait(20) == 0


def text_of(answer: Json) -> str:
    """The text of a tool's result, which must not be an error."""
    assert answer["result"]["isError"] is False, answer
    text: str = answer["result"]["content"][0]["text"]
    return text


@contextmanager
def running(program: Path, package: Path) -> Iterator[Program]:
    """`storytime mcp` for a package."""
    temporary = package.with_name("temporary")
    temporary.mkdir()
    environment = {
        **os.environ,
        "TMPDIR": str(temporary),
        "PYTHONPATH": str(program.parent / "python"),
    }
    started = Program(program, package, cwd=package.parent, env=environment)
    yield started
    started.close()
    assert list(temporary.iterdir()) == []


@pytest.fixture
def mcp(program: Path, package: Path) -> Iterator[Program]:
    """`storytime mcp` for the small package."""
    with running(program, package) as started:
        yield started


@pytest.fixture(scope="module")
def any_mcp(program: Path, shared_package: Path) -> Iterator[Program]:
    """The same for tests that only read."""
    with running(program, shared_package) as started:
        yield started


@pytest.fixture
def server(serve: Callable[..., Server], package: Path) -> Server:
    """A server of the small package."""
    return serve(package, "--python", sys.executable)


@pytest.fixture(scope="module")
def any_server(serve_all: Callable[..., Server], shared_package: Path) -> Server:
    """A server for tests that only read."""
    return serve_all(shared_package, "--python", sys.executable)


def post(
    server: Server,
    body: Json | str | bytes,
    method: str = "POST",
    path: str = "/mcp",
    **headers: str,
) -> tuple[int, dict[str, str], Any]:
    """Status, headers and JSON of an answer."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=30)
    bytes_of = (
        body
        if isinstance(body, bytes)
        else (body if isinstance(body, str) else json.dumps(body)).encode()
    )
    fields = {"content-type": "application/json"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(
        method, path, bytes_of, {name: value for name, value in fields.items() if value}
    )
    response = connection.getresponse()
    said = response.read()
    connection.close()
    is_json = (response.getheader("content-type") or "").startswith("application/json")
    return response.status, dict(response.getheaders()), json.loads(said) if is_json else said


def ready(server: Server) -> None:
    """Wait until the tools have the catalog."""
    wait_until(lambda: not post(server, tool("docs-list"))[2]["result"]["isError"])


# -- the protocol ------------------------------------------------------------------------------------------------------


def test_initialize_and_list_tools(any_mcp: Program) -> None:
    answer = any_mcp.ask(INITIALIZE)["result"]
    assert answer["protocolVersion"] == "2025-06-18"
    assert answer["capabilities"] == {"tools": {"listChanged": False}}
    assert answer["serverInfo"]["name"] == "storytime"
    any_mcp.say({"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert any_mcp.ask({"jsonrpc": "2.0", "id": "a", "method": "ping"}) == {
        "jsonrpc": "2.0",
        "id": "a",
        "result": {},
    }
    tools = any_mcp.ask({"jsonrpc": "2.0", "id": 2, "method": "tools/list"})["result"]["tools"]
    assert [one["name"] for one in tools] == TOOLS
    for one in tools:
        assert one["annotations"]["readOnlyHint"] is True
        assert one["inputSchema"]["type"] == "object"
        assert one["inputSchema"]["additionalProperties"] is False


def test_an_unknown_version_of_the_protocol_is_answered_with_ours(any_mcp: Program) -> None:
    message = {**INITIALIZE, "params": {**INITIALIZE["params"], "protocolVersion": "1999-01-01"}}
    assert any_mcp.ask(message)["result"]["protocolVersion"] == "2025-06-18"


WRONG: list[tuple[Json | str, int]] = [
    ("{", -32700),
    ("[" * 100000, -32700),
    ("[]", -32600),
    ('"text"', -32600),
    ({"id": 1, "method": "ping"}, -32600),
    ({"jsonrpc": "2.0", "id": None, "method": "ping"}, -32600),
    ({"jsonrpc": "2.0", "id": 1, "method": 3}, -32600),
    ({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": [1]}, -32600),
    ({"jsonrpc": "2.0", "id": 1, "method": "resources/list"}, -32601),
    (tool("no-such-tool"), -32602),
    (tool("docs-show"), -32602),
    (tool("docs-show", id=3), -32602),
    (tool("docs-show", id="x" * 1001), -32602),
    (tool("docs-list", other=1), -32602),
    (tool("stories-preview", ids=["x"] * 51), -32602),
    (tool("test-run", timeout=True), -32602),
]


def test_an_invalid_request_gets_an_error_and_the_next_one_is_answered(any_mcp: Program) -> None:
    for message, code in WRONG:
        any_mcp.say(message)
        assert any_mcp.hear()["error"]["code"] == code
        assert any_mcp.ask({"jsonrpc": "2.0", "id": 9, "method": "ping"})["result"] == {}
    assert any_mcp.process.stdin
    os.write(any_mcp.process.stdin.fileno(), b'"\xff"\n')
    assert any_mcp.hear()["error"]["code"] == -32700


# -- the tools ---------------------------------------------------------------------------------------------------------


def test_the_docs_tools(any_mcp: Program) -> None:
    assert "- `components-button` Button (1 story)" in any_mcp.text("docs-list")
    assert "0 components" in any_mcp.text("docs-list", query="nothing like it")
    shown = any_mcp.text("docs-show", id="Button")
    assert "def Button(" in shown
    assert STORY in shown
    story = any_mcp.text("docs-show-story", id=STORY)
    assert "<button>Buy</button>" in story
    assert "`label` = `'Buy'`" in story
    assert any_mcp.text("docs-show-story", id="components/button/first") == story


def test_previews_are_files_where_there_is_no_server(any_mcp: Program) -> None:
    link = any_mcp.text("stories-preview", ids=[STORY]).partition("(")[2].rstrip(")")
    assert b"<button>Buy</button>" in Path(link.removeprefix("file://")).read_bytes()


def test_errors_of_tools_say_what_exists(any_mcp: Program) -> None:
    for name, arguments, said in [
        ("docs-show", {"id": "butt"}, "Did you mean components-button?"),
        ("docs-show-story", {"id": "components-button--second"}, STORY),
        ("stories-find-by-component", {"component": "Nothing"}, "There is no component or file"),
        ("stories-changed", {"since": "nowhere"}, "is not in a git repository"),
        ("stories-changed", {"since": "--output=x"}, "is"),
    ]:
        result = any_mcp.ask(tool(name, **arguments))["result"]
        assert result["isError"] is True
        assert said in result["content"][0]["text"]


def test_stories_by_component_and_by_change(mcp: Program, package: Path, tmp_path: Path) -> None:
    assert STORY in mcp.text("stories-find-by-component", component="Button")
    assert STORY in mcp.text("stories-find-by-component", component="components/button/button.py")
    who = ["-c", "user.name=x", "-c", "user.email=x@y"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "state"]):
        subprocess.run(["git", *who, *command], cwd=package, check=True)
    assert "0 of 1 story affected" in mcp.text("stories-changed")
    button = package / "components/button/button.py"
    button.write_text(button.read_text().replace("<button>", "<button class=x>"))
    assert STORY in mcp.text("stories-changed", since="HEAD")
    assert "<button class=" in mcp.text("docs-show-story", id=STORY)


def test_instructions_name_this_package(any_mcp: Program, shared_package: Path) -> None:
    said = any_mcp.text("story-instructions")
    assert str(shared_package) in said
    assert "def this_subject() -> Subject:" in said


def test_stories_are_tested_and_nothing_is_written(mcp: Program, package: Path) -> None:
    mcp.text("docs-list")
    before = {
        path: path.stat().st_mtime_ns
        for path in package.rglob("*")
        if "__pycache__" not in path.parts
    }
    assert "1 passed" in mcp.text("test-run")
    assert "1 passed" in mcp.text("test-run", ids=[STORY])
    after = {
        path: path.stat().st_mtime_ns
        for path in package.rglob("*")
        if "__pycache__" not in path.parts
    }
    assert after == before
    stories = package / "components/button/stories.py"
    stories.write_text(
        stories.read_text().replace("title='First',", "title='First', assertions=[wrong],")
    )
    stories.write_text(stories.read_text() + "\ndef wrong(story):\n    assert 'Sell' in story\n")
    said = mcp.text("test-run", ids=[STORY])
    assert "Some stories fail." in said
    assert "assert 'Sell' in" in said


SLOW = "\nimport time, os\ndef wrong(story):\n    open('{file}', 'w').write(str(os.getpid()))\n    time.sleep(60)\n"


def make_slow(package: Path, file: Path) -> None:
    """Give the story an assertion that writes its process id and does not end. It is only there under pytest, so builds end."""
    stories = package / "components/button/stories.py"
    text = stories.read_text().replace(
        "title='First',", "title='First', assertions=[wrong] if slow() else [],"
    )
    slow = "\ndef slow():\n    import sys\n    return 'pytest' in sys.argv[0]\n"
    stories.write_text(text + slow + SLOW.format(file=file))


def wait_for_file(file: Path) -> int:
    """Wait for a number in a file."""
    wait_until(lambda: file.exists() and bool(file.read_text()))
    return int(file.read_text())


def wait_for_end(process: int) -> None:
    """Wait until a process is gone."""
    wait_until(lambda: not Path(f"/proc/{process}").exists())


def test_tests_that_take_too_long_are_stopped(mcp: Program, package: Path, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    make_slow(package, pid)
    mcp.text("docs-list")
    for timeout in (5, 10, 20, 40):  # longer where pytest itself takes so long to start
        result = mcp.ask(tool("test-run", timeout=timeout))["result"]
        assert result["isError"] is True
        assert f"were stopped after {timeout} s" in result["content"][0]["text"]
        if pid.exists() and pid.read_text():
            break
    wait_for_end(wait_for_file(pid))


def test_a_call_that_is_cancelled_ends_and_has_no_answer(
    mcp: Program, package: Path, tmp_path: Path
) -> None:
    make_slow(package, tmp_path / "pid")
    mcp.say(tool("test-run", number="slow"))
    process = wait_for_file(tmp_path / "pid")
    assert mcp.ask({"jsonrpc": "2.0", "id": 5, "method": "ping"})["id"] == 5
    mcp.say(
        {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "slow"}}
    )
    wait_for_end(process)
    assert mcp.ask({"jsonrpc": "2.0", "id": 6, "method": "ping"})["id"] == 6
    assert mcp.process.stdin and mcp.process.stdout
    mcp.process.stdin.close()
    assert mcp.process.stdout.read() == ""


def test_ending_the_program_ends_its_processes(
    program: Path, package: Path, tmp_path: Path
) -> None:
    make_slow(package, tmp_path / "pid")
    ours = {"PYTHONPATH": str(program.parent / "python"), "TMPDIR": str(tmp_path)}
    started = Program(program, package, env={**os.environ, **ours})
    try:
        started.say(tool("test-run"))
        process = wait_for_file(tmp_path / "pid")
        started.process.send_signal(signal.SIGTERM)
        started.process.wait(20)
        wait_for_end(process)
    finally:
        started.process.kill()


def test_answers_are_bounded_for_a_large_catalog(program: Path, tmp_path: Path) -> None:
    component = "def Big():\n    return 'x' * 200_000\n"
    stories = (
        "from storytime import Story, Subject\nfrom shop.big.big import Big\n"
        "def this_subject() -> Subject:\n"
        "    return Subject(target=Big, items=[Story(title=f'Story {n}') for n in range(300)])\n"
    )
    files = {**example(), "big/big.py": component, "big/stories.py": stories}
    with running(program, write_files(tmp_path / "shop", files)) as started:
        for name, arguments in [
            ("docs-show", {"id": "big"}),
            ("docs-show-story", {"id": "big--story-0"}),
            ("stories-find-by-component", {"component": "Big"}),
        ]:
            assert 100 < len(started.text(name, **arguments)) < 21_000


def test_a_list_that_is_too_long_for_an_answer_goes_on_at_an_offset(
    program: Path, tmp_path: Path
) -> None:
    stories = (
        "from storytime import Story, Subject\ndef this_subject() -> Subject:\n"
        "    story = Story(title='First', template=lambda: t'x')\n"
        f"    return Subject(title='It', description={'d' * 200!r}, items=[story])\n"
    )
    names = [f"part{number:03}" for number in range(100)]
    files = {**example(), **{f"{name}/stories.py": stories for name in names}}
    with running(program, write_files(tmp_path / "shop", files)) as started:
        found: list[str] = []
        offset: int | None = 0
        while offset is not None:
            said = started.text("docs-list", offset=offset)
            assert len(said) <= 20_000
            found += re.findall(r"(?m)^- `(.*?)`", said)
            more = re.search(r"(\d+) more: ask with offset (\d+)", said)
            offset = int(more[2]) if more else None
            assert not more or (int(more[1]), offset) == (101 - len(found), len(found))
        assert sorted(found) == sorted([*names, "components-button"])
        assert "more" not in started.text("docs-list", offset=1000)


def test_a_long_report_of_tests_ends_with_the_summary(mcp: Program, package: Path) -> None:
    stories = package / "components/button/stories.py"
    text = stories.read_text().replace("title='First',", "title='First', assertions=[wrong],")
    wrong = "\ndef wrong(story):\n    print('x' * 30_000)\n    raise AssertionError\n"
    stories.write_text(text + wrong)
    said = mcp.text("test-run", ids=[STORY])
    assert 19_000 < len(said) <= 20_000
    assert said.startswith("Some stories fail.")
    assert "1 failed" in said.splitlines()[-1]


@pytest.mark.parametrize("arguments", [["nowhere"], []])
def test_without_a_package_it_says_what_to_do(
    storytime: Callable[..., Any], tmp_path: Path, arguments: list[str]
) -> None:
    result = storytime("mcp", *arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr


# -- at /mcp -----------------------------------------------------------------------------------------------------------


def test_the_server_has_the_same_tools(any_server: Server) -> None:
    status, headers, answer = post(any_server, INITIALIZE)
    assert status == 200
    session = headers["mcp-session-id"]
    status, _, said = post(
        any_server,
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        mcp_session_id=session,
    )
    assert (status, said) == (202, b"")
    status, _, answer = post(
        any_server,
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
        mcp_session_id=session,
        mcp_protocol_version="2025-06-18",
    )
    assert status == 200
    assert [one["name"] for one in answer["result"]["tools"]] == TOOLS
    ready(any_server)
    text = text_of(
        post(any_server, tool("stories-preview", ids=[STORY]), mcp_session_id=session)[2]
    )
    assert f"{any_server.url}/iframe.html?id={STORY}&viewMode=story" in text


def test_tools_see_a_save(server: Server, package: Path) -> None:
    ready(server)
    button = package / "components/button/button.py"
    button.write_text(button.read_text().replace("<button>", "<button class=x>"))
    wait_until(
        lambda: "<button class=" in text_of(post(server, tool("docs-show-story", id=STORY))[2])
    )
    assert STORY in text_of(
        post(server, tool("stories-find-by-component", component=str(button)))[2]
    )


def test_a_server_that_keeps_modules_loaded_refuses_to_guess_users_of_a_component(
    serve: Callable[..., Server], package: Path
) -> None:
    server = serve(package, "--python", sys.executable, subinterpreters=False)
    ready(server)
    assert STORY in text_of(post(server, tool("stories-find-by-component", component="Button"))[2])
    stories = (package / "components/button/stories.py").read_text()
    write_files(
        package, {"components/added/stories.py": stories.replace('title="Button"', 'title="Added"')}
    )
    wait_until(lambda: "components-added" in text_of(post(server, tool("docs-list"))[2]))
    result = post(server, tool("stories-find-by-component", component="Button"))[2]["result"]
    assert result["isError"] is True
    assert "--use-subinterpreters" in result["content"][0]["text"]


def test_a_call_of_a_session_can_be_cancelled(
    serve: Callable[..., Server], package: Path, tmp_path: Path, program: Path
) -> None:
    make_slow(package, tmp_path / "pid")
    server = serve(package, "--python", sys.executable)
    ready(server)
    sessions = [post(server, INITIALIZE)[1]["mcp-session-id"] for _ in range(2)]
    answers: list[tuple[int, Any]] = []

    def call() -> None:
        status, _, said = post(server, tool("test-run"), mcp_session_id=sessions[0])
        answers.append((status, said))

    thread = threading.Thread(target=call)
    thread.start()
    process = wait_for_file(tmp_path / "pid")
    cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}}
    post(server, cancel, mcp_session_id=sessions[1])
    post(server, cancel)
    post(server, tool("test-run", timeout=1))  # longer than a call that was cancelled goes on
    assert Path(f"/proc/{process}").exists()
    post(server, cancel, mcp_session_id=sessions[0])
    wait_for_end(process)
    thread.join(20)
    assert answers == [(202, b"")]


REFUSED: list[tuple[int, str, dict[str, str]]] = [
    (405, "GET", {}),
    (405, "DELETE", {}),
    (405, "PUT", {}),
    (403, "OPTIONS", {"origin": "http://evil.example"}),
    (403, "POST", {"origin": "http://evil.example"}),
    (403, "POST", {"origin": "null"}),
    (403, "POST", {"host": "evil.example"}),
    (403, "POST", {"sec_fetch_site": "cross-site"}),
    (403, "POST", {"sec_fetch_site": "same-origin"}),
    (403, "POST", {"origin": "own"}),
    (415, "POST", {"content_type": "text/plain"}),
    (415, "POST", {"content_type": ""}),
    (413, "POST", {"content_length": "1048577"}),
    (413, "POST", {"content_length": "99999999999999999999"}),
    (400, "POST", {"content_length": "-1"}),
    (400, "POST", {"mcp_protocol_version": "1999-01-01"}),
    (404, "POST", {"mcp_session_id": "0" * 32}),
]


def test_requests_without_permission_are_refused(any_server: Server) -> None:
    ready(any_server)
    for status, method, headers in REFUSED:
        own = any_server.url
        sent = {name: own if value == "own" else value for name, value in headers.items()}
        got, fields, said = post(any_server, tool("docs-list"), method, **sent)
        assert got == status, (method, headers)
        assert b"components" not in (said if isinstance(said, bytes) else json.dumps(said).encode())
        assert "access-control-allow-origin" not in fields
        if status == 405:
            assert fields["allow"] == "POST"


def test_a_page_of_ours_may_ask_with_its_token(any_server: Server) -> None:
    origin = any_server.url
    page = http.client.HTTPConnection(any_server.url.removeprefix("http://"), timeout=30)
    page.request("GET", "/index.html")
    token = page.getresponse().read().decode().partition('token="')[2][:32]
    assert len(token) == 32
    assert post(any_server, PING, path=f"/mcp?token={token}", origin=origin)[0] == 200
    assert post(any_server, PING, path=f"/mcp?token={token[::-1]}", origin=origin)[0] == 403
    assert (
        post(any_server, PING, path=f"/mcp?token={token}", origin="http://evil.example")[0] == 403
    )


def test_bodies_that_are_not_json_are_refused(any_server: Server) -> None:
    for body in [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"a":1}' * 2,
        random.Random(1).randbytes(1000),
    ]:
        status, _, said = post(any_server, body)
        assert status == 400
        assert said["error"]["code"] == -32700
        assert post(any_server, PING)[0] == 200


def test_json_that_the_tools_cannot_read_is_refused(any_server: Server) -> None:
    nested = b"[" * 100_000 + b"]" * 100_000
    longer = b"[" + b",".join([b"1e20"] * 200_000) + b"]"  # as 100000000000000000000.0
    for body in (nested, longer):
        status, _, said = post(any_server, body)
        assert (status, said["error"]["code"]) == (400, -32700)
        assert post(any_server, PING)[0] == 200


def test_a_large_body_is_accepted(any_server: Server) -> None:
    body = json.dumps(
        {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"x": "y" * 1_000_000}}
    )
    assert post(any_server, body)[2]["result"] == {}


def test_requests_share_a_connection(any_server: Server) -> None:
    connection = http.client.HTTPConnection(any_server.url.removeprefix("http://"), timeout=30)
    for number in range(5):
        body = json.dumps({"jsonrpc": "2.0", "id": number, "method": "ping"})
        connection.request("POST", "/mcp", body, {"content-type": "application/json"})
        assert json.loads(connection.getresponse().read())["id"] == number
        connection.request("GET", "/index.json")
        assert b"entries" in connection.getresponse().read()


def random_value(chance: random.Random, depth: int = 0) -> Any:
    """Random JSON, in part with names and values of the protocol."""
    words = [
        "jsonrpc",
        "2.0",
        "id",
        "method",
        "params",
        "tools/call",
        "initialize",
        "name",
        "arguments",
        *TOOLS,
    ]
    kind = chance.randrange(8 if depth < 4 else 5)
    if kind < 3:
        return chance.choice([*words, "\u0000", "x" * chance.randrange(300), "../../etc/passwd"])
    if kind < 5:
        return chance.choice([None, True, 0, -1, 2**70, 1.5, 7])
    if kind < 6:
        return [random_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {
        str(random_value(chance, 9)): random_value(chance, depth + 1)
        for _ in range(chance.randrange(5))
    }


def test_random_requests_get_valid_answers(any_server: Server, pytestconfig: pytest.Config) -> None:
    chance = random.Random(1)
    count = 10_000 if pytestconfig.getoption("--long") else 300
    for _ in range(count):
        message = random_value(chance)
        if chance.random() < 0.6:
            message = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": message}
        if chance.random() < 0.5 and isinstance(message, dict):
            message["params"] = {
                "name": chance.choice(TOOLS[:6]),
                "arguments": random_value(chance),
            }
        status, _, said = post(any_server, json.dumps(message))
        assert status in (200, 202, 400), message
        if status != 202:
            assert "error" in said or said["result"].get("isError") in (True, False, None), message
    assert post(any_server, PING)[0] == 200


def test_a_killed_process_of_the_tools_is_started_again(server: Server) -> None:
    assert post(server, PING)[0] == 200
    (process,) = (
        child
        for child in children_of(server.process.pid)
        if b"_mcp" in Path(f"/proc/{child}/cmdline").read_bytes()
    )
    os.kill(process, signal.SIGKILL)
    wait_for_end(process)
    wait_until(lambda: post(server, PING)[0] == 200)
