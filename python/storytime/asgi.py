"""A live catalog as an ASGI application, to run by itself or to mount in Starlette, FastAPI or Django.

    from storytime.asgi import create_app

    app = create_app("my_project.stories", use_subinterpreters=True)

The native server does the work, on a socket that nobody else can reach; this passes requests through. It needs asyncio and no
other library.
"""

import asyncio
import os
import socket
import struct
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, MutableMapping
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import PIPE, Popen, TimeoutExpired
from typing import Any, Literal
from urllib.parse import quote

from storytime._program import find_program

__all__ = ["Catalog", "create_app"]

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_HOP_BY_HOP = {b"connection", b"keep-alive", b"transfer-encoding", b"upgrade"}
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10
_CHUNK = 256 * 1024
_LARGEST_BODY = 1024 * 1024
"""The server's limit for the body of a request."""
_BUILT = " - The first build has ended"
_PATIENCE = 5.0
"""How long the server may take to end, in seconds, before it is killed."""


class StartError(RuntimeError):
    """The catalog's server could not be started; the message says why."""


class Catalog:
    """The application. Make it by `create_app()`.

    Its server starts with the lifespan, or with the first request if the host gives mounted applications none, and ends with
    the lifespan, or with this process.
    """

    def __init__(self, arguments: list[str]) -> None:
        self._arguments = arguments
        self._process: Popen[str] | None = None
        self._directory: tempfile.TemporaryDirectory[str] | None = None
        self._lock = asyncio.Lock()
        self._said: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle an ASGI connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self.start()
            await self._answer(scope, receive, send)
        elif scope["type"] == "websocket":
            await self.start()
            await self._connect(scope, receive, send)

    # -- the server's life ---------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def lifespan(self, app: object = None) -> AsyncIterator[None]:
        """Start and stop the server: for the lifespan of an application that mounts this one."""
        await self.start()
        try:
            yield
        finally:
            await self.stop()

    async def start(self) -> None:
        """Start the server and wait until it serves. Does nothing if it already serves. Raises StartError."""
        async with self._lock:
            if self._process is None or self._process.poll() is not None:
                await asyncio.to_thread(self._start)

    async def stop(self) -> None:
        """Stop the server with its builder: first the watcher, then the pool."""
        async with self._lock:
            await asyncio.to_thread(self._stop)

    def _start(self) -> None:
        self._stop()
        self._directory = tempfile.TemporaryDirectory(prefix="storytime-")
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with listener:
            listener.bind(self._path)
            listener.listen(128)
            self._process = Popen(
                [
                    *(str(find_program()), "serve", *self._arguments),
                    *("--fd", str(listener.fileno()), "--until-eof"),
                ],
                stdin=PIPE,
                stderr=PIPE,
                pass_fds=[listener.fileno()],
                text=True,
                errors="replace",
            )
        self._said = []
        started = threading.Event()
        threading.Thread(
            target=self._pass_log_on, args=[self._process, started], daemon=True
        ).start()
        started.wait()
        if self._process.poll() is not None or not self._is_serving():
            self._stop()
            raise StartError("storytime cannot serve the catalog:\n" + "".join(self._said[-20:]))

    @property
    def _path(self) -> str:
        assert self._directory is not None
        return str(Path(self._directory.name) / "socket")

    def _is_serving(self) -> bool:
        return any(_BUILT in line for line in self._said)

    def _pass_log_on(self, process: Popen[str], started: threading.Event) -> None:
        assert process.stderr is not None
        for line in process.stderr:
            if not started.is_set():
                self._said.append(line)
            sys.stderr.write(line)
            if _BUILT in line:
                started.set()
        process.wait()
        started.set()

    def _stop(self) -> None:
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            try:
                self._process.wait(_PATIENCE)
            except TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._directory is not None:
            self._directory.cleanup()
            self._directory = None

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self.start()
                except (StartError, OSError) as error:
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    return
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    # -- requests ------------------------------------------------------------------------------------------------------

    async def _open(
        self, scope: Scope, method: str, fields: Iterable[tuple[bytes, bytes]], body: bytes = b""
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, int, list[tuple[bytes, bytes]]]:
        """Send a request. Returns both ends of the connection, and the answer's status and fields."""
        reader, writer = await asyncio.open_unix_connection(self._path, limit=_CHUNK)
        target = quote(_path_below(scope), safe="/~!$&'()*+,;=:@").encode()
        if scope["query_string"]:
            target += b"?" + scope["query_string"]
        lines = [method.encode() + b" " + target + b" HTTP/1.1"]
        lines += [name + b": " + value for name, value in fields]
        try:
            writer.write(b"\r\n".join([*lines, b"", body]))
            await writer.drain()
            head = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
        except BaseException:
            writer.close()
            raise
        answer = [_field(line) for line in head[1:] if line]
        return reader, writer, int(head[0].split(b" ")[1]), answer

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _path_below(scope) == "":
            place = quote(scope.get("root_path", "")).encode() + b"/"
            await send(
                {"type": "http.response.start", "status": 307, "headers": [(b"location", place)]}
            )
            await send({"type": "http.response.body"})
            return
        body = await _read_body(receive)
        if body is None:
            return
        # The server stops rendering what nobody waits for, once its connection is closed.
        result, _ = await _until_one_ends(
            self._pass_on(scope, body, send), _wait_for_disconnect(receive)
        )
        if isinstance(result, Exception):
            raise result

    async def _pass_on(self, scope: Scope, body: bytes, send: Send) -> None:
        """Let the server answer a request."""
        dropped = {*_HOP_BY_HOP, b"content-length"}
        fields = [field for field in scope["headers"] if field[0] not in dropped]
        fields += [(b"connection", b"close"), (b"content-length", str(len(body)).encode())]
        reader, writer, status, answer = await self._open(scope, scope["method"], fields, body)
        try:
            answer = [field for field in answer if field[0] not in _HOP_BY_HOP]
            await send({"type": "http.response.start", "status": status, "headers": answer})
            while part := await reader.read(_CHUNK):
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body"})
        finally:
            writer.close()

    # -- WebSockets ----------------------------------------------------------------------------------------------------

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        fields = [field for field in scope["headers"] if field[0] in (b"host", b"origin")]
        fields += [
            (b"connection", b"Upgrade"),
            (b"upgrade", b"websocket"),
            (b"sec-websocket-version", b"13"),
            (b"sec-websocket-key", b"AAAAAAAAAAAAAAAAAAAAAA=="),  # the socket is private
        ]
        reader, writer, status, _ = await self._open(scope, "GET", fields)
        if status != 101:
            writer.close()
            await send({"type": "websocket.close", "code": 1008})
            return
        await send({"type": "websocket.accept"})
        try:
            await _until_one_ends(_pass_down(reader, writer, send), _pass_up(receive, writer))
        finally:
            writer.close()


def _path_below(scope: Scope) -> str:
    """The requested path, relative to where the application is mounted."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path[len(root) :] if root and path.startswith(root) else path


async def _read_body(receive: Receive) -> bytes | None:
    """The body of a request, or as much of it as makes the server refuse it. None: the browser has disconnected."""
    body, more = b"", True
    while more and len(body) <= _LARGEST_BODY:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _wait_for_disconnect(receive: Receive) -> None:
    """Wait until the browser has disconnected."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _until_one_ends(*functions: Coroutine[Any, Any, None]) -> list[BaseException | None]:
    """Run functions until one of them ends, and cancel the others. Returns the exception of each, or None."""
    tasks = [asyncio.create_task(function) for function in functions]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    return results


def _field(line: bytes) -> tuple[bytes, bytes]:
    name, _, value = line.partition(b":")
    return name.lower(), value.strip()


def _frame(opcode: int, payload: bytes) -> bytes:
    """A client's frame. It is masked with zeros, since masks only protect proxies, and there is none here."""
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 0x80 | opcode, 0x80 | size)
    elif size < 65536:
        head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, size)
    return head + b"\0\0\0\0" + payload


async def _read_frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Read a whole frame of the server, which sends no fragments."""
    first, size = await reader.readexactly(2)
    if size == 126:
        (size,) = struct.unpack("!H", await reader.readexactly(2))
    elif size == 127:
        (size,) = struct.unpack("!Q", await reader.readexactly(8))
    return first & 15, await reader.readexactly(size)


async def _pass_down(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, send: Send
) -> None:
    """Pass messages from the native server to the browser, until either disconnects."""
    try:
        while True:
            opcode, payload = await _read_frame(reader)
            if opcode == _TEXT:
                await send({"type": "websocket.send", "text": payload.decode()})
            elif opcode == _PING:
                writer.write(_frame(_PONG, payload))
            elif opcode == _CLOSE:
                code = struct.unpack("!H", payload[:2])[0] if payload else 1000
                await send({"type": "websocket.close", "code": code})
                return
    except asyncio.IncompleteReadError, ConnectionError:
        await send({"type": "websocket.close", "code": 1001})


async def _pass_up(receive: Receive, writer: asyncio.StreamWriter) -> None:
    """Pass messages from the browser to the native server, until either disconnects."""
    while (message := await receive())["type"] == "websocket.receive":
        writer.write(_frame(_TEXT, (message.get("text") or "").encode()))
        await writer.drain()


def create_app(
    package: str | os.PathLike[str],
    output_dir: str | os.PathLike[str] | None = None,
    *,
    use_subinterpreters: bool = False,
    isolation: Literal["auto", "subinterpreters", "process"] | None = None,
    with_assertions: bool = True,
    build_timeout: float | None = None,
    allowed_hosts: Iterable[str] = (),
    poll: bool = False,
) -> Catalog:
    """Make an application that serves the catalog of a package and follows every save.

    package: a directory or a dotted name.
    output_dir: where pages are built; a temporary directory by default.
    use_subinterpreters: build in a fresh subinterpreter each time, so that every edit takes effect.
    isolation: with use_subinterpreters; as the option of `storytime serve`.
    build_timeout: in seconds; 30 by default.
    allowed_hosts: host names to answer to, besides localhost and the loopback addresses.

    Nothing starts before the lifespan or the first request. The builder runs in this interpreter, `sys.executable`.
    """
    arguments = [os.fspath(package)]
    if output_dir is not None:
        arguments.append(os.fspath(output_dir))
    arguments += ["--python", sys.executable]
    for name, wanted in (
        ("--use-subinterpreters", use_subinterpreters),
        ("--no-with-assertions", not with_assertions),
        ("--poll", poll),
    ):
        arguments += [name] if wanted else []
    if isolation is not None:
        arguments += ["--isolation", isolation]
    if build_timeout is not None:
        arguments += ["--build-timeout", str(build_timeout)]
    for host in allowed_hosts:
        arguments += ["--allowed-host", host]
    return Catalog(arguments)
