"""Write what the original gives for every case into recorded.json, for machines that can't have the original.

    VIRTUAL_ENV=build/venv tools/devroot run -- python3 tests/tdom/record.py

Outputs of more than 60 characters are recorded as the beginnings of their SHA-256.
"""

import hashlib
import json

from engines import HERE, Results, evaluate, original_python

RECORDED = HERE / "recorded.json"
RANDOM = (500_000, 2000)
"""The first and the number of the random templates that are recorded."""


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
