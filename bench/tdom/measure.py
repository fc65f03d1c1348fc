"""Measure one engine in this process. Prints a JSON object of times in microseconds, each the best of several rounds.

usage: measure.py tdom | measure.py jinja | measure.py escape
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any


def best(work: Callable[[], Any], rounds: int = 15) -> float:
    """The shortest time of a round, in microseconds."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times) * 1e6


def measure_tdom() -> dict[str, float]:
    """Time literals that are rendered for the first time ("cold"), then pages that were rendered before."""
    import literals

    from tdom import html

    begin = time.perf_counter()
    for template in literals.all_templates():
        html(template)
    cold = (time.perf_counter() - begin) * 1e6
    from pages import PAGES

    result = {"cold": cold}
    for name, page in PAGES.items():
        html(page())
        result[name] = best(lambda page=page: html(page()))  # type: ignore[misc]
        result[f"{name} bytes"] = len(html(page()))
    return result


def measure_jinja() -> dict[str, float]:
    """Time the same pages, compiled before."""
    from jinja2 import Environment

    from pages import JINJA, JINJA_DATA

    environment = Environment(autoescape=True)
    result: dict[str, float] = {}
    for name, source in JINJA.items():
        template = environment.from_string(source)
        result[name] = best(lambda template=template: template.render(JINJA_DATA))  # type: ignore[misc]
        result[f"{name} bytes"] = len(template.render(JINJA_DATA))
    return result


def measure_escape() -> dict[str, float]:
    """Time escaping 1 MB of text: with two special characters in each 50, and with none."""
    some = ("x" * 48 + "<&") * (1024 * 1024 // 50)
    none = "x" * (1024 * 1024)
    sys.modules["markupsafe"] = None  # type: ignore[assignment]
    from tdom import escape as ours

    del sys.modules["markupsafe"]
    from markupsafe import escape as theirs

    assert ours(some) == theirs(some)
    return {
        "ours, some": best(lambda: ours(some)),
        "markupsafe, some": best(lambda: theirs(some)),
        "ours, none": best(lambda: ours(none)),
        "markupsafe, none": best(lambda: theirs(none)),
    }


def main() -> None:
    """Measure what the command line asks for."""
    work = {"tdom": measure_tdom, "jinja": measure_jinja, "escape": measure_escape}[sys.argv[1]]
    print(json.dumps(work()))


if __name__ == "__main__":
    main()
