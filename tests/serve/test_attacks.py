"""Hostile clients, and harmless ones that look like them: the answers they get, and that no memory or descriptor leaks."""

import os
import re
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import BareServer, bare_server, own_memory, read_all
from support.raw_socket import CLOSE, TEXT, RawSocket

HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
LARGE = b"GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def server(bare_program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BareServer]:
    root = tmp_path_factory.mktemp("out")
    (root / "index.html").write_text("<html><head></head><body>the page</body></html>")
    (root / "large.bin").write_bytes(bytes(20_000_000))
    with bare_server(bare_program, root) as started:
        yield started
        assert started.get("/")[0] == 200


def statuses(received: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


def reset(connection: socket.socket) -> None:
    """Close with an RST, so that data on its way is lost."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


# -- requests ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_bytes", "expected"),
    [
        (b"GET / HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n" * 2, [200]),
        (HEAD + b"Connection: close, keep-alive\r\n\r\n" + HEAD + b"\r\n", [200]),
        (HEAD + b"Expect: 100-continue\r\n\r\n", [200]),
        (HEAD + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc", [400]),
        (HEAD + b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: A\r\n\r\n", [200]),
        (HEAD + b"Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n" + HEAD + b"\r\n", [400]),
        (HEAD + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", [400]),
        (HEAD + b"Transfer-Encoding: identity\r\n\r\n" + HEAD + b"\r\n", [400]),
        (HEAD + b"Transfer-Encoding:\r\n\r\n" + HEAD + b"\r\n", [400]),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;a=\"\r\n\"\r\nX\r\n0\r\n\r\n", [400]),
        (HEAD + b"Content-Length: 18446744073709551616\r\n\r\n" + HEAD + b"\r\n", [400]),
        (b"HEAD / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc" + HEAD + b"\r\n", [400]),
        (HEAD + b"Range: bytes=" + b",".join(b"%d-%d" % (i, i) for i in range(5000)) + b"\r\n\r\n", [431]),
        (HEAD + b"Range: bytes=" + b",".join(b"%d-%d" % (i, i) for i in range(1000)) + b"\r\n\r\n", [200]),
        (HEAD + b"Range: bytes=18446744073709551616-\r\n\r\n", [416]),
        (HEAD + b"If-Modified-Since: Thu, 99 Jan 99999999999 99:99:99 GMT\r\n\r\n", [200]),
        (HEAD + b"If-Modified-Since: -9223372036854775809\r\n\r\n", [200]),
        (HEAD + b"If-None-Match: " + b",".join(b'"%d"' % i for i in range(3000)) + b"\r\n\r\n", [200]),
    ],
)  # fmt: skip
def test_unusual_requests_get_one_answer_each(
    server: BareServer, request_bytes: bytes, expected: list[int]
) -> None:
    received = server.exchange(request_bytes)
    assert statuses(received) == expected


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "localtest.me",
        "0.0.0.0",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::1%lo]",
        "[::1].evil.example",
        "[::1].",
        "::1",
        "127.1",
        "127.0.0.01",
        "0x7f.0.0.1",
        "2130706433",
        "localhost..",
        "localhost:65536",
        "localhost%2eevil.example",
        "user:password@localhost",
        "evil.example#localhost",
        "xn--localhost",
        "allowed.example",
        "evilallowed.example",
        "a.allowed.example.evil.example",
        "a.allowed.example@evil.example",
    ],
)
def test_hosts_that_only_look_local_are_refused(server: BareServer, host: str) -> None:
    received = server.exchange(
        f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
    )
    assert statuses(received) == [403]
    assert b"the page" not in received


# -- connections -------------------------------------------------------------------------------------------------------


def test_reset_connections_leak_nothing(server: BareServer) -> None:
    before, memory = server.descriptors, server.statistics("VmRSS")
    for number in range(1000):
        connection = server.connect()
        connection.sendall([LARGE, HEAD, b"", HEAD + b"\r\n"][number % 4])
        reset(connection)
    for _ in range(300):
        page = RawSocket(server)
        page.input.close()
        reset(page.connection)
    server.wait_for_descriptors(before)
    server.wait_for_clients(0)
    assert server.statistics("VmRSS") - memory < 5_000


def test_silent_connections_cost_little_memory(server: BareServer) -> None:
    before = server.statistics("VmRSS")
    crowd = [server.connect() for _ in range(400)]
    assert server.get("/")[0] == 200
    assert (server.statistics("VmRSS") - before) / len(crowd) < 4, "KiB for each"
    for connection in crowd[::2]:
        connection.shutdown(socket.SHUT_WR)
        assert read_all(connection) == b""
    for connection in crowd:
        connection.close()


@own_memory
def test_unread_responses_do_not_fill_memory(server: BareServer) -> None:
    """The server stops reading when it can't send, so requests pile up at the client."""
    before = server.statistics("VmRSS")
    with server.connect() as connection:
        connection.settimeout(1)
        sent = 0
        try:
            while sent < 100_000_000:
                sent += connection.send((HEAD + b"\r\n") * 1000)
        except TimeoutError:
            pass
        assert sent < 100_000_000
        assert server.get("/")[0] == 200
        assert server.statistics("VmRSS") - before < 30_000


@pytest.mark.long
def test_a_client_that_stops_reading_is_dropped(server: BareServer) -> None:
    """A client that reads slowly is not."""
    before = server.descriptors
    stalled = [server.connect() for _ in range(20)]
    with server.connect() as slow:
        for connection in (*stalled, slow):
            connection.sendall(LARGE)
        received = len(slow.recv(100_000))  # accepted last, so all the others have been, too
        while server.descriptors > before + 2:  # its connection and its file
            received += len(slow.recv(100_000))
            time.sleep(0.2)
            assert received < 19_000_000, "the stalled clients were not dropped"
        assert slow.recv(100_000)
    for connection in stalled:
        connection.close()


# -- WebSockets --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (struct.pack("!H", 1000), 1000),
        (struct.pack("!H", 1000) + b"x" * 123, 1000),
        (struct.pack("!H", 4999), 4999),
        (struct.pack("!H", 0), 1002),
        (struct.pack("!H", 999), 1002),
        (struct.pack("!H", 1005), 1002),
        (struct.pack("!H", 1006), 1002),
        (struct.pack("!H", 1015), 1002),
    ],
)
def test_a_close_is_answered(server: BareServer, payload: bytes, code: int) -> None:
    with RawSocket(server) as page:
        page.frame(CLOSE, payload)
        page.frame(TEXT, b'{"type":"hello","page":"a.html"}')  # ignored, as it follows a close
        assert page.close_code() == code


@pytest.mark.parametrize(
    "frames",
    [
        [(0x01, b"{"), (0x81, b"}")],  # a message in a message
        [(0xA1, b"{}")],
        [(0x91, b"{}")],
        [(0x8B, b"")],
        [(0x01, b'{"page":"\xc3'), (0x80, b'"}')],
        [(0x81, b'{"page":"\xed\xa0\x80"}')],
        [(0x81, b'{"page":"\\ud800"}')],
        [(0x81, b"[" * 120)],
    ],
)
def test_invalid_frames_and_texts_are_refused(
    server: BareServer, frames: list[tuple[int, bytes]]
) -> None:
    with RawSocket(server) as page:
        for first, payload in frames:
            page.connection.sendall(bytes([first, 0x80 | len(payload), 0, 0, 0, 0]) + payload)
        assert page.close_code() in (1002, 1007)


def test_a_character_may_be_cut_by_a_fragment(server: BareServer) -> None:
    text = '{"type":"hello","page":"é.html"}'.encode()
    at = text.index("é".encode()) + 1
    with RawSocket(server) as page:
        page.frame(TEXT, text[:at], final=False)
        page.frame(0, text[at:])
        assert page.receive() == {"type": "hello", "page": "é.html"}


def test_lengths_in_more_bytes_than_they_need_are_refused(server: BareServer) -> None:
    hello = b'{"type":"hello","page":"a.html"}'
    for head in (
        struct.pack("!BBH", 0x81, 0xFE, len(hello)),
        struct.pack("!BBQ", 0x81, 0xFF, len(hello)),
        struct.pack("!BBQ", 0x81, 0xFF, 2**64 - 1),
    ):
        with RawSocket(server) as page:
            page.connection.sendall(head + b"\0\0\0\0" + hello)
            assert page.close_code() == 1002


def test_floods_of_pings_and_empty_fragments_do_not_fill_memory(server: BareServer) -> None:
    """Memory does not grow, and others are answered."""
    before = server.statistics("VmRSS")
    ping = bytes([0x89, 0x80 | 125, 0, 0, 0, 0]) + bytes(125)
    with RawSocket(server) as page:
        page.connection.settimeout(1)
        try:
            for _ in range(5000):
                page.connection.sendall(ping * 100)
        except OSError:
            pass  # it may be dropped, or the server doesn't read on while the pongs aren't read
        assert server.get("/")[0] == 200
    with RawSocket(server) as page:
        page.connection.sendall(
            bytes([0x01, 0x80, 0, 0, 0, 0]) + bytes([0x00, 0x80, 0, 0, 0, 0]) * 50_000
        )
        page.frame(0, b'{"type":"hello","page":"a.html"}')
        assert page.receive() == {"type": "hello", "page": "a.html"}
    assert server.statistics("VmRSS") - before < 30_000


def test_random_requests_leak_no_descriptors(server: BareServer) -> None:
    before = server.descriptors
    for _ in range(300):
        with server.connect() as connection:
            try:
                connection.sendall(os.urandom(500))
                connection.shutdown(socket.SHUT_WR)
                assert statuses(read_all(connection)) in ([400], [])
            except OSError:
                pass
    server.wait_for_descriptors(before)
