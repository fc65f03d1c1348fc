"""Pages that send nothing stay connected as long as they answer pings, which browsers do by themselves."""

from pathlib import Path

from support import bare_server
from support.raw_socket import CLOSE, PING, PONG, TEXT, RawSocket
from websockets.sync.client import connect

SILENCE_MS = 1500
"""Instead of 30 seconds: how long a page may be silent before it gets a ping, and then may take to answer."""


def read_ping(page: RawSocket) -> bytes:
    opcode, payload = page.read_frame()
    assert opcode == PING
    return payload


def test_pages_stay_connected_as_long_as_they_answer(bare_program: Path, tmp_path: Path) -> None:
    """With a pong or a message, or with a library's own pongs. Pages that never answer, or stop, are dropped."""
    with (
        bare_server(bare_program, tmp_path, 0, SILENCE_MS) as server,
        RawSocket(server) as answering,
        RawSocket(server) as talking,
        RawSocket(server) as silent,
        RawSocket(server) as tired,
        connect(
            f"ws://{server.host}/ws/reload",
            origin=f"http://{server.host}",  # type: ignore[arg-type]
            ping_interval=None,
            compression=None,
        ) as browser,
    ):
        read_ping(silent)
        tired.frame(PONG, read_ping(tired))
        for number in range(3):
            answering.frame(PONG, read_ping(answering))
            read_ping(talking)
            talking.say({"type": "hello", "page": f"{number}.html"})
            assert talking.receive() == {"type": "hello", "page": f"{number}.html"}
        assert silent.read_frame()[0] in (-1, CLOSE)
        read_ping(tired)
        assert tired.read_frame()[0] in (-1, CLOSE)
        server.wait_for_clients(3, timeout=30)
        server.ask("broadcast still here")
        for page in (answering, talking):
            while (frame := page.read_frame())[0] == PING:
                page.frame(PONG, frame[1])
            assert frame == (TEXT, b"still here")
        assert browser.recv(30) == "still here"
