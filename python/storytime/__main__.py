"""`python -m storytime`: the program of the environment that this package is installed in."""

import os
import sys

from storytime._program import find_program


def main() -> None:
    """Replace this process by the program, with the same arguments."""
    try:
        program = find_program()
    except FileNotFoundError as error:
        sys.exit(f"storytime: {error}")
    os.execv(program, [str(program), *sys.argv[1:]])


if __name__ == "__main__":
    main()
