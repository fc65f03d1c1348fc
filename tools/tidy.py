"""Run clang-tidy over src/, with the compile_commands.json of a build directory: tidy.py BUILD

A file that has passed is not checked again while its preprocessed text (with comments, as some silence a check), the
checks and the version of clang-tidy stay the same.
"""

import hashlib
import json
import os
import shlex
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "storytime" / "tidy"
KEPT = 30 * 24 * 3600
"""How long a pass is remembered without being used, in seconds."""


def key_of(command: dict[str, str], checks: bytes) -> str:
    """A hash of everything that decides the result."""
    words = [word for word in shlex.split(command["command"]) if word not in ("-MD", "-c")]
    for option in ("-o", "-MF", "-MQ"):
        at = words.index(option)
        del words[at : at + 2]
    text = subprocess.run(
        [*words, "-E", "-C"], cwd=command["directory"], check=True, capture_output=True
    ).stdout
    return hashlib.sha256(checks + " ".join(words).encode() + text).hexdigest()


def check(command: dict[str, str], build: Path, checks: bytes) -> str:
    """clang-tidy's output about a file; empty if it passes."""
    passed = CACHE / key_of(command, checks)
    if passed.exists():
        passed.touch()
        return ""
    source = (Path(command["directory"]) / command["file"]).resolve()
    result = subprocess.run(
        ["clang-tidy", "--quiet", "-p", build, "--warnings-as-errors=*", source],
        check=False,
        capture_output=True,
        text=True,
    )
    if result.returncode == 0:
        passed.touch()
        return ""
    return result.stdout or result.stderr


def main(build: Path) -> int:
    CACHE.mkdir(parents=True, exist_ok=True)
    for old in CACHE.iterdir():
        if old.stat().st_mtime < time.time() - KEPT:
            old.unlink(missing_ok=True)
    version = subprocess.run(["clang-tidy", "--version"], check=True, capture_output=True).stdout
    checks = version + (ROOT / ".clang-tidy").read_bytes()
    commands = [
        command
        for command in json.loads((build / "compile_commands.json").read_text())
        if (Path(command["directory"]) / command["file"]).resolve().is_relative_to(ROOT / "src")
    ]
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        found = list(pool.map(lambda command: check(command, build, checks), commands))
    print("".join(found), end="")
    return 1 if any(found) else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
