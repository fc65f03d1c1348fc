"""User code cannot take storytime down: it is told what happened, the last good catalog stays, the next save shows."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import SANITIZED, Page, Server, listen, repeating, tree, wait_for_page, write_files
from support.user_code import FAULTS, PLACES, RUINS, Fault, component, stories

PREVIEW = "components/button/first/preview.html"
BUTTON_PAGE = "components/button/index.html"
STEADY = "components/badge/steady/preview.html"
MACHINERY = ("_bootstrap", "SourceLoader", "storytime.Interrupted", "LineWriter")
"""No user has written these."""

REFUSED = ("daemon-thread", "signal-handler")
"""Faults that only subinterpreters have: with `auto`, processes take over."""

SLOWEST = 5.0
"""The slowest answer that is not a hang, in seconds, on a machine that has other things to do as well."""


@contextmanager
def asking(server: Server) -> Iterator[list[float]]:
    """Ask for a page all the time; every request must be answered, and the times that it took are kept."""
    times: list[float] = []
    faults: list[object] = []

    def ask() -> None:
        begin = time.monotonic()
        status, _, body = server.request("index.html")
        times.append(time.monotonic() - begin)
        if status != 200:
            faults.append((status, body, len(server.lines)))

    with repeating(ask, 0.02):
        yield times
    assert not faults
    assert times
    assert max(times) < SLOWEST


@pytest.fixture
def shop(package: Path) -> Path:
    """The package with one more component, which nothing ever happens to."""
    steady = stories("Steady").replace("button.button", "badge.badge").replace("First", "Steady")
    return write_files(
        package,
        {"components/badge/badge.py": component(), "components/badge/stories.py": steady},
    )


def recover(server: Server, page: Page, package: Path, text: str) -> None:
    """The next good save shows, whatever came before."""
    write_files(package, Fault("none", "shown", "pass").files("none", text))
    wait_for_page(server, page, text, PREVIEW, timeout=10)


def check_page(server: Server, page: Page, fault: Fault, place: str) -> None:
    """The fault is a page of the catalog and a line of the log, both in the user's own terms."""
    path, line = fault.line(place)
    server.wait_for(rf"ERROR: +storytime\.build - .*{path}:{line}\b")
    shown = "components/button/first/index.html" if place == "render" else BUTTON_PAGE
    text = wait_for_page(server, page, fault.says, shown, timeout=10)
    assert path in text
    assert f"line {line}" in text or f":{line}" in text
    assert not [word for word in MACHINERY if word in text + server.log]
    assert "<script>alert" not in text


def shown(files: dict[str, bytes]) -> dict[str, bytes]:
    """All previews, and which pages there are. Pages that show sources may be of the first file that was saved."""
    return {name: text if name.endswith("preview.html") else b"" for name, text in files.items()}


def check(server: Server, page: Page, shop: Path, out: Path, fault: Fault, place: str) -> None:
    """Save the fault at a place, see what comes of it, and mend it."""
    before = tree(out)
    write_files(shop, fault.files(place, f"Faulty {place}"))
    match fault.outcome:
        case "page":
            check_page(server, page, fault, place)
            assert tree(out)[STEADY] == before[STEADY]
        case "ends":
            server.wait_for(re.escape(fault.says))
            assert shown(tree(out)) == shown(before)
        case "late":
            server.wait_for("is taking longer than 1.0 s")
            server.wait_for("STY401")
            assert shown(tree(out)) == shown(before)
        case "shown":
            while f"Faulty {place}" not in server.get(PREVIEW):
                page.reload(timeout=10)
        case _:
            server.wait_for(r"ERROR:|Build \d")
    recover(server, page, shop, f"Mended {place}")


RAISING = [fault for fault in FAULTS if fault.outcome == "page" and fault.name not in REFUSED]
BATCHES = [RAISING[number::4] for number in range(4)]


def try_faults(server: Server, shop: Path, out: Path, faults: list[Fault], long: bool) -> None:
    """With --long each fault at all places; else at one, the next fault at the next."""
    with listen(server) as page, asking(server):
        for fault in faults:
            one = (FAULTS + RUINS).index(fault) % len(PLACES)
            for place in PLACES if long else PLACES[one : one + 1]:
                check(server, page, shop, out, fault, place)
    assert server.interrupt() == 0


@pytest.mark.parametrize("faults", BATCHES, ids=[" ".join(map(str, batch)) for batch in BATCHES])
def test_exceptions(
    serve: Callable[..., Server],
    shop: Path,
    tmp_path: Path,
    faults: list[Fault],
    pytestconfig: pytest.Config,
) -> None:
    """They end a build and harm no process, so that several follow one another on one server."""
    if SANITIZED:  # AddressSanitizer can't run under a limit of memory
        faults = [fault for fault in faults if fault.name != "memory-without-end"]
    server = serve(shop, tmp_path / "out", "--build-timeout", "1")
    try_faults(server, shop, tmp_path / "out", faults, pytestconfig.getoption("--long"))


@pytest.mark.parametrize(
    "fault",
    [
        *(fault for fault in FAULTS if fault not in RAISING),
        *(pytest.param(fault, marks=pytest.mark.long) for fault in RUINS),
    ],
    ids=str,
)
def test_fault(
    serve: Callable[..., Server],
    shop: Path,
    tmp_path: Path,
    fault: Fault,
    pytestconfig: pytest.Config,
) -> None:
    isolation = "subinterpreters" if fault.name in REFUSED else "auto"
    server = serve(shop, tmp_path / "out", "--isolation", isolation, "--build-timeout", "1")
    try_faults(server, shop, tmp_path / "out", [fault], pytestconfig.getoption("--long"))
