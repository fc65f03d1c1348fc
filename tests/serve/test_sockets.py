"""WebSockets that misbehave: each is closed with the code for its fault, and other pages are not affected."""

import base64
import json
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from support import BareServer, bare_server, read_all
from support.raw_socket import BINARY, CLOSE, PING, PONG, TEXT, RawSocket


@pytest.fixture
def server(bare_program: Path, tmp_path: Path) -> Iterator[BareServer]:
    """A server with a connected page, which must still be connected, and get messages, after the test."""
    (tmp_path / "index.html").write_text("the page")
    with bare_server(bare_program, tmp_path) as started, RawSocket(started) as bystander:
        yield started
        bystander.say({"type": "hello", "page": "a/"})
        while bystander.receive() != {"type": "hello", "page": "a/index.html"}:
            pass  # a broadcast of the test
        assert started.ask("broadcast 1") == "sent"
        while bystander.receive() != 1:
            pass
        assert started.get("/")[0] == 200


# -- opening -----------------------------------------------------------------------------------------------------------


def test_a_handshake_is_accepted(server: BareServer) -> None:
    with RawSocket(server) as page:
        assert page.status == 101
        assert b"sec-websocket-extensions" not in page.head.lower()


def test_no_origin_needs_the_token(server: BareServer) -> None:
    for target, status in {
        "/ws/reload": 403,
        "/ws/reload?token=": 403,
        f"/ws/reload?token={'0' * 32}": 403,
        f"/ws/reload?token={server.token}0": 403,
        f"/ws/reload?token={server.token[:-1]}": 403,
        f"/ws/reload?token={server.token}&token={server.token}": 403,
        f"/ws/reload?other=1&token={server.token}": 101,
    }.items():
        with RawSocket(server, "X: a", target=target) as page:
            assert page.status == status, target


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://127.0.0.1:1",
        "https://evil.example",
        "file://",
        "http://127.0.0.1",
        "",
    ],
)
def test_a_token_does_not_help_another_origin(server: BareServer, origin: str) -> None:
    with RawSocket(server, f"Origin: {origin}", target=f"/ws/reload?token={server.token}") as page:
        assert page.status == 403


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("Sec-WebSocket-Version: 12", 426),
        ("Sec-WebSocket-Version:", 426),
        ("Sec-WebSocket-Key: short", 400),
        ("Sec-WebSocket-Key: " + "a" * 24, 400),
        ("Sec-WebSocket-Key: " + "a" * 5000, 400),
        ("Upgrade: h2c", 426),
        ("Connection: keep-alive", 426),
        ("Host: evil.example", 403),
        ("Content-Length: 5", 400),
        ("Transfer-Encoding: chunked", 400),
    ],
)
def test_invalid_handshakes_are_refused(server: BareServer, line: str, status: int) -> None:
    fields = {
        "Host": server.host,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(bytes(16)).decode(),
        "Origin": f"http://{server.host}",
    }
    name, _, value = line.partition(":")
    fields[name] = value.strip()
    request = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    received = server.exchange(f"GET /ws/reload HTTP/1.1\r\n{request}\r\n".encode())
    assert received.startswith(f"HTTP/1.1 {status} ".encode())
    assert received.count(b"HTTP/1.1") == 1


def test_data_after_the_handshake_request_is_refused(server: BareServer) -> None:
    """A proxy that does not see an upgrade could take what follows the head for another request."""
    key = base64.b64encode(bytes(16)).decode()
    received = server.exchange(
        f"GET /ws/reload HTTP/1.1\r\nHost: {server.host}\r\nOrigin: http://{server.host}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        f"GET / HTTP/1.1\r\nHost: {server.host}\r\n\r\n".encode()
    )
    assert received.startswith(b"HTTP/1.1 400 ")
    assert received.count(b"HTTP/1.1") == 1


# -- talking -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"1",
        b"null",
        b'"hello"',
        b"\xff",
        b'{"type":"\xc0\xaf"}',
        b"[" * 10_000,
        b"{} {}",
    ],
)
def test_text_that_is_not_a_json_object_is_refused(server: BareServer, text: bytes) -> None:
    with RawSocket(server) as page:
        page.frame(TEXT, text)
        assert page.close_code() == 1007


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"type": "later"},
        {"type": 1, "page": "a"},
        {"type": "hello"},
        {"type": "hello", "page": 5},
        {"type": "hello", "page": "../../etc/passwd"},
        {"type": "hello", "page": "/etc/../../x"},
        {"type": "hello", "page": "a\0b"},
        {"type": "hello", "page": "a" * 10_000},
    ],
)
def test_unknown_messages_are_ignored(server: BareServer, message: object) -> None:
    with RawSocket(server) as page:
        page.say(message)
        page.say({"type": "hello", "page": "b.html"})
        assert page.receive() == {"type": "hello", "page": "b.html"}


def test_binary_messages_are_refused(server: BareServer) -> None:
    with RawSocket(server) as page:
        page.frame(BINARY, b"{}")
        assert page.close_code() == 1003


@pytest.mark.parametrize("size", [16 * 1024 + 1, 100_000, 2_000_000])
def test_a_message_that_is_too_long_is_refused(server: BareServer, size: int) -> None:
    with RawSocket(server) as page:
        try:
            page.frame(TEXT, b" " * size)
        except BrokenPipeError, ConnectionResetError:
            pass
        # The rest of the message may reset the connection before the code is read.
        assert page.close_code() in (1009, 0)
    with RawSocket(server) as page:
        page.frame(TEXT, b" " * (16 * 1024 + 1))
        assert page.close_code() == 1009


def test_fragments_are_put_together(server: BareServer) -> None:
    text = b'{"type":"hello","page":"c.html"}'
    with RawSocket(server) as page:
        for i, byte in enumerate(text):
            page.frame(TEXT if i == 0 else 0, bytes([byte]), final=i == len(text) - 1)
            if i % 10 == 0:
                page.frame(PING, b"in between")
        answers = [page.read_frame()]  # pings in quick succession may get one pong
        while answers[-1][0] == PONG:
            answers.append(page.read_frame())
    assert answers[0] == (PONG, b"in between")
    assert answers[-1] == (TEXT, b'{"type":"hello","page":"c.html"}')


def test_fragments_without_end_are_refused(server: BareServer) -> None:
    with RawSocket(server) as page:
        for i in range(20):
            try:
                page.frame(TEXT if i == 0 else 0, b" " * 1000, final=False)
            except BrokenPipeError, ConnectionResetError:
                break
        assert page.close_code() == 1009


def test_a_flood_of_messages_is_refused(server: BareServer) -> None:
    with RawSocket(server) as page:
        hello = b'{"type":"hello","page":"d.html"}'
        frame = bytes([0x81, 0x80 | len(hello)]) + b"\0\0\0\0" + hello
        try:
            page.connection.sendall(frame * 1000)
        except BrokenPipeError, ConnectionResetError:
            pass
        # The rest of the messages may reset the connection before the code is read.
        assert page.close_code() in (1008, 0)
    with RawSocket(server) as page:
        page.connection.sendall(frame * 101)
        assert page.close_code() == 1008


@pytest.mark.parametrize(
    "frame",
    [
        bytes([0x83, 0x80, 0, 0, 0, 0]),  # a reserved opcode
        bytes([0xC1, 0x82, 0, 0, 0, 0]) + b"{}",  # a reserved bit
        bytes([0x80, 0x80, 0, 0, 0, 0]),  # a continuation of no message
        bytes([0x09, 0x80, 0, 0, 0, 0]),  # a ping in fragments
        bytes([0x89, 0x80 | 126, 0, 200, 0, 0, 0, 0]) + bytes(200),  # a ping that is too long
    ],
    ids=["opcode", "bit", "continuation", "fragmented ping", "long ping"],
)
def test_invalid_frames_are_refused(server: BareServer, frame: bytes) -> None:
    with RawSocket(server) as page:
        page.connection.sendall(frame)
        page.connection.settimeout(20)
        assert page.close_code() in (1002, 0)


@pytest.mark.parametrize("opcode", [0x81, 0x89, 0x88], ids=["text", "ping", "close"])
def test_frames_without_a_mask_are_refused(server: BareServer, opcode: int) -> None:
    hello = b'{"type":"hello","page":"e.html"}'
    with RawSocket(server) as page:
        page.connection.sendall(bytes([opcode, len(hello)]) + hello)
        assert page.close_code() == 1002


@pytest.mark.parametrize("size", [2**16, 2**30, 2**62])
def test_a_message_that_is_announced_too_long_is_refused_at_once(
    server: BareServer, size: int
) -> None:
    """Before memory is allocated for it."""
    before = server.statistics("VmSize")
    with RawSocket(server) as page:
        page.connection.sendall(struct.pack("!BBQ", 0x81, 0x80 | 127, size) + b"\0\0\0\0{")
        assert page.close_code() == 1009
    assert server.statistics("VmSize") - before < 500_000


def test_fragments_that_are_too_long_together_are_refused(server: BareServer) -> None:
    part = bytes([0x80 | 126, 0x10, 0, 0, 0, 0, 0]) + b" " * 4096
    with RawSocket(server) as page:
        page.connection.sendall(bytes([0x01]) + part)
        for _ in range(4):
            page.connection.sendall(bytes([0x00]) + part)
        assert page.close_code() == 1009


@pytest.mark.parametrize("sizes", [(9000, 8000), (16384, 200), (300, 16384)], ids=str)
def test_the_limit_is_for_each_message_in_a_packet(
    server: BareServer, sizes: tuple[int, ...]
) -> None:
    """The longest that is accepted, in one packet with another."""

    def frame(size: int, number: int) -> bytes:
        hello = f'{{"type":"hello","page":"{number}.html"}}'.encode()
        return struct.pack("!BBH", 0x81, 0xFE, size) + b"\0\0\0\0" + hello.ljust(size)

    with RawSocket(server) as page:
        page.connection.sendall(b"".join(frame(size, n) for n, size in enumerate(sizes)))
        for number in range(len(sizes)):
            assert page.receive() == {"type": "hello", "page": f"{number}.html"}


def test_text_that_is_not_utf_8_is_refused(server: BareServer) -> None:
    with RawSocket(server) as page:
        page.connection.sendall(bytes([0x81, 0x84, 0, 0, 0, 0]) + b'"\xff\xfe"')
        assert page.close_code() == 1007


def test_a_message_may_come_byte_by_byte_with_pings_between_its_fragments(
    server: BareServer,
) -> None:
    first, rest = b'{"type":"hello",', b'"page":"g.html"}'
    frames = bytes([0x01, 0x80 | len(first), 0, 0, 0, 0]) + first
    frames += bytes([0x89, 0x82, 0, 0, 0, 0]) + b"hi"
    frames += bytes([0x80, 0x80 | len(rest), 0, 0, 0, 0]) + rest
    with RawSocket(server) as page:
        for byte in frames:
            page.connection.sendall(bytes([byte]))
        assert page.read_frame() == (PONG, b"hi")
        assert page.receive() == {"type": "hello", "page": "g.html"}


@pytest.mark.parametrize(
    ("payload", "code"), [(b"\x03\xe9", 1001), (b"\x03\xed", 1002), (b"!", 1002)]
)
def test_a_close_is_answered(server: BareServer, payload: bytes, code: int) -> None:
    with RawSocket(server) as page:
        page.frame(CLOSE, payload)
        assert page.close_code() == code


def test_random_bytes_do_no_harm(server: BareServer) -> None:
    for _ in range(100):
        with RawSocket(server) as page:
            try:
                page.connection.sendall(os.urandom(2000))
                page.connection.shutdown(socket.SHUT_WR)
                read_all(page.connection)
            except OSError:
                pass


def test_clients_that_disconnect_without_a_close_frame_are_removed(server: BareServer) -> None:
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(RawSocket(server))
        assert server.ask("clients") == "clients 201"
    server.wait_for_clients(1)


def test_one_message_is_one_frame(server: BareServer) -> None:
    text = json.dumps("x" * 50_000)
    with RawSocket(server) as page:
        server.ask(f"broadcast {text}")
        assert page.receive() == "x" * 50_000
