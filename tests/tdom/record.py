"""Write the original's results for all cases to recorded.json, for machines on which it cannot be installed.

    VIRTUAL_ENV=build/venv tools/devroot run -- python3 tests/tdom/record.py

For an output of more than 60 characters, the beginning of its SHA-256 is recorded.
"""

import hashlib
import json

from engines import HERE, Results, evaluate, original_python

RECORDED = HERE / "recorded.json"
RANDOM = (500_000, 2000)
"""The first random template that is recorded, and how many there are."""


def shorten(results: Results) -> Results:
    """Results with digests of long outputs."""
    return {
        name: (
            kind,
            output
            if len(output) <= 60
            else hashlib.sha256(output.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        )
        for name, (kind, output) in results.items()
    }


def main() -> None:
    """Record."""
    python = original_python()
    assert python, "the environment has no tdom"
    results = evaluate(python, "cases", ours=False) | evaluate(
        python, "random", *RANDOM, ours=False
    )
    lines = [
        f"{json.dumps(name)}: {json.dumps(result)}" for name, result in shorten(results).items()
    ]
    RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
