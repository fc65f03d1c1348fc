"""A catalog that is built and served temporarily, for tests in a browser."""

import subprocess
import sys
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

from storytime._browser import Axe
from storytime._program import find_program, messages_of


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""

    def do_GET(self) -> None:
        """Answer a request. Browsers request an icon by themselves, which does not exist."""
        if self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore errors: a browser that has ended takes no more answers."""


class Published:
    """The catalog of a package, on a port that only this machine can reach."""

    def __init__(self, package: Path, working_directory: Path, globals_: str = "") -> None:
        """Build the catalog with the program. Raises OSError with the reason if that fails.

        `globals_`: values of globals that are in the site's context, "locale:de".
        """
        self._directory = tempfile.TemporaryDirectory(prefix="storytime-browser-")
        self.root = Path(self._directory.name) / "out"
        done = subprocess.run(
            [find_program(), "build", package, self.root, "--no-with-assertions", "--python", sys.executable,
             *(["--globals", globals_] if globals_ else [])],
            cwd=working_directory,
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )  # fmt: skip
        if done.returncode not in (0, 1):  # 1: some stories are broken
            raise OSError(f"the catalog could not be built: {messages_of(done.stderr)}")
        self._server = _Server(("127.0.0.1", 0), partial(_Handler, directory=str(self.root)))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def axe(self) -> Axe | None:
        """The catalog's axe-core; None: it has none."""
        name = "_storytime/axe.js"
        file = self.root / name
        return Axe(file, self._url(name)) if file.is_file() else None

    def preview(self, path: str) -> str:
        """The URL of a story's preview, by the story's path."""
        return self._url(f"{path}/preview.html")

    def _url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/{quote(path)}"

    def close(self) -> None:
        """End the server, and remove the catalog."""
        self._server.shutdown()
        self._server.server_close()
        self._directory.cleanup()
