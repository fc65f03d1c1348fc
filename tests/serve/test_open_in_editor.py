"""/__storytime/open: only our own pages, on this machine, open files, and only those of the package."""

import json
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from support import Server, example, write_files
from support.bare import bare_server
from support.processes import children_of, wait_until

EDITOR = """#!/usr/bin/python3
import json, os, sys
with open({record!r}, "a") as record:
    record.write(json.dumps([os.path.basename(sys.argv[0]), *sys.argv[1:]]) + "\\n")
"""


def make_editor(path: Path, record: Path) -> Path:
    """A program that records its command line."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(EDITOR.format(record=str(record)))
    path.chmod(0o755)
    return path


class Desk:
    """A server, and the command lines that its editor was started with."""

    def __init__(self, server: Server, package: Path, record: Path) -> None:
        self.server = server
        self.package = package
        self.record = record
        found = re.search(r'data-token="([0-9a-f]{32})"', server.get("index.html"))
        assert found
        self.token = found[1]

    def open(self, file: str, line: str = "7", method: str = "GET", **fields: str) -> int:
        """Ask as our own page does. `file` gets encoded here, `line` does not; `fields` replace headers."""
        target = f"__storytime/open?file={quote(file)}&line={line}&token={self.token}"
        return self.ask(target, method, **fields)

    def ask(self, target: str, method: str = "GET", **fields: str) -> int:
        sent = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
        sent |= {name.replace("_", "-"): value for name, value in fields.items()}
        return self.server.request(target, sent, method)[0]

    def started(self, count: int) -> list[list[str]]:
        """Wait until the editor has been started this often. Its command lines."""

        def lines() -> list[str]:
            return self.record.read_text().splitlines() if self.record.exists() else []

        wait_until(lambda: len(lines()) >= count)
        return [json.loads(line) for line in lines()]

    def assert_nothing_was_opened(self) -> None:
        """Make a good request: it must be the only one that has started the editor."""
        assert self.open("stories.py", "3") == 204
        assert self.started(1) == [["some-editor", f"{self.package}/stories.py:3"]]


@pytest.fixture(scope="module")
def server_of_module(
    program: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, Path, Path]]:
    directory = tmp_path_factory.mktemp("desk")
    record = directory / "record"
    editor = make_editor(directory / "bin/some-editor", record)
    package = write_files(directory / "shop", example())
    write_files(directory, {"outside.py": "", "shop-other/stories.py": ""})
    write_files(package, {"-rf.py": "", "a b;$(touch x)'\".py": "", "deep/er/x.py": ""})
    os.symlink("../outside.py", package / "link.py")
    os.symlink("..", package / "up")
    os.symlink("stories.py", package / "within.py")
    os.mkfifo(package / "pipe.py")
    server = Server(
        program,
        directory,
        package,
        "--allowed-host",
        "dev.example",
        env={"STORYTIME_EDITOR": str(editor)},
    )
    yield server, package, record
    server.close()


@pytest.fixture
def desk(server_of_module: tuple[Server, Path, Path]) -> Desk:
    """The server that all tests share, with an empty record."""
    server, package, record = server_of_module
    record.unlink(missing_ok=True)
    return Desk(server, package, record)


# -- files -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file",
    [
        "stories.py",
        "components/button/button.py",
        "components/../stories.py",
        "-rf.py",
        "a b;$(touch x)'\".py",
        "deep//er/x.py",
    ],
)
def test_a_file_of_the_package_is_opened(desk: Desk, file: str) -> None:
    """Its absolute path is one argument, which no editor takes for an option."""
    assert desk.open(file) == 204
    assert desk.started(1) == [["some-editor", f"{(desk.package / file).resolve()}:7"]]


def test_a_link_within_the_package_opens_its_target(desk: Desk) -> None:
    assert desk.open("within.py") == 204
    assert desk.started(1) == [["some-editor", f"{desk.package}/stories.py:7"]]


def test_nothing_else_is_opened(desk: Desk) -> None:
    outside = [
        "",
        ".",
        "/",
        "..",
        "../outside.py",
        "components/../../outside.py",
        "link.py",
        "up/outside.py",
        "up/shop-other/stories.py",
        "../shop-other/stories.py",
        "/etc/passwd",
        "//etc/passwd",
        str(desk.package / "stories.py"),
        f"../{desk.package.name}",
        "components",
        "pipe.py",
        "missing.py",
        "-g",
        "--help",
        "stories.py:1",
        "stories.py/",
        "stories.py\n",
        "~/.profile",
        "file:///etc/passwd",
        "$HOME",
        "x" * 3000,
    ]
    for file in outside:
        assert desk.open(file) == 404, file
    for query in ["file=stories.py%00&line=1", "file=%zz&line=1", "file=%&line=1", "line=1"]:
        assert desk.ask(f"__storytime/open?{query}&token={desk.token}") == 404, query
    twice = f"file=stories.py&file=stories.py&line=1&token={desk.token}"
    assert desk.ask(f"__storytime/open?{twice}") == 404
    desk.assert_nothing_was_opened()


# -- lines -------------------------------------------------------------------------------------------------------------


def test_invalid_lines_are_refused(desk: Desk) -> None:
    for line in [
        "abc",
        "",
        "-1",
        "+1",
        "1.5",
        "1e3",
        "0x1",
        "1%20",
        "%201",
        "1%3B2",
        "1%0a",
        "%00",
        "%",
        "99999999",
        "9" * 100,
        "1&line=2",
        "%D9%A1",
        "--wait",
    ]:
        assert desk.open("stories.py", line) == 400, line
    assert desk.ask(f"__storytime/open?file=stories.py&token={desk.token}") == 400
    desk.assert_nothing_was_opened()


def test_line_zero_opens_the_first_line(desk: Desk) -> None:
    assert desk.open("stories.py", "0") == 204
    assert desk.started(1)[0][1].endswith("/stories.py:1")
    assert desk.open("stories.py", "%31%32") == 204
    assert desk.started(2)[1][1].endswith("/stories.py:12")


# -- who asks ----------------------------------------------------------------------------------------------------------


def test_the_token_is_needed(desk: Desk) -> None:
    good = desk.token
    for token in [
        "",
        good[:-1],
        good + "0",
        good[::-1],
        good.upper(),  # one token in three million has no letter
        "0" * 32,
        f"{good}%00",
    ]:
        target = f"__storytime/open?file=stories.py&line=1&token={token}"
        assert desk.ask(target) == 403, token
    base = "__storytime/open?file=stories.py&line=1"
    assert desk.ask(base) == 403
    assert desk.ask(f"{base}&token={good}&token={good}") == 403
    assert desk.ask(f"{base}&Token={good}") == 403
    assert desk.ask(base, Cookie=f"token={good}", Authorization=f"Bearer {good}") == 403
    desk.assert_nothing_was_opened()


def test_other_pages_open_nothing(desk: Desk) -> None:
    """Even with the token: images, scripts, frames, forms, links, pages on another port, the address bar."""
    url = desk.server.url
    port = int(url.rsplit(":", 1)[1])
    for fields in [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://127.0.0.1:{port + 1 if port < 65535 else 1}"},
        {"Origin": f"http://localhost:{port}"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors", "Sec_Fetch_Dest": "image"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors", "Sec_Fetch_Dest": "script"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "iframe"},
        {
            "Sec_Fetch_Site": "cross-site",
            "Sec_Fetch_Mode": "navigate",
            "Sec_Fetch_Dest": "document",
        },
        {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"},
        {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "cors", "Sec_Fetch_Dest": "empty"},
        {"Sec_Fetch_Site": "none", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": f"dev.example:{port}"},
    ]:
        assert desk.open("stories.py", **fields) == 403, fields
    desk.assert_nothing_was_opened()


def test_an_allowed_host_shows_pages_but_opens_nothing(desk: Desk) -> None:
    """Through a tunnel or a proxy, all requests come from this machine; the host tells them from those of its user."""
    assert desk.server.request("index.html", {"Host": "dev.example"})[0] == 200
    assert desk.open("stories.py", Host="dev.example") == 403
    for host in ["localhost", "127.0.0.1", "[::1]:80", "shop.localhost"]:
        assert desk.open("stories.py", Host=host) == 204, host
    assert len(desk.started(4)) == 4


def test_other_methods_open_nothing(desk: Desk) -> None:
    for method, status in {"POST": 405, "PUT": 405, "OPTIONS": 405, "HEAD": 404}.items():
        assert desk.open("stories.py", method=method) == status, method
    desk.assert_nothing_was_opened()


def outer_address() -> str:
    """An address of this machine that is not a loopback one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            pytest.skip("this machine has only the loopback interface")
        return str(probe.getsockname()[0])


def test_another_machine_opens_nothing(program: Path, tmp_path: Path) -> None:
    address = outer_address()
    record = tmp_path / "record"
    editor = make_editor(tmp_path / "bin/some-editor", record)
    package = write_files(tmp_path / "shop", example())
    server = Server(
        program, tmp_path, package, "--host", "0.0.0.0", env={"STORYTIME_EDITOR": str(editor)}
    )
    try:
        port = server.url.rsplit(":", 1)[1]
        server.url = f"http://{address}:{port}"
        desk = Desk(server, package, record)
        assert desk.open("stories.py") == 403
        assert desk.open("stories.py", Host="localhost") == 403
        server.url = f"http://127.0.0.1:{port}"
        desk.assert_nothing_was_opened()
    finally:
        server.close()


# -- editors -----------------------------------------------------------------------------------------------------------


def desk_with(
    program: Path, directory: Path, env: dict[str, str], *names: str
) -> tuple[Server, Desk]:
    """A server with these environment variables, and editors with these names in its PATH."""
    record = directory / "record"
    for name in names:
        make_editor(directory / "bin" / name, record)
    package = write_files(directory / "shop", example())
    variables = {"STORYTIME_EDITOR": "", "VISUAL": "", "EDITOR": ""}
    path = f"{directory / 'bin'}:{os.environ['PATH']}"
    server = Server(program, directory, package, env={**variables, "PATH": path, **env})
    return server, Desk(server, package, record)


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"STORYTIME_EDITOR": "own"}, ["own", "FILE:7"]),
        ({"STORYTIME_EDITOR": "own --one  two "}, ["own", "--one", "two", "FILE:7"]),
        ({"STORYTIME_EDITOR": "code", "EDITOR": "kate"}, ["code", "-g", "FILE:7"]),
        ({"VISUAL": "code --wait"}, ["code", "--wait", "-g", "FILE:7"]),
        ({"VISUAL": "vim", "EDITOR": "kate"}, ["kate", "--line", "7", "FILE"]),
        ({"VISUAL": "emacsclient"}, ["emacsclient", "-n", "+7", "FILE"]),
        ({"STORYTIME_EDITOR": "  ", "EDITOR": "gvim -p"}, ["gvim", "-p", "+7", "FILE"]),
    ],
)
def test_each_editor_gets_the_line_in_its_own_syntax(
    program: Path, tmp_path: Path, env: dict[str, str], words: list[str]
) -> None:
    server, desk = desk_with(
        program, tmp_path, env, "own", "code", "kate", "emacsclient", "gvim", "vim"
    )
    try:
        assert desk.open("stories.py") == 204
        expected = [word.replace("FILE", f"{desk.package}/stories.py") for word in words]
        assert desk.started(1) == [expected]
    finally:
        server.close()


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"VISUAL": "vim", "EDITOR": "nano"},
        {"STORYTIME_EDITOR": "/no/such/editor"},
        {"STORYTIME_EDITOR": "/etc/passwd"},
        {"VISUAL": "code"},
    ],
    ids=["none", "of terminals", "missing", "no program", "known and missing"],
)
def test_an_editor_that_cannot_be_started_is_an_error(
    program: Path, tmp_path: Path, env: dict[str, str]
) -> None:
    """The page gets an error, and the server keeps running."""
    server, desk = desk_with(program, tmp_path, {**env, "PATH": "/usr/bin:/bin"}, "vim")
    try:
        for _ in range(3):
            assert desk.open("stories.py") == 501
        assert desk.open("missing.py") == 404
        assert server.request("index.html")[0] == 200
        assert server.interrupt() == 0
    finally:
        server.close()


def test_an_editor_outlives_the_server(program: Path, tmp_path: Path) -> None:
    """And the server does not wait for it."""
    waits = tmp_path / "waits"
    waits.write_text(
        f"#!/bin/sh\necho $$ > '{tmp_path}/pid.new'\nmv '{tmp_path}/pid.new' '{tmp_path}/pid'\nexec sleep 60\n"
    )
    waits.chmod(0o755)
    server, desk = desk_with(program, tmp_path, {"STORYTIME_EDITOR": str(waits)})
    try:
        assert desk.open("stories.py") == 204
        wait_until((tmp_path / "pid").exists)
        process = int((tmp_path / "pid").read_text())
        assert server.interrupt() == 0
        os.kill(process, 9)  # fails if there is no such process
    finally:
        server.close()


def test_editors_that_end_leave_no_process(desk: Desk) -> None:
    for _ in range(20):
        assert desk.open("stories.py") == 204
    desk.started(20)
    server = desk.server.process.pid
    wait_until(lambda: len(children_of(server)) <= 1)


def test_names_of_files_are_decoded_once(bare_program: Path, tmp_path: Path) -> None:
    """A name that was encoded twice reaches the callback as it was encoded once."""
    with bare_server(bare_program, tmp_path) as server:
        target = f"/__storytime/open?file=%252e%252e/x.py&line=5&token={server.token}"
        assert server.get(target)[0] == 204
        assert server.read() == "open %2e%2e/x.py:5"
