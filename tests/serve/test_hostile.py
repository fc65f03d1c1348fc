"""Malformed requests: each gets one refusal and a closed connection, and other clients are not affected."""

import random
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import BareServer, bare_server, parse, read_all


@pytest.fixture(scope="module")
def server(bare_program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BareServer]:
    """A server of one page, shared by all tests: none may leave it in another state."""
    root = tmp_path_factory.mktemp("out")
    (root / "index.html").write_text("<html><head></head><body>the page</body></html>")
    with bare_server(bare_program, root, 500) as started:
        yield started
        assert started.get("/")[0] == 200


def answers(received: bytes) -> list[int]:
    """The status of each answer in what was received."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


GOOD = "GET / HTTP/1.1\r\nHost: localhost\r\n"

MALFORMED = {
    "nothing but an end": "\r\n\r\n",
    "an empty line first": f"\r\n{GOOD}\r\n",
    "no version": "GET /\r\nHost: localhost\r\n\r\n",
    "version 0.9": "GET / HTTP/0.9\r\nHost: localhost\r\n\r\n",
    "version 2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "version in small letters": "GET / http/1.1\r\nHost: localhost\r\n\r\n",
    "another protocol": "GET / ICY/1.1\r\nHost: localhost\r\n\r\n",
    "two blanks": "GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a blank in the target": "GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a blank at the end": "GET / HTTP/1.1 \r\nHost: localhost\r\n\r\n",
    "a tab": "GET\t/\tHTTP/1.1\r\nHost: localhost\r\n\r\n",
    "an absolute address": "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "an authority": "GET localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "an asterisk": "GET * HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a fragment": "GET /#a HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a broken escape": "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "half an escape": "GET /%4 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "an escaped NUL": "GET /index.html%00.txt HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a byte that is not ASCII": "GET /\xe9 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no host": "GET / HTTP/1.1\r\nAccept: */*\r\n\r\n",
    "no host, version 1.0": "GET / HTTP/1.0\r\n\r\n",
    "an empty host": "GET / HTTP/1.1\r\nHost:\r\n\r\n",
    "two hosts": f"{GOOD}Host: localhost\r\n\r\n",
    "two hosts in other letters": f"{GOOD}hOsT: evil.example\r\n\r\n",
    "two origins": f"{GOOD}Origin: http://localhost\r\nOrigin: http://evil.example\r\n\r\n",
    "a bare line feed after the request line": "GET / HTTP/1.1\nHost: localhost\r\n\r\n",
    "bare line feeds": "GET / HTTP/1.1\nHost: localhost\n\n",
    "a bare line feed in a value": f"{GOOD}X: a\nY: b\r\n\r\n",
    "a bare carriage return": f"{GOOD}X: a\rY: b\r\n\r\n",
    "a folded line": f"{GOOD}X: a\r\n b\r\n\r\n",
    "a folded host": "GET / HTTP/1.1\r\nHost:\r\n localhost\r\n\r\n",
    "a blank before the first field": "GET / HTTP/1.1\r\n Host: localhost\r\n\r\n",
    "a blank before the colon": f"{GOOD}X : a\r\n\r\n",
    "a blank before the colon of the length": f"{GOOD}Content-Length : 5\r\n\r\nhello",
    "no colon": f"{GOOD}nonsense\r\n\r\n",
    "no name": f"{GOOD}: value\r\n\r\n",
    "a name in brackets": f"{GOOD}(X): a\r\n\r\n",
    "a NUL in a value": f"{GOOD}X: a\0b\r\n\r\n",
    "a NUL in a name": f"{GOOD}X\0: a\r\n\r\n",
    "a bell": f"{GOOD}X: \a\r\n\r\n",
    "length and encoding": f"{GOOD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "encoding and length": f"{GOOD}Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
    "two lengths": f"{GOOD}Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello",
    "two equal lengths": f"{GOOD}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "a list of lengths": f"{GOOD}Content-Length: 5, 5\r\n\r\nhello",
    "a length with a sign": f"{GOOD}Content-Length: +5\r\n\r\nhello",
    "a length below zero": f"{GOOD}Content-Length: -1\r\n\r\n",
    "a hexadecimal length": f"{GOOD}Content-Length: 0x5\r\n\r\nhello",
    "an empty length": f"{GOOD}Content-Length:\r\n\r\n",
    "an enormous length": f"{GOOD}Content-Length: {'9' * 40}\r\n\r\n",
    "a body": f"{GOOD}Content-Length: 5\r\n\r\nhello",
    "a body in chunks": f"{GOOD}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "an encoding in disguise": f"{GOOD}Transfer-Encoding: xchunked\r\n\r\n",
    "a request in a body": f"{GOOD}Content-Length: 40\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a request in a chunk": f"{GOOD}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{GOOD}\r\n",
    "TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "noise": "\xff\xfe\x00\x01" * 100,
}


@pytest.mark.parametrize("request_text", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_requests_are_refused_once(server: BareServer, request_text: str) -> None:
    received = server.exchange(request_text.encode("latin-1"))
    assert answers(received) == [400]
    _, fields, body = parse(received)
    assert fields["connection"] == "close"
    assert int(fields["content-length"]) == len(body)
    assert b"the page" not in received


@pytest.mark.parametrize("request_text", MALFORMED.values(), ids=MALFORMED.keys())
def test_nothing_is_answered_after_a_malformed_request(
    server: BareServer, request_text: str
) -> None:
    """A good request that follows is discarded, as nobody can tell where it begins."""
    received = server.exchange(f"{request_text}{GOOD}\r\n".encode("latin-1"))
    assert answers(received) == [400]
    assert b"the page" not in received


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "X"]
)
def test_refusals_of_other_methods_say_which_are_allowed(server: BareServer, method: str) -> None:
    request = f"{method} / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello{GOOD}\r\n"
    received = server.exchange(request.encode())
    assert answers(received) == [405]
    assert parse(received)[1]["allow"] == "GET, HEAD"


def test_a_refusal_owes_nothing_to_the_request_before_it(server: BareServer) -> None:
    """Which was a good one on the same connection. Its parts must not be read as those of the next one."""
    received = server.exchange(f"{GOOD}\r\nHEAD\0".encode())
    assert answers(received) == [200, 400]
    refusal = received[received.index(b"HTTP/1.1 400") :]
    _, fields, body = parse(refusal)
    assert len(body) == int(fields["content-length"]) > 0
    with server.connect() as connection:
        connection.sendall(f"{GOOD}\r\n".encode())
        assert connection.recv(12) == b"HTTP/1.1 200"
        connection.sendall(b"\x01\r\n\r\n")
        assert b"HTTP/1.1 400" in read_all(connection)


def test_requests_that_are_too_long_are_refused(server: BareServer) -> None:
    peak = server.statistics("VmHWM")
    long = "a" * 10_000
    many = "".join(f"X-{i}: a\r\n" for i in range(200))
    for request, status in {
        f"GET /{long} HTTP/1.1\r\nHost: localhost\r\n\r\n": 414,
        "GET /" + "a" * 100_000: 414,
        f"{GOOD}X: {long * 10}\r\n\r\n": 431,
        f"{GOOD}{many}\r\n": 431,
        GOOD + "X: a\r\n" * 20_000: 431,
        "A" * 10_000_000: 414,
    }.items():
        received = server.exchange(request.encode())
        assert answers(received) == [status]
    assert server.statistics("VmHWM") - peak < 5_000


def test_large_cookies_are_accepted(server: BareServer) -> None:
    assert server.get("/", f"Cookie: {'a' * 20_000}")[0] == 200


def test_requests_in_one_packet_are_answered_in_order(server: BareServer) -> None:
    head = "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    missing = "GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n"
    received = server.exchange((f"{GOOD}\r\n{head}{missing}" * 100).encode())
    assert answers(received) == [200, 200, 404] * 100
    assert received.count(b"the page") == 100


def test_a_broken_request_ends_a_series(server: BareServer) -> None:
    received = server.exchange(f"{GOOD}\r\n{GOOD}\r\nGET /\r\n\r\n{GOOD}\r\n".encode())
    assert answers(received) == [200, 200, 400]


def test_close_ends_a_series(server: BareServer) -> None:
    received = server.exchange(f"{GOOD}connection: foo, Close\r\n\r\n{GOOD}\r\n".encode())
    assert answers(received) == [200]
    received = server.exchange(f"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n{GOOD}\r\n".encode())
    assert answers(received) == [200]


def test_a_request_may_arrive_byte_by_byte(server: BareServer) -> None:
    with server.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in f"{GOOD}Connection: close\r\n\r\n".encode():
            connection.sendall(bytes([byte]))
        assert answers(read_all(connection)) == [200]


@pytest.mark.parametrize("text", ["G", "GET / HTTP/1.1\r\n", f"{GOOD}X: a", f"{GOOD}\r\nGET"])
def test_slow_requests_time_out(server: BareServer, text: str) -> None:
    """A request that was begun must be completed in time; others are answered meanwhile."""
    with server.connect() as slow:
        slow.sendall(text.encode())
        assert server.get("/")[0] == 200
        received = read_all(slow)
    assert answers(received)[-1] == 408


def test_more_bytes_do_not_extend_the_time_for_a_request(server: BareServer) -> None:
    """Slowloris: more bytes keep coming, but the request never ends."""
    started = time.monotonic()
    with server.connect() as slow:
        slow.settimeout(0.05)
        slow.sendall(GOOD.encode())
        received = b""
        while not received:
            assert time.monotonic() - started < 30
            slow.sendall(b"X: a\r\n")
            try:
                received = slow.recv(65536)
            except TimeoutError:
                continue
        assert answers(received) == [408]


def test_many_slow_requests_do_not_hold_up_others(server: BareServer) -> None:
    crowd = [server.connect() for _ in range(500)]
    for connection in crowd:
        connection.sendall(GOOD.encode())
    assert server.get("/")[0] == 200
    for connection in crowd:
        assert answers(read_all(connection)) == [408]
        connection.close()


# -- Host and Origin ---------------------------------------------------------------------------------------------------


def strange_names(count: int) -> list[bytes]:
    """Mutations of our hosts; the same ones each time."""
    source = random.Random(1)
    seeds = [
        b"localhost",
        b"127.0.0.1",
        b"[::1]",
        b"127.1",
        b"0177.0.0.1",
        b"2130706433",
        b"0x7f000001",
        b"[::ffff:127.0.0.1]",
    ]
    edges = [
        b".evil.example",
        b"@evil.example",
        b":80:80",
        b":99999",
        b":-1",
        b":80x",
        b"..",
        b"%00",
        b"/",
        b"\\",
        b"#",
        b"?",
        b",",
        b";",
        b" x",
        b"\xff",
        b"]",
        b"[",
        b"_",
        b"-",
        b"'",
        b'"',
        b"<b>",
        b"\tx",
        b"%2e",
        b"\xe2\x80\xa4",
    ]
    names: set[bytes] = set()
    while len(names) < count:
        name = bytearray(source.choice(seeds))
        for _ in range(source.randint(1, 4)):
            place = source.randint(0, len(name))
            name[place:place] = source.choice([*edges, bytes([source.randint(33, 255)])])
        names.add(bytes(name))
    return sorted(names)


@pytest.fixture
def mutations(pytestconfig: pytest.Config) -> int:
    """How many names are tried; more with --long."""
    return 10_000 if pytestconfig.getoption("--long") else 2_000


def is_ours(name: bytes) -> bool:
    """Whether a mutation is still a name of this machine, such as "localhost:", "x.localhost" or "127.0.0.13"."""
    text = name.decode("latin-1").strip().lower()
    match = re.fullmatch(
        r"([a-z0-9._-]*\.)?localhost\.?|127(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}\.?|\[::1\]",
        re.sub(r":\d{0,5}$", "", text),
    )
    port = re.search(r":(\d+)$", text)
    return match is not None and (port is None or int(port[1]) <= 65535)


def test_thousands_of_mutated_hosts_are_refused(server: BareServer, mutations: int) -> None:
    refused = 0
    for name in strange_names(mutations):
        received = server.exchange(
            b"GET / HTTP/1.1\r\nHost: " + name + b"\r\nConnection: close\r\n\r\n"
        )
        (status,) = answers(received)
        if is_ours(name):
            assert status == 200, name
        else:
            assert status in (400, 403), name
            assert b"the page" not in received
            refused += 1
    assert refused > mutations * 0.9


def test_thousands_of_mutated_origins_are_refused(server: BareServer, mutations: int) -> None:
    head = f"GET / HTTP/1.1\r\nHost: {server.host}\r\nConnection: close\r\n".encode()
    for name in strange_names(mutations):
        received = server.exchange(head + b"Origin: http://" + name + b"\r\n\r\n")
        (status,) = answers(received)
        assert status in (400, 403), name
        assert b"the page" not in received


def test_the_refusal_of_a_host_names_the_option_to_allow_it(server: BareServer) -> None:
    status, fields, body = parse(
        server.exchange(b"GET / HTTP/1.1\r\nHost: <script>.example\r\n\r\n")
    )
    assert status == 403
    assert b"--allowed-host" in body
    assert b"<script>.example" not in body
    assert "script-src" in fields["content-security-policy"]
