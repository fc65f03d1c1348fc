"""storytime survives every fault of support/user_code.py: it reports it, keeps the last good catalog, and shows the next good save."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import (
    PREVIEW,
    SANITIZED,
    Page,
    Server,
    listen,
    repeating,
    tree,
    wait_for_page,
    write_files,
)
from support.processes import wait_until
from support.user_code import FAULTS, PLACES, RUINS, Fault, component, stories

BUTTON_PAGE = "components/button/index.html"
STEADY = "components/badge/steady/preview.html"
MACHINERY = ("_bootstrap", "SourceLoader", "storytime.Interrupted", "LineWriter")
"""Names from the inside of Python and storytime, which no report must contain."""

REFUSED = ("daemon-thread", "signal-handler")
"""Faults that only occur in subinterpreters; `auto` switches to processes."""

GUARDED = ("loop-that-catches-all", "long-power")
"""Faults that take most of the processor's time. Without --long, `wait` and `lock-in-c` are tried instead of them."""

SLOWEST = 5.0
"""The longest time for an answer, in seconds, also on a busy machine."""


@contextmanager
def asking(server: Server) -> Iterator[list[float]]:
    """Request a page all the time. Every request must be answered. Gives the times that this took."""
    times: list[float] = []
    faults: list[object] = []

    def ask() -> None:
        begin = time.monotonic()
        status, _, body = server.request("index.html")
        times.append(time.monotonic() - begin)
        if status != 200:
            faults.append((status, body, len(server.lines)))

    ask()
    with repeating(ask, 0.1):
        yield times
    ask()
    assert not faults
    assert max(times) < SLOWEST


@pytest.fixture
def shop(package: Path) -> Path:
    """The package with one more component, which has no faults."""
    steady = stories("Steady").replace("button.button", "badge.badge").replace("First", "Steady")
    return write_files(
        package,
        {"components/badge/badge.py": component(), "components/badge/stories.py": steady},
    )


def recover(server: Server, page: Page, package: Path, text: str) -> None:
    """Save good code, and wait until it shows."""
    write_files(package, Fault("none", "shown", "pass").files("none", text))
    wait_for_page(server, page, text, PREVIEW, timeout=10)


def check_page(server: Server, page: Page, fault: Fault, place: str) -> None:
    """The fault has an error page and a line in the log, and both name the user's code."""
    path, line = fault.line(place)
    server.wait_for(rf"ERROR: +storytime\.build - .*{path}:{line}\b")
    shown = "components/button/first/index.html" if place == "render" else BUTTON_PAGE
    text = wait_for_page(server, page, fault.says, shown, timeout=10)
    assert path in text
    assert f"line {line}" in text or f":{line}" in text
    assert not [word for word in MACHINERY if word in text + server.log]
    assert "<script>alert" not in text


def shown(files: dict[str, bytes]) -> dict[str, bytes]:
    """The texts of all previews, and the names of all other files, whose texts may show a source that was saved meanwhile."""
    return {name: text if name.endswith("preview.html") else b"" for name, text in files.items()}


def check(server: Server, page: Page, shop: Path, out: Path, fault: Fault, place: str) -> None:
    """Save the fault at a place, check its outcome, and save good code."""
    before = tree(out)
    lines = len(server.log.splitlines())
    write_files(shop, fault.files(place, f"Faulty {place}"))
    match fault.outcome:
        case "page":
            check_page(server, page, fault, place)
            assert tree(out)[STEADY] == before[STEADY]
        case "ends":
            server.wait_for("STY402.*" + re.escape(fault.says))
            assert shown(tree(out)) == shown(before)
        case "late":
            server.wait_for("is taking longer than 2.0 s")
            server.wait_for("STY401")
            assert shown(tree(out)) == shown(before)
        case "shown":
            while f"Faulty {place}" not in server.get(PREVIEW):
                page.reload(timeout=10)
        case _:
            wait_until(
                lambda: any(
                    re.search(r"ERROR:|Build \d", line) for line in server.log.splitlines()[lines:]
                )
            )
    recover(server, page, shop, f"Mended {place}")


RAISING = [fault for fault in FAULTS if fault.outcome == "page" and fault.name not in REFUSED]
LASTING = [fault for fault in FAULTS if fault.outcome == "shown" and fault.name not in REFUSED]


def batches(faults: list[Fault], count: int) -> list[object]:
    """The faults in so many parts, for tests that start one server for each."""
    parts = [faults[number::count] for number in range(count)]
    return [pytest.param(part, id=" ".join(map(str, part))) for part in parts]


def try_faults(server: Server, shop: Path, out: Path, faults: list[Fault], long: bool) -> None:
    """Try each fault at all places with --long, else at one, which is another for the next fault."""
    with listen(server) as page, asking(server):
        for fault in faults:
            one = (FAULTS + RUINS).index(fault) % len(PLACES)
            for place in PLACES if long else PLACES[one : one + 1]:
                check(server, page, shop, out, fault, place)
    assert server.interrupt() == 0


@pytest.mark.parametrize("faults", batches(RAISING, 4))
def test_user_code_that_raises(
    serve: Callable[..., Server],
    shop: Path,
    tmp_path: Path,
    faults: list[Fault],
    pytestconfig: pytest.Config,
) -> None:
    """These only fail their build, so one server is used for several."""
    if SANITIZED:  # AddressSanitizer does not work with a memory limit
        faults = [fault for fault in faults if fault.name != "memory-without-end"]
    server = serve(shop, tmp_path / "out", "--build-timeout", "2")
    try_faults(server, shop, tmp_path / "out", faults, pytestconfig.getoption("--long"))


@pytest.mark.parametrize("faults", batches(LASTING, 6))
def test_user_code_that_leaves_something_in_its_process(
    serve: Callable[..., Server],
    shop: Path,
    tmp_path: Path,
    faults: list[Fault],
    pytestconfig: pytest.Config,
) -> None:
    """The next builds may use the same process, so one server is used for several."""
    server = serve(shop, tmp_path / "out", "--isolation", "auto", "--build-timeout", "2")
    try_faults(server, shop, tmp_path / "out", faults, pytestconfig.getoption("--long"))


@pytest.mark.parametrize(
    "fault",
    [
        *(
            pytest.param(fault, marks=pytest.mark.long if fault.name in GUARDED else [])
            for fault in FAULTS
            if fault not in RAISING + LASTING
        ),
        *(pytest.param(fault, marks=pytest.mark.long) for fault in RUINS),
    ],
    ids=str,
)
def test_user_code_that_ends_hangs_or_harms_its_process(
    serve: Callable[..., Server],
    shop: Path,
    tmp_path: Path,
    fault: Fault,
    pytestconfig: pytest.Config,
) -> None:
    isolation = "subinterpreters" if fault.name in REFUSED else "auto"
    server = serve(shop, tmp_path / "out", "--isolation", isolation, "--build-timeout", "2")
    try_faults(server, shop, tmp_path / "out", [fault], pytestconfig.getoption("--long"))
