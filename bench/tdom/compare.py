"""Compare the speed of the native tdom with that of the original, Jinja2 and MarkupSafe.

    VIRTUAL_ENV=build/venv tools/devroot run -- python3 bench/tdom/compare.py [--check]

The original comes from the virtual environment. Jinja2 and MarkupSafe (with its C code) come from the system's Python, which also runs
ours. Each engine runs five times, in turns, each time in a new process; the best time counts. With --check, exits with 1 if a ratio is
below its limit.
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "tdom"))

import json

from engines import original_python, run_script

type Times = dict[str, float]

WARM, OTHERS = 10, 1
"""How many times as fast as the original we must be, and how many times as fast as Jinja2 and MarkupSafe."""
LEAST = {"cold": 30, "wide": 2}
"""Other limits against the original. The wide page only shows that our time does not grow with the square of its size."""


def merge_best(times: list[Times]) -> Times:
    """The best time of each page."""
    return {name: min(time[name] for time in times) for name in times[0]}


def main() -> None:
    """Measure and print a table."""
    original = original_python()
    assert original, "the environment has no tdom to compare with"
    rounds: dict[str, list[Times]] = {"ours": [], "original": [], "jinja": [], "escape": []}
    script = HERE / "measure.py"
    for _ in range(5):
        rounds["ours"].append(json.loads(run_script(sys.executable, script, "tdom", ours=True)))
        rounds["original"].append(json.loads(run_script(original, script, "tdom", ours=False)))
        rounds["jinja"].append(json.loads(run_script(sys.executable, script, "jinja", ours=False)))
        rounds["escape"].append(json.loads(run_script(sys.executable, script, "escape", ours=True)))
    ours, theirs, jinja, escape = (merge_best(times) for times in rounds.values())
    missed = []
    print(f"{'':12} {'ours':>10} {'original':>10} {'Jinja2':>10}   original/ours  Jinja2/ours")
    for name in ("cold", "table", "components", "form", "wide"):
        ratio = theirs[name] / ours[name]
        line = f"{name:12} {ours[name]:7.0f} us {theirs[name]:7.0f} us"
        missed += [name] if ratio < LEAST.get(name, WARM) else []
        if name in jinja:
            against = jinja[name] / ours[name]
            missed += [f"{name} against Jinja2"] if against < OTHERS else []
            print(f"{line} {jinja[name]:7.0f} us {ratio:13.1f}  {against:11.2f}")
        else:
            print(f"{line} {'':10} {ratio:13.1f}")
    for kind in ("some", "none"):
        a, b = escape[f"ours, {kind}"], escape[f"markupsafe, {kind}"]
        missed += [f"escaping, {kind}"] if b / a < OTHERS else []
        print(
            f"escape 1 MB, {kind} to escape: ours {a:.0f} us, MarkupSafe {b:.0f} us, ratio {b / a:.2f}"
        )
    if "--check" in sys.argv and missed:
        raise SystemExit(f"below the limit: {', '.join(missed)}")


if __name__ == "__main__":
    main()
