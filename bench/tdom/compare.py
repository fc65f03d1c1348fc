"""The native tdom, the original, Jinja2 and MarkupSafe side by side: ratios of times, taken in turns.

    VIRTUAL_ENV=build/venv tools/devroot run -- python3 bench/tdom/compare.py

The original comes from the virtual environment; Jinja2 and MarkupSafe (with its C code) from the system's Python, which runs
ours, too. Each engine runs in processes of its own, five times in turns; the best counts.
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "tdom"))

import json

from engines import original_python, run_script

type Times = dict[str, float]


def merge_best(times: list[Times]) -> Times:
    """The best of each."""
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
    print(f"{'':12} {'ours':>10} {'original':>10} {'Jinja2':>10}   original/ours  Jinja2/ours")
    for name in ("cold", "table", "components", "form"):
        other = f"{jinja[name]:7.0f} us" if name in jinja else ""
        ratio = f"{jinja[name] / ours[name]:11.2f}" if name in jinja else ""
        print(
            f"{name:12} {ours[name]:7.0f} us {theirs[name]:7.0f} us {other:>10} {theirs[name] / ours[name]:13.1f}  {ratio}"
        )
    for kind in ("some", "none"):
        a, b = escape[f"ours, {kind}"], escape[f"markupsafe, {kind}"]
        print(
            f"escape 1 MB, {kind} to escape: ours {a:.0f} us, MarkupSafe {b:.0f} us, ratio {b / a:.2f}"
        )


if __name__ == "__main__":
    main()
