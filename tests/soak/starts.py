"""Start and stop `storytime serve` under valgrind, and fail if the server process, which does not run Python, leaks memory or uses it
wrongly.

usage: python3 tests/soak/starts.py [COUNT] [PROGRAM]
"""

import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support import Server, example, listen, write_files

# The builder runs without valgrind, as CPython is too slow under it.
VALGRIND = """#!/bin/sh
case " $* " in
*" serve "*)
	exec valgrind --quiet --error-exitcode=9 --leak-check=full --show-leak-kinds=definite,indirect,possible \\
		--errors-for-leak-kinds=definite,indirect,possible "$STORYTIME_PROGRAM" "$@" ;;
*) exec "$STORYTIME_PROGRAM" "$@" ;;
esac
"""


def start_and_stop(program: Path, directory: Path, package: Path) -> int:
    """Start a server, use it, and stop it. Returns its exit code, or valgrind's if that has found something."""
    server = Server(program, directory, package)
    try:
        assert server.request("index.html")[0] == 200
        with listen(server):
            return server.interrupt()
    finally:
        server.close()


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    os.environ["STORYTIME_PROGRAM"] = (
        sys.argv[2] if len(sys.argv) > 2 else str(ROOT / "build/storytime")
    )
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        wrapper = directory / "storytime"
        wrapper.write_text(VALGRIND)
        wrapper.chmod(0o755)
        package = write_files(directory / "shop", example())
        for number in range(count):
            code = start_and_stop(wrapper, directory, package)
            if code != 0:
                print(f"start {number + 1} ended with {code}")
                return 1
    print(
        f"{count} starts and stops, {(time.monotonic() - started) / count:.1f} s each: no errors, no leaks"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
