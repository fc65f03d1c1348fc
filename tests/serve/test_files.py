"""Static files: conditional requests, ranges, large files, and files that change while they are sent."""

import os
import re
import socket
import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from support import BareServer, bare_server, parse, read_all

SMALL = bytes(range(256)) * 4
LARGE = 5_000_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """OUT with a page, a small file, and one so large that it is sent with sendfile."""
    out = tmp_path / "out"
    (out / "sub/a:b").mkdir(parents=True)
    (out / "index.html").write_text("<html><head></head><body>the page</body></html>")
    (out / "sub/index.html").write_text("below")
    (out / "small.bin").write_bytes(SMALL)
    (out / "large.bin").write_bytes(large_content(0))
    (out / "empty.txt").write_bytes(b"")
    return out


@pytest.fixture
def server(bare_program: Path, root: Path) -> Iterator[BareServer]:
    with bare_server(bare_program, root) as started:
        yield started


@cache
def large_content(number: int) -> bytes:
    """Content in which every line has the number of the version."""
    return (f"{number:015}\n".encode() * (LARGE // 16 + 1))[:LARGE]


@pytest.mark.parametrize("name", ["small.bin", "large.bin", "index.html", "empty.txt"])
def test_the_etag_changes_with_the_content(server: BareServer, root: Path, name: str) -> None:
    status, fields, body = server.get(f"/{name}")
    assert status == 200
    etag = fields["etag"]
    assert re.fullmatch(r'"[0-9a-f]{16}"', etag)
    assert int(fields["content-length"]) == len(body)
    content = (root / name).read_bytes()
    (root / name).unlink()
    (root / name).write_bytes(content)
    assert server.get(f"/{name}")[1]["etag"] == etag
    (root / name).write_bytes(content + b"x")
    assert server.get(f"/{name}")[1]["etag"] != etag


def test_edits_that_keep_size_and_modification_time_change_the_etag(
    server: BareServer, root: Path
) -> None:
    """Setting the modification time back still changes the inode's change time."""
    seen, changed = set(), 0
    file = root / "large.bin"
    for number in range(5):
        file.write_bytes(large_content(number))
        os.utime(file, ns=(10**18, 10**18))
        while file.stat().st_ctime_ns == changed:  # the clock of files advances in steps
            os.utime(file, ns=(10**18, 10**18))
        changed = file.stat().st_ctime_ns
        status, fields, body = server.get("/large.bin")
        assert (status, body == large_content(number)) == (200, True)
        seen.add(fields["etag"])
    assert len(seen) == 5


@pytest.mark.parametrize("name", ["small.bin", "large.bin"])
def test_if_none_match(server: BareServer, name: str) -> None:
    etag = server.get(f"/{name}")[1]["etag"]
    for known in (etag, f"W/{etag}", f'"a", {etag}', f'"a,b" , W/{etag},"c"', "*", f",{etag},"):
        status, fields, body = server.get(f"/{name}", f"If-None-Match: {known}")
        assert (status, body, fields["etag"]) == (304, b"", etag), known
        assert "content-length" not in fields
    for other in (
        '"a"',
        etag.strip('"'),
        f"{etag[:-1]}",
        f'"{etag}"',
        f'W/"x{etag[1:]}',
        '"*"',
        "",
    ):
        assert server.get(f"/{name}", f"If-None-Match: {other}")[0] == 200, other


def ranges(size: int) -> list[tuple[str, int, int, int]]:
    """A Range, the status of the answer, and where its body begins and ends."""
    return [
        ("bytes=0-0", 206, 0, 1),
        ("bytes=0-9", 206, 0, 10),
        (f"bytes={size - 1}-", 206, size - 1, size),
        (f"bytes={size - 1}-{size}", 206, size - 1, size),
        (f"bytes=5-{size * 2}", 206, 5, size),
        ("bytes=-1", 206, size - 1, size),
        (f"bytes=-{size}", 206, 0, size),
        (f"bytes=-{size * 9}", 206, 0, size),
        ("BYTES=0-9", 206, 0, 10),
        (f"bytes={size}-", 416, 0, 0),
        (f"bytes={size}-{size + 5}", 416, 0, 0),
        ("bytes=99999999999999999999999-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
        ("bytes=9-5", 200, 0, size),
        ("bytes=0-1,5-6", 200, 0, size),
        ("bytes=", 200, 0, size),
        ("bytes=-", 200, 0, size),
        ("bytes=a-b", 200, 0, size),
        ("bytes=0x1-5", 200, 0, size),
        ("bytes=+1-5", 200, 0, size),
        ("lines=0-1", 200, 0, size),
    ]


@pytest.mark.parametrize("name", ["small.bin", "large.bin"])
def test_ranges(server: BareServer, root: Path, name: str) -> None:
    content = (root / name).read_bytes()
    for wanted, status, first, end in ranges(len(content)):
        found, fields, body = server.get(f"/{name}", f"Range: {wanted}")
        assert found == status, wanted
        assert body == content[first:end], wanted
        assert int(fields["content-length"]) == len(body)
        if status == 206:
            assert fields["content-range"] == f"bytes {first}-{end - 1}/{len(content)}"
        elif status == 416:
            assert fields["content-range"] == f"bytes */{len(content)}"
        else:
            assert "content-range" not in fields


@pytest.mark.parametrize("name", ["small.bin", "large.bin"])
def test_if_range(server: BareServer, name: str) -> None:
    etag = server.get(f"/{name}")[1]["etag"]
    for condition, status in {
        etag: 206,
        f"W/{etag}": 200,
        '"other"': 200,
        "Tue, 24 Nov 2026 00:00:00 GMT": 200,
    }.items():
        assert server.get(f"/{name}", "Range: bytes=0-9", f"If-Range: {condition}")[0] == status


def test_a_range_of_an_empty_file_is_refused(server: BareServer) -> None:
    assert server.get("/empty.txt")[0] == 200
    assert server.get("/empty.txt", "Range: bytes=0-")[0] == 416


@pytest.mark.parametrize("name", ["small.bin", "large.bin", "index.html", "missing"])
def test_head_has_the_headers_of_get(server: BareServer, name: str) -> None:
    """With HEAD, Range is ignored."""
    status, fields, _ = server.get(f"/{name}")
    request = (
        f"HEAD /{name} HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-1\r\nConnection: close\r\n\r\n"
    )
    found, head, body = parse(server.exchange(request.encode()))
    assert (found, body) == (status, b"")
    del fields["date"], head["date"]
    assert head == fields


def test_the_redirect_of_a_directory_keeps_the_query(server: BareServer) -> None:
    for target, location in {
        "/sub": "sub/",
        "/sub?a=1&b=%20": "sub/?a=1&b=%20",
        "//sub?x=%0d%0aSet-Cookie:a": "sub/?x=%0d%0aSet-Cookie:a",
        "/sub/a:b": "a%3Ab/",
    }.items():
        status, fields, _ = server.get(target)
        assert (status, fields["location"]) == (302, location)
        assert "set-cookie" not in fields
    assert b"below" in server.get("/sub/?a=1")[2]


def test_all_answers_have_security_headers(server: BareServer) -> None:
    for target in (
        "/",
        "/small.bin",
        "/large.bin",
        "/missing",
        "/sub",
        "/__storytime/live.js",
        "/ws/reload",
    ):
        _, fields, _ = server.get(target)
        assert fields["x-content-type-options"] == "nosniff"
        assert fields["cross-origin-resource-policy"] == "same-origin"
        assert fields["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'self'" in fields["content-security-policy"]
        assert fields["cache-control"] == "no-cache"
        assert not [name for name in fields if name.startswith("access-control")]


# -- files that change -------------------------------------------------------------------------------------------------


def begin(server: BareServer, name: str) -> tuple[socket.socket, bytes]:
    """Ask for a file that is larger than any socket's buffer, and read only its beginning."""
    connection = server.connect()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    connection.sendall(
        f"GET /{name} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    )
    return connection, connection.recv(1000)


def replace(root: Path, name: str, content: bytes) -> None:
    (root / "new").write_bytes(content)
    (root / "new").replace(root / name)


@pytest.mark.parametrize(
    "change",
    [
        lambda root: replace(root, "huge.bin", b"b"),
        lambda root: (root / "huge.bin").unlink(),
        lambda root: root.rename(root.with_name("gone")),
    ],
    ids=["replaced", "removed", "moved"],
)
def test_a_change_of_the_name_does_not_change_a_file_being_sent(
    server: BareServer, root: Path, change: Callable[[Path], None]
) -> None:
    content = os.urandom(1000) * 12_000
    (root / "huge.bin").write_bytes(content)
    connection, received = begin(server, "huge.bin")
    with connection:
        change(root)
        received += read_all(connection)
    assert parse(received)[2] == content


def test_a_file_that_becomes_shorter_ends_the_connection(server: BareServer, root: Path) -> None:
    """Content-Length was sent already, so the client must be able to see that the body is incomplete."""
    (root / "huge.bin").write_bytes(b"a" * 40_000_000)
    connection, received = begin(server, "huge.bin")
    with connection:
        os.truncate(root / "huge.bin", 100)
        received += read_all(connection)
    _, fields, body = parse(received)
    assert len(body) < int(fields["content-length"]) == 40_000_000
    assert server.get("/")[0] == 200


def test_a_file_being_replaced_is_never_mixed(
    server: BareServer, root: Path, pytestconfig: pytest.Config
) -> None:
    """Every answer is one version, and an ETag always stands for the same version."""
    done = threading.Event()

    def go_on_replacing() -> None:
        number = 0
        while not done.is_set():
            number = (number + 1) % 5
            replace(root, "large.bin", large_content(number))

    versions: dict[str, set[int]] = {}
    thread = threading.Thread(target=go_on_replacing)
    thread.start()
    try:
        for _ in range(100 if pytestconfig.getoption("--long") else 30):
            status, fields, body = server.get("/large.bin")
            assert status == 200
            assert body == large_content(int(body[:15]))
            versions.setdefault(fields["etag"], set()).add(int(body[:15]))
    finally:
        done.set()
        thread.join()
    assert all(len(contents) == 1 for contents in versions.values())


def test_clients_that_leave_early_leak_no_descriptors(server: BareServer, root: Path) -> None:
    (root / "huge.bin").write_bytes(b"a" * 20_000_000)
    for _ in range(50):
        connection = server.connect()
        connection.sendall(b"GET /huge.bin HTTP/1.1\r\nHost: localhost\r\n\r\n")
        connection.close()
    assert server.get("/huge.bin")[0] == 200
    server.wait_for_descriptors(39)


def test_others_are_answered_while_large_files_are_read_and_sent(
    server: BareServer, root: Path
) -> None:
    """Twenty files whose ETags are not known yet, for clients that don't read: the event loop does not wait for them."""
    crowd = []
    for number in range(20):
        (root / f"huge{number}.bin").write_bytes(os.urandom(1) * 20_000_000)
    for number in range(20):
        connection = server.connect()
        connection.sendall(f"GET /huge{number}.bin HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        crowd.append(connection)
    assert server.get("/small.bin")[0] == 200
    for connection in crowd:
        connection.close()
    assert server.statistics("VmHWM") < 100_000, "files are not read into memory"


def test_the_server_survives_a_lack_of_descriptors(bare_program: Path, root: Path) -> None:
    """New connections wait without the process spinning, and are answered once a descriptor is free."""
    with BareServer(bare_program, root, command=("prlimit", "--nofile=64:64")) as server:
        crowd = [server.connect() for _ in range(100)]
        before = cpu_seconds(server)
        with pytest.raises(TimeoutError):
            crowd[-1].settimeout(1.5)
            crowd[-1].recv(1)
        assert cpu_seconds(server) - before < 0.5
        for connection in crowd:
            connection.close()
        assert server.get("/")[0] == 200


def cpu_seconds(server: BareServer) -> float:
    """The CPU time that the process has used so far."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
