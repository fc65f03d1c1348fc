"""`python -m storytime`: the program of the environment that this package is installed in."""

import os
import sys
import sysconfig
from pathlib import Path


def candidates() -> list[Path]:
    """Where the program may lie, the likeliest first."""
    package = Path(__file__).resolve().parent
    return [
        Path(sysconfig.get_path("scripts")) / "storytime",
        Path(sys.prefix) / "bin" / "storytime",
        *(parent / "bin" / "storytime" for parent in package.parents),
        package.parent.parent / "storytime",  # a build directory
    ]


def main() -> None:
    """Become the program, with the same arguments."""
    for program in candidates():
        if os.access(program, os.X_OK) and program.is_file():
            os.execv(program, [str(program), *sys.argv[1:]])
    sys.exit(
        f"storytime: the program is missing beside {Path(__file__).parent}; install storytime again"
    )


if __name__ == "__main__":
    main()
