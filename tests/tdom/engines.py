"""Run scripts with the two engines: the original in the tests' virtual environment, ours in the Python that runs the tests."""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent

PRELOAD = {"LD_PRELOAD": os.environ.get("STORYTIME_PRELOAD", "")}
"""For a Python that imports our engine: loads the sanitizers first, if it was built with them."""

type Results = dict[str, tuple[str, str]]


def our_directory() -> Path:
    """The directory of our extension modules: build/python, or beside $STORYTIME."""
    program = Path(os.environ.get("STORYTIME", ROOT / "build" / "storytime"))
    return program.parent / "python"


def original_python() -> Path | None:
    """A Python that imports the original tdom; None if that is not installed."""
    environment = Path(os.environ.get("VIRTUAL_ENV", ROOT / "build" / "venv"))
    python = environment / "bin" / "python"
    code = "import tdom, pathlib; raise SystemExit(not pathlib.Path(tdom.__file__).is_relative_to(__import__('sys').prefix))"
    if not python.exists() or subprocess.run([python, "-c", code], check=False).returncode != 0:
        return None
    return python


def run_script(python: Path | str, *arguments: object, ours: bool) -> str:
    """Run a script of this directory with one of the engines, with a fixed hash seed. Returns its output."""
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(HERE)}
    environment.pop("VIRTUAL_ENV", None)
    if ours:
        environment["PYTHONPATH"] += os.pathsep + str(our_directory())
        environment |= PRELOAD
    done = subprocess.run(
        [str(python), *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        cwd=HERE,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def evaluate(python: Path | str, *arguments: object, ours: bool) -> Results:
    """The results of evaluate.py, by the names of the cases."""
    lines = run_script(python, HERE / "evaluate.py", *arguments, ours=ours).splitlines()
    return {name: (kind, output) for name, kind, output in map(json.loads, lines)}


def evaluate_ours(*arguments: object) -> Results:
    """The results with our engine."""
    return evaluate(sys.executable, *arguments, ours=True)


DELIBERATE = {"hand: unhashable": (("TypeError", ""), ("ok", "x"))}
"""Results of the original and ours that differ on purpose: our engine accepts unhashable objects as components."""


def differences(expected: Results, found: Results) -> list[str]:
    """A text for each case whose results differ."""
    assert expected.keys() == found.keys()
    return [
        f"{name}:\n  original {expected[name]}\n  ours     {found[name]}"
        for name in expected
        if expected[name] != found[name] and DELIBERATE.get(name) != (expected[name], found[name])
    ]
