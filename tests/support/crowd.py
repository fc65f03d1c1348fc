"""Thousands of cheap WebSocket clients in one process."""

import base64
import json
import os
import select
import socket
import time
from types import TracebackType
from typing import Self

from .bare import BareServer


def hello_frame(page: str) -> bytes:
    """The first frame that a page sends; its path must be short."""
    text = json.dumps({"type": "hello", "page": page}).encode()
    assert len(text) < 126
    return bytes([0x81, 0x80 | len(text)]) + b"\0\0\0\0" + text


class Crowd:
    """Clients of a server, which note when they receive a message. At most `at_once` handshakes are under way."""

    def __init__(self, host: str, count: int, page: str = "index.html", at_once: int = 500) -> None:
        self.host = host
        self.hello = hello_frame(page)
        self.poll = select.epoll()
        self.sockets: dict[int, socket.socket] = {}
        self.inputs: dict[int, bytes] = {}
        self.lost = 0
        self._connect(count, at_once)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for connection in self.sockets.values():
            connection.close()
        self.poll.close()

    def _begin(self) -> None:
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        connection.setblocking(False)
        name, port = self.host.split(":")
        connection.connect_ex((name, int(port)))
        self.sockets[connection.fileno()] = connection
        self.inputs[connection.fileno()] = b""
        self.poll.register(connection.fileno(), select.EPOLLOUT)

    def _shake_hands(self, fd: int) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        self.sockets[fd].send(
            f"GET /ws/reload HTTP/1.1\r\nHost: {self.host}\r\nOrigin: http://{self.host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        self.poll.modify(fd, select.EPOLLIN)

    def _connect(self, count: int, at_once: int) -> None:
        """Open `count` sockets. Each sends a hello, and waits for the answer."""
        started = time.monotonic()
        begun = done = 0
        greeted: set[int] = set()
        while done < count:
            while begun < count and begun - done < at_once:
                self._begin()
                begun += 1
            events = self.poll.poll(30)
            assert events, f"{count - done} were not answered"
            for fd, event in events:
                if event & select.EPOLLOUT:
                    self._shake_hands(fd)
                    continue
                data = self.sockets[fd].recv(65536)
                assert data, "the server hung up"
                self.inputs[fd] += data
                head, end, rest = self.inputs[fd].partition(b"\r\n\r\n")
                if fd not in greeted and end:
                    assert head.startswith(b"HTTP/1.1 101 "), head
                    self.sockets[fd].send(self.hello)
                    greeted.add(fd)
                    self.inputs[fd] = rest
                if fd in greeted and b"hello" in self.inputs[fd]:
                    self.inputs[fd] = b""
                    done += 1
        self.seconds_to_connect = time.monotonic() - started

    def silence(self, count: int) -> None:
        """Let so many clients stop reading."""
        for fd in list(self.sockets)[:count]:
            self.poll.unregister(fd)
            del self.inputs[fd]

    def wait_for(self, text: bytes, since: float) -> list[float]:
        """Wait until all clients that read have the message. Returns the seconds since `since`, sorted. `lost` counts disconnects."""
        delays: list[float] = []
        waiting = set(self.inputs)
        while waiting:
            events = self.poll.poll(60)
            assert events, f"{len(waiting)} never got the message"
            for fd, _ in events:
                try:
                    data = self.sockets[fd].recv(65536)
                except ConnectionResetError:
                    data = b""
                if not data:
                    self.poll.unregister(fd)
                    del self.inputs[fd]
                    waiting.discard(fd)
                    self.lost += 1
                    continue
                self.inputs[fd] += data
                if text in self.inputs[fd]:
                    self.inputs[fd] = b""
                    if fd in waiting:
                        waiting.remove(fd)
                        delays.append(time.monotonic() - since)
        return sorted(delays)

    def broadcast(self, server: BareServer, text: str) -> list[float]:
        """Let the server send a text to all. Returns the seconds until each client had it, sorted."""
        since = time.monotonic()
        server.tell(f"broadcast {text}")
        delays = self.wait_for(text.encode(), since)
        assert server.read() == "sent"
        return delays


def percentile(values: list[float], percent: float) -> float:
    """A percentile of sorted values."""
    return values[min(len(values) - 1, int(len(values) * percent / 100))]
