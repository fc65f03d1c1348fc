"""Compare the results of this Python's tdom with the recorded results of the original. Exits with 1 if any differs."""

import json
import sys

from engines import differences
from evaluate import results
from record import RANDOM, RECORDED, shorten


def main() -> None:
    """Compare, and print the differences."""
    recorded = {name: tuple(result) for name, result in json.loads(RECORDED.read_text()).items()}
    found = {
        name: (kind, output)
        for arguments in (["cases"], ["random", *map(str, RANDOM)])
        for name, kind, output in results(arguments)
    }
    different = differences(recorded, shorten(found))
    print("\n".join(different))
    print(f"{len(recorded)} cases, {len(different)} differences, Python {sys.version.split()[0]}")
    raise SystemExit(1 if different else 0)


if __name__ == "__main__":
    main()
