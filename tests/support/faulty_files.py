"""Lets calls of a program that change files fail, or kills it, when a test says so: see faulty_files.c."""

import os
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory


@cache
def compiled() -> bytes:
    """The library, which all tests of a process share."""
    with TemporaryDirectory() as directory:
        library = Path(directory, "faulty_files.so")
        source = Path(__file__).with_suffix(".c")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
        return library.read_bytes()


class FaultyFiles:
    """The faults of programs that are started with the variables `env`, and write into `out`."""

    def __init__(self, directory: Path, out: Path) -> None:
        library = directory / "faulty_files.so"
        library.write_bytes(compiled())
        self._order = directory / "order"
        self.log = directory / "order.log"
        """Exists after a process was killed."""
        self.env = {
            # sanitizers must come first
            "LD_PRELOAD": f"{os.environ.get('STORYTIME_PRELOAD', '')}:{library}",
            "FAULTY_OUT": str(out),
            "FAULTY_ORDER": str(self._order),
        }

    def order(self, text: str) -> None:
        """Set the order, "die N" or "quota CALL". Written in one step, because processes read it at any time."""
        new = self._order.with_name("order.new")
        new.write_text(text)
        new.replace(self._order)

    def cancel(self) -> None:
        """Let calls succeed again."""
        self._order.unlink(missing_ok=True)

    def _lines(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    def count(self) -> int:
        """The number of events since the last call of events()."""
        return len(self._lines())

    def events(self) -> list[tuple[int, str]]:
        """The events since the last call: times in nanoseconds, and "died" or "ended"."""
        lines = self._lines()
        self.log.unlink(missing_ok=True)
        return [(int(time), what) for time, what in (line.split() for line in lines)]
