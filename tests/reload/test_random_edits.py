"""After any sequence of edits, the server publishes what `storytime build` writes to an empty directory."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Server, run, tree
from support.random_catalog import Catalog

EDITS, EDITS_LONG = 20, int(os.environ.get("STORYTIME_RANDOM_EDITS", "2000"))
"""The number of edits with each isolation in a normal run, and with --long, where all seeds together make so many."""

SEEDS = [int(seed) for seed in os.environ.get("STORYTIME_RANDOM_SEEDS", "1 2 3 4").split()]
"""A normal run only uses the first."""


def differences(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """The paths of files that differ, or that only one of two trees has."""
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


WAYS = ["subinterpreters", "process"]


@pytest.mark.parametrize(
    "seed",
    [SEEDS[0], *(pytest.param(seed, marks=pytest.mark.long(minutes=4)) for seed in SEEDS[1:])],
)
def test_random_edits_end_in_what_build_writes(
    serve: Callable[..., Server],
    program: Path,
    tmp_path: Path,
    seed: int,
    pytestconfig: pytest.Config,
) -> None:
    """A server with each isolation follows the same edits, so that one build gives the result for both."""
    edits = EDITS_LONG // len(SEEDS) if pytestconfig.getoption("--long") else EDITS
    catalog = Catalog(tmp_path / "shop", seed)
    expected = tmp_path / "expected"
    directories = ["--static-dir", f"{tmp_path}/assets:/assets"]
    servers = {
        way: serve(catalog.directory, tmp_path / way, "-v", "--isolation", way, *directories)
        for way in WAYS
    }
    for number in range(edits):
        said = catalog.step()
        shutil.rmtree(expected, ignore_errors=True)
        result = run(program, "build", catalog.directory, expected, *directories)
        assert result.returncode in (0, 1), result.stderr
        wanted = tree(expected)
        for way, server in servers.items():
            wait_for_tree(
                server, tmp_path / way, wanted, f"{way}, seed {seed}, edit {number} ({said})"
            )


def wait_for_tree(server: Server, out: Path, wanted: dict[str, bytes], when: str) -> None:
    """Wait for builds until a server's directory equals the wanted tree."""
    while differing := differences(wanted, tree(out)):
        try:
            server.wait_for(r"Build \d+: .* (rendered|executed)|ERROR: ")
        except AssertionError as error:
            log = "\n".join(server.log.splitlines()[-60:])
            raise AssertionError(f"{when}: {differing}\n{log}") from error
