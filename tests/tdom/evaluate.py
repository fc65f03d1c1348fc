"""Run cases with the `tdom` that this Python imports, and print the results, one JSON array a line.

usage: evaluate.py [--without-markupsafe] cases | ... wrong | ... random SEED COUNT

A line is [name, "ok", output] or [name, type of the exception, ""].
"""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

if "--without-markupsafe" in sys.argv:
    sys.argv.remove("--without-markupsafe")
    sys.modules["markupsafe"] = None  # type: ignore[assignment]

from cases import WRONG, all_cases
from random_templates import render_random

import tdom

ADDRESS = re.compile("0x[0-9A-Fa-f]+")
"""The address of an object, which differs in each run. `ascii` and `repr` show it."""


def evaluate(case: Any) -> tuple[str, str]:
    """The result of a case."""
    try:
        return "ok", ADDRESS.sub("0x0", str(case(tdom)))
    except Exception as error:  # noqa: BLE001 # whatever it raises is its result
        return type(error).__name__, ""


def results(arguments: list[str]) -> Iterator[tuple[str, str, str]]:
    """The results of the cases that the command line names."""
    if arguments[0] in ("cases", "wrong"):
        for name, case in (all_cases() if arguments[0] == "cases" else WRONG).items():
            yield name, *evaluate(case)
        return
    seed, count = int(arguments[1]), int(arguments[2])
    for number in range(seed, seed + count):
        yield (
            f"random {number}",
            *evaluate(lambda module, n=number: render_random(n, module)),
        )


def main() -> None:
    """Print them."""
    for result in results(sys.argv[1:]):
        print(json.dumps(result))


if __name__ == "__main__":
    main()
