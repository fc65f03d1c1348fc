"""A thousand connected pages. tests/soak/network.py does the same with ten thousand, and measures."""

import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import Crowd, bare_server, own_memory

COUNT = 1000


@pytest.fixture(autouse=True, scope="module")
def many_descriptors() -> Iterator[None]:
    """Two for each page, here and in the server."""
    before, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (before, most))


def make_root(directory: Path) -> Path:
    (directory / "index.html").write_text("<html><head></head><body>the page</body></html>")
    (directory / "large.bin").write_bytes(bytes(20_000_000))
    return directory


@own_memory
def test_a_thousand_pages(bare_program: Path, tmp_path: Path) -> None:
    with bare_server(bare_program, make_root(tmp_path)) as server:
        before = server.statistics("VmRSS")
        with Crowd(server.host, COUNT) as crowd:
            assert server.ask("clients") == f"clients {COUNT}"
            assert (server.statistics("VmRSS") - before) / COUNT < 8, "KiB for each that is idle"
            for number in range(10):
                assert len(crowd.broadcast(server, f"message-{number}.")) == COUNT
            assert crowd.lost == 0
            assert server.get("/")[0] == 200
        server.wait_for_clients(0)


@own_memory
def test_pages_that_do_not_read_are_dropped(bare_program: Path, tmp_path: Path) -> None:
    """Large messages fill their buffers; the other pages get every message, and nobody waits."""
    text = "x" * 60_000
    with bare_server(bare_program, make_root(tmp_path)) as server, Crowd(server.host, 20) as crowd:
        crowd.silence(10)
        before = server.statistics("VmRSS")
        for number in range(600):
            assert len(crowd.broadcast(server, f"{text}{number}.")) == 10
        server.wait_for_clients(10)
        assert crowd.lost == 0
        assert server.statistics("VmRSS") - before < 30_000


@pytest.mark.long
def test_pages_that_read_nothing_for_long_are_dropped(bare_program: Path, tmp_path: Path) -> None:
    """Even if their queue never gets long."""
    text = "x" * 60_000
    with bare_server(bare_program, make_root(tmp_path)) as server, Crowd(server.host, 5) as crowd:
        crowd.silence(2)
        for number in range(150):
            crowd.broadcast(server, f"{text}{number}.")
        assert server.ask("clients") == "clients 5"
        server.wait_for_clients(3)
        assert len(crowd.broadcast(server, "message.")) == 3


def test_requests_are_answered_during_broadcasts(bare_program: Path, tmp_path: Path) -> None:
    with (
        bare_server(bare_program, make_root(tmp_path)) as server,
        Crowd(server.host, COUNT) as crowd,
    ):
        readers = [server.connect() for _ in range(20)]
        for connection in readers:
            connection.sendall(b"GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for number in range(20):
            server.tell(f"broadcast message-{number}.")
            assert server.get("/")[0] == 200
        crowd.wait_for(b"message-19.", time.monotonic())
        for connection in readers:
            connection.close()
