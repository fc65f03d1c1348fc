"""A WebSocket for tests that write frames themselves, also wrong ones."""

import base64
import json
import os
import struct
from typing import Self

from .bare import BareServer

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class RawSocket:
    """A WebSocket that sends exactly the frames that a test asks for."""

    def __init__(self, server: BareServer, *fields: str, target: str = "/ws/reload") -> None:
        self.connection = server.connect()
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {target} HTTP/1.1",
            f"Host: {server.host}",
            "Upgrade: websocket",
            "Connection: keep-alive, Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
            *(fields or [f"Origin: http://{server.host}"]),
        ]
        self.connection.sendall("\r\n".join([*lines, "", ""]).encode())
        self.input = self.connection.makefile("rb")
        self.status = int(self.input.readline().split()[1])
        self.head = b"".join(iter(self.input.readline, b"\r\n"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.input.close()
        self.connection.close()

    def frame(self, opcode: int, payload: bytes, final: bool = True, first: int = 0) -> None:
        """Send a frame. `first`: further bits of its first byte."""
        size = len(payload)
        head = bytes([opcode | (0x80 if final else 0) | first])
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 65536:
            head += struct.pack("!BH", 0x80 | 126, size)
        else:
            head += struct.pack("!BQ", 0x80 | 127, size)
        self.connection.sendall(head + b"\0\0\0\0" + payload)

    def say(self, message: object) -> None:
        self.frame(TEXT, json.dumps(message).encode())

    def read_frame(self) -> tuple[int, bytes]:
        """Opcode and payload; -1 if the other side has closed the connection."""
        try:
            head = self.input.read(2)
            if len(head) < 2:
                return -1, b""
            size = head[1] & 127
            if size == 126:
                (size,) = struct.unpack("!H", self.input.read(2))
            return head[0] & 15, self.input.read(size)
        except ConnectionResetError:
            return -1, b""

    def receive(self) -> object:
        """The next message."""
        opcode, payload = self.read_frame()
        assert opcode == TEXT, (opcode, payload)
        return json.loads(payload)

    def close_code(self) -> int:
        """The code of the close frame; 0 if the other side closes the connection without one."""
        while True:
            opcode, payload = self.read_frame()
            if opcode in (-1, CLOSE):
                return int(struct.unpack("!H", payload[:2])[0]) if payload else 0
