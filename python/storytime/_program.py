"""Finds the program, and reads its log."""

import os
import sys
import sysconfig
from pathlib import Path


def find_program() -> Path:
    """The program `storytime` of the environment that this package is installed in.

    Raises FileNotFoundError if it is missing.
    """
    package = Path(__file__).resolve().parent
    candidates = [
        Path(sysconfig.get_path("scripts")) / "storytime",
        Path(sys.prefix) / "bin" / "storytime",
        *(parent / "bin" / "storytime" for parent in package.parents),
        package.parent.parent / "storytime",  # a build directory
    ]
    for program in candidates:
        if os.access(program, os.X_OK) and program.is_file():
            return program
    raise FileNotFoundError(
        f"the program 'storytime' is missing beside {package}; install storytime again"
    )


def messages_of(log: str) -> str:
    """The messages in lines of the program's log, without level and part."""
    return "\n".join(line.partition(" - ")[2] or line for line in log.strip().splitlines())
