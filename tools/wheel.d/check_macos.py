"""The part of tools/check-macos that runs in the root. See there."""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from make import ROOT, find_zig, make_tools

TARGET = "aarch64-macos"
LIBRARIES = ("lexbor", "md4c*.h", "ut*.h", "uv", "uv.h", "wslay", "xxhash.h", "yyjson.h")
"""The headers that are taken from /usr/include; the others there are only for Linux."""


def collect_headers(directory: Path) -> None:
    """Copy the headers of the libraries and of Python, without those of the system."""
    include = Path("/usr/include")
    for pattern in LIBRARIES:
        for path in include.glob(pattern):
            if path.is_dir():
                shutil.copytree(path, directory / path.name)
            else:
                shutil.copy(path, directory)
    python = next(include.glob("python3.14"))
    shutil.copytree(python, directory / "python")
    configuration = next(include.glob(f"*-linux-gnu/{python.name}/pyconfig.h"))
    shutil.copy(configuration, directory / "python")


def compile_for(zig: Path, headers: Path, build: Path, command: dict[str, str]) -> str | None:
    """Compile one file. Returns the compiler's output if it fails."""
    words = shlex.split(command["command"])
    kept = [
        word
        for word in words
        if word.startswith(("-I", "-D")) and not word.startswith(("-I/usr/", "-D_FORTIFY_SOURCE"))
    ]
    done = subprocess.run(
        [zig, "cc", "-target", TARGET, "-std=gnu2x", "-O1", "-Wall", "-Wextra", "-Werror"]
        + [
            "-Wno-unused-parameter",
            "-Wno-missing-field-initializers",
            "-Wno-deprecated-declarations",
        ]
        + [
            *kept,
            "-I",
            headers,
            "-I",
            headers / "python",
            "-c",
            command["file"],
            "-o",
            "/dev/null",
        ],
        cwd=build,
        check=False,
        capture_output=True,
        text=True,
    )
    return f"{command['file']}:\n{done.stderr}" if done.returncode != 0 else None


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("build", type=Path)
    options = parser.parse_args()
    os.environ["ZIG_GLOBAL_CACHE_DIR"] = str(options.cache / "zig")
    options.cache.mkdir(parents=True, exist_ok=True)
    try:
        zig = find_zig(make_tools(options.cache))
    except SystemExit as reason:
        print(f"check-macos: zig could not be installed: {reason.code}", file=sys.stderr)
        sys.exit(77)
    build = (ROOT / options.build).resolve()
    commands = [
        command
        for command in json.loads((build / "compile_commands.json").read_text())
        if (build / command["file"]).resolve().is_relative_to(ROOT / "src")
    ]
    with tempfile.TemporaryDirectory() as headers, ThreadPoolExecutor(os.cpu_count()) as pool:
        collect_headers(Path(headers))
        said = pool.map(lambda one: compile_for(zig, Path(headers), build, one), commands)
        failures = [text for text in said if text is not None]
    print(*failures, sep="\n", end="")
    print(f"{len(commands) - len(failures)} of {len(commands)} sources compile for {TARGET}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
