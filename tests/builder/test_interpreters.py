"""The number of interpreters, and extension modules that refuse to be imported in them."""

import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from support import PREVIEW, Server, listen, repeating, story_module, wait_for_page
from support.memory import builders

STORIES = "components/button/stories.py"
BUTTON = "components/button/button.py"

MOST_INTERPRETERS = 4
REBUILDS = int(os.environ.get("STORYTIME_REBUILDS", "60"))


def interpreters(process: int) -> int:
    """The number of interpreters in a builder. Each has a thread with that name. All threads are listed first, so that a new one is
    not counted together with one that has ended."""
    count = 0
    for task in list(Path(f"/proc/{process}/task").iterdir()):
        with suppress(OSError):  # it has ended
            count += (task / "comm").read_text() == "interpreter\n"
    return count


@contextmanager
def counting(server: Server) -> Iterator[list[int]]:
    """Count the interpreters again and again. The builder may be replaced meanwhile: on a busy machine, a superseded build may not end
    in time, and is then killed with its process."""
    counts: list[int] = []

    def count() -> None:
        with suppress(OSError, ValueError):  # between two builders
            counts.append(max(interpreters(process) for process in builders(server)))

    with repeating(count, 0.0005):
        yield counts


@contextmanager
def busy_machine(processes: int = 4) -> Iterator[None]:
    """Keep all processors busy."""
    others = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)
    ]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


SEEN = """
from concurrent import interpreters
SEEN = str(max(len(interpreters.list_all()) for _ in range(200)) - 1)
"""
"""The number of interpreters that Python knows, without the main one."""


@pytest.mark.long
@pytest.mark.parametrize("load", ["idle", "busy"])
def test_at_most_four_interpreters_live_over_many_rebuilds(
    serve: Callable[..., Server], package: Path, load: str
) -> None:
    """With single saves, pairs of saves, and changes of a module that was imported ahead."""
    server = serve(package)
    server.wait_warm(2)
    button = (package / BUTTON).read_text()
    seen = set()
    with (
        busy_machine(4 if load == "busy" else 0),
        listen(server) as page,
        counting(server) as counts,
    ):
        for number in range(REBUILDS):
            (package / BUTTON).write_text(button + f"# {number}\n" * (number % 3 == 0))
            if number % 2:
                (package / STORIES).write_text(story_module("First"))
                time.sleep(0.001 * (number % 20))
            (package / STORIES).write_text(
                story_module("x", imports=SEEN).replace("'x'", f"'{number} saw ' + SEEN")
            )
            wait_for_page(server, page, f"<button>{number} saw")
            seen.add(int(server.get(PREVIEW).partition("saw ")[2].partition("<")[0]))
    print(f"{len(counts)} looks, {max(counts)} at most; Python saw {sorted(seen)}")
    assert len(counts) > 1000
    assert 2 < max(counts) <= MOST_INTERPRETERS
    assert max(seen) <= MOST_INTERPRETERS


SINGLE_PHASE = """
#include <Python.h>

static PyObject *answer(PyObject *self, PyObject *ignored) {
    return PyUnicode_FromString("from C");
}

static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, NULL}, {0}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "oldstyle", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit_oldstyle(void) {
    return PyModule_Create(&definition);
}
"""
"""An extension module with single-phase initialization, which subinterpreters refuse to load. There are many of them."""


@pytest.fixture
def extension(package: Path) -> Path:
    """The package with such an extension, compiled."""
    source = package / "oldstyle.c"
    source.write_text(SINGLE_PHASE)
    include = sysconfig.get_path("include")
    binary = package / f"oldstyle{sysconfig.get_config_var('EXT_SUFFIX')}"
    command = ["cc", "-shared", "-fPIC", f"-I{include}", "-o", str(binary), str(source)]
    subprocess.run(command, check=True)
    return package


def uses_extension(text: str) -> str:
    """A stories module that imports it and shows its answer."""
    return story_module("x", imports="from shop import oldstyle").replace(
        "'x'", f"{text!r} + oldstyle.answer()"
    )


def test_auto_switches_to_processes_for_an_extension_that_refuses_subinterpreters(
    serve: Callable[..., Server], extension: Path
) -> None:
    """When a save begins to import it, and from the first build on. There is one warning, and the story is shown."""
    server = serve(extension, "--isolation", "auto")
    before = server.get(PREVIEW)
    with listen(server, PREVIEW) as page:
        (extension / STORIES).write_text(uses_extension("One "))
        while server.get(PREVIEW) == before:
            page.reload()
        assert "<button>One from C</button>" in server.get(PREVIEW)  # no error page came in between
        for number in range(3):
            (extension / STORIES).write_text(uses_extension(f"{number} "))
            wait_for_page(server, page, f"<button>{number} from C</button>")
    warnings = [line for line in server.lines if "WARNING" in line]
    assert len(warnings) == 1, warnings
    assert "oldstyle does not support loading in subinterpreters" in warnings[0]
    assert "Continuing with --isolation process" in warnings[0]
    assert "ERROR" not in server.log
    again = serve(extension, "--isolation", "auto")
    assert "<button>2 from C</button>" in again.get(PREVIEW)
    assert again.log.count("WARNING") == 1


@pytest.mark.parametrize("cause", ["fault", "None"])
def test_a_refusal_is_found_behind_the_exception_of_a_library(
    serve: Callable[..., Server], extension: Path, cause: str
) -> None:
    wrapper = f"try:\n    from shop import oldstyle\nexcept ImportError as fault:\n    raise RuntimeError('install it') from {cause}\n"
    (extension / "library.py").write_text(wrapper)
    (extension / STORIES).write_text(
        uses_extension("One ").replace("from shop import", "from shop.library import")
    )
    server = serve(extension, "--isolation", "auto")
    assert "<button>One from C</button>" in server.get(PREVIEW)
    (warning,) = [line for line in server.lines if "Continuing with --isolation process" in line]
    assert (
        "oldstyle does not support loading in subinterpreters, which led to: install it" in warning
    )
    assert "ERROR" not in server.log


def test_a_refusal_is_named_if_a_library_begins_its_message_with_advice(
    serve: Callable[..., Server], extension: Path
) -> None:
    """As NumPy does."""
    advice = "\\n\\nREAD THIS!\\n\\nOriginal error was: {fault}"
    wrapper = f"try:\n    from shop import oldstyle\nexcept ImportError as fault:\n    raise ImportError(f'{advice}') from fault\n"
    (extension / "library.py").write_text(wrapper)
    uses = uses_extension("One ").replace("from shop import", "from shop.library import")
    (extension / STORIES).write_text(uses)
    server = serve(extension, "--isolation", "auto")
    assert "<button>One from C</button>" in server.get(PREVIEW)
    (warning,) = [line for line in server.lines if "Continuing with --isolation process" in line]
    assert (
        "oldstyle does not support loading in subinterpreters, which led to: READ THIS!. "
        in warning
    )


def test_a_refusal_is_found_when_a_library_goes_on_without_the_extension(
    serve: Callable[..., Server], extension: Path
) -> None:
    """As polars does: what it misses is missed much later."""
    library = "try:\n    from shop.oldstyle import answer\nexcept ImportError:\n    pass\n\ndef ask() -> str:\n    return answer()\n"
    (extension / "library.py").write_text(library)
    uses = story_module("x", imports="from shop import library").replace("'x'", "library.ask()")
    (extension / STORIES).write_text(uses)
    server = serve(extension, "--isolation", "auto")
    assert "<button>from C</button>" in server.get(PREVIEW)
    (warning,) = [line for line in server.lines if "Continuing with --isolation process" in line]
    assert (
        "oldstyle does not support loading in subinterpreters, which may have led to: " in warning
    )
    assert "ERROR" not in server.log


def test_an_extension_that_a_library_can_do_without_refuses(
    serve: Callable[..., Server], extension: Path
) -> None:
    library = "try:\n    from shop.oldstyle import answer\nexcept ImportError:\n    answer = lambda: 'from Python'\n"
    (extension / "library.py").write_text(library)
    uses = story_module("x", imports="from shop import library").replace("'x'", "library.answer()")
    (extension / STORIES).write_text(uses)
    server = serve(extension, "--isolation", "auto")
    assert "<button>from Python</button>" in server.get(PREVIEW)
    assert "WARNING" not in server.log


def test_a_refusal_is_remembered_in_the_output_directory(
    serve: Callable[..., Server], extension: Path, tmp_path: Path
) -> None:
    """The next server with this OUT starts with processes, until a run with subinterpreters succeeds."""

    def start(isolation: str) -> str:
        server = serve(extension, tmp_path / "out", "--isolation", isolation)
        if isolation == "auto":
            assert "<button>One from C</button>" in server.get(PREVIEW)
        assert server.interrupt() == 0
        return server.log

    (extension / STORIES).write_text(uses_extension("One "))
    assert "Continuing with --isolation process" in start("auto")
    second = start("auto")
    assert "WARNING" not in second
    assert "as in the last run: " in second
    assert "oldstyle does not support loading in subinterpreters" in second
    assert "oldstyle does not support" in start("subinterpreters")
    assert "as in the last run" in start("auto")
    (extension / STORIES).write_text(story_module("One from C"))
    assert "as in the last run" in start("auto")
    start("subinterpreters")
    last = start("auto")
    assert "as in the last run" not in last
    assert "WARNING" not in last


@pytest.mark.parametrize(
    ("code", "refused"),
    [
        (
            "import threading, time\nthreading.Thread(target=time.sleep, args=(3600,), daemon=True).start()",
            "daemon threads are disabled",
        ),
        (
            "import signal\nsignal.signal(signal.SIGUSR1, lambda *_: None)",
            "signal only works in main thread",
        ),
    ],
    ids=["daemon thread", "signal handler"],
)
def test_auto_switches_for_threads_and_signals(
    serve: Callable[..., Server], package: Path, code: str, refused: str
) -> None:
    (package / STORIES).write_text(story_module("First", imports=code))
    server = serve(package, "--isolation", "auto")
    with listen(server, PREVIEW) as page:
        wait_for_page(server, page, "<button>First</button>")
        (package / STORIES).write_text(story_module("Second", imports=code))
        wait_for_page(server, page, "<button>Second</button>")
    (warning,) = [line for line in server.lines if "WARNING" in line]
    assert refused in warning
    assert "Continuing with --isolation process" in warning
    assert "ERROR" not in server.log


@pytest.mark.parametrize("isolation", ["process", "auto"])
def test_processes_do_not_recommend_themselves(
    serve: Callable[..., Server], package: Path, isolation: str
) -> None:
    """Python allows signal handlers in no other thread."""
    code = (
        "import concurrent.futures, signal\n"
        "executor = concurrent.futures.ThreadPoolExecutor()\n"
        "executor.submit(signal.signal, signal.SIGUSR1, print).result()\n"
    )
    (package / STORIES).write_text(story_module(imports=code))
    server = serve(package, "--isolation", isolation)
    page = server.get("components/button/index.html")
    assert "signal only works in main thread" in page
    assert "--isolation process" not in page
    assert "Serve with" not in server.log


def test_the_warning_names_the_extension_even_if_another_file_is_broken(
    serve: Callable[..., Server], extension: Path
) -> None:
    broken = extension / "components/a"
    broken.mkdir()
    (broken / "stories.py").write_text("raise ValueError('broken in any case')\n")
    (extension / STORIES).write_text(uses_extension("One "))
    server = serve(extension, "--isolation", "auto")
    assert "<button>One from C</button>" in server.get(PREVIEW)
    warnings = [line for line in server.lines if "Continuing with --isolation process" in line]
    assert len(warnings) == 1, warnings
    assert "oldstyle does not support loading in subinterpreters" in warnings[0]
    assert STORIES in warnings[0]
    assert "broken in any case" not in warnings[0]


def test_an_extension_that_refuses_subinterpreters_is_named(
    serve: Callable[..., Server], extension: Path
) -> None:
    server = serve(extension, "--isolation", "subinterpreters")
    path = "components/button/index.html"
    with listen(server) as page:
        (extension / STORIES).write_text(uses_extension("One "))
        server.wait_for(
            "ERROR.*components/button/stories.py:1: ImportError: module .*oldstyle does not support"
        )
        server.wait_for("--isolation process")
        while "oldstyle does not support loading in subinterpreters" not in server.get(path):
            page.reload()
        assert "--isolation process" in server.get(path)
        (extension / STORIES).write_text(story_module("Without"))
        wait_for_page(server, page, "<button>Without</button>")
    other = serve(extension, "--isolation", "process")
    with listen(other) as page:
        (extension / STORIES).write_text(uses_extension("One "))
        wait_for_page(other, page, "<button>One from C</button>")
    assert "WARNING" not in other.log


def test_an_extension_that_refuses_subinterpreters_builds_directly(
    build: Callable[..., object], extension: Path, tmp_path: Path
) -> None:
    (extension / STORIES).write_text(uses_extension("Built "))
    assert build(extension, tmp_path / "out").returncode == 0  # type: ignore[attr-defined]
    assert "<button>Built from C</button>" in (tmp_path / "out" / PREVIEW).read_text()
