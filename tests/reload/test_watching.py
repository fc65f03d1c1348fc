"""The watcher: what it must see, what it must ignore, and what it does without events from the system."""

import os
import random
import re
import shutil
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from support import (
    PREVIEW,
    SAVES,
    Server,
    listen,
    repeating,
    small_disk,
    story_module,
    wait_for_page,
    write_files,
)
from support.modes import PROCESS

STORIES = "components/button/stories.py"


@pytest.fixture
def pairs(pytestconfig: pytest.Config) -> int:
    """The number of pairs of saves. It is higher with --long."""
    return int(
        os.environ.get("STORYTIME_PAIRS", "50" if pytestconfig.getoption("--long") else "10")
    )


def builds(server: Server) -> int:
    """The number of builds that changes have started."""
    return server.log.count("rebuilding")


@pytest.fixture(scope="module")
def poller(serve_all: Callable[..., Server], shared_package: Path) -> Server:
    """A server that polls a package, which is saved in many ways."""
    return serve_all(shared_package, *PROCESS, "--poll")


@pytest.mark.parametrize("save", SAVES, ids=lambda save: save.__name__)
def test_every_way_of_saving_is_seen_by_polling(
    poller: Server, shared_package: Path, save: Callable[[Path, str], None]
) -> None:
    with listen(poller) as page:
        save(shared_package / STORIES, story_module(save.__name__))
        wait_for_page(poller, page, f"<button>{save.__name__}</button>")


def test_pairs_of_saves_end_with_the_second(
    serve: Callable[..., Server], package: Path, pairs: int
) -> None:
    """Saves 20 ms apart, as by an editor and a formatter, in all ways."""
    server = serve(package)
    chance = random.Random(3)
    with listen(server) as page:
        for number in range(pairs):
            chance.choice(SAVES)(package / STORIES, story_module(f"First {number}"))
            time.sleep(0.02)
            chance.choice(SAVES)(package / STORIES, story_module(f"Second {number}"))
            wait_for_page(server, page, f"<button>Second {number}</button>")


def test_pages_that_a_superseded_build_published_are_announced(
    serve: Callable[..., Server], package: Path, pairs: int
) -> None:
    """It may have read the second save already. Then the next build changes no file, but must announce it all the same."""
    server = serve(package)
    with listen(server, PREVIEW) as page:
        for number in range(pairs):
            (package / STORIES).write_text(story_module(f"First {number}"))
            (package / "components/button/button.py").touch()
            (package / STORIES).write_text(story_module(f"Second {number}"))
            shown = ""
            while f"Second {number}<" not in shown:
                shown = page.reload()["html"].get(PREVIEW, shown)


def test_a_save_during_a_build_supersedes_it(serve: Callable[..., Server], package: Path) -> None:
    """The first build would take a minute. It is cancelled, and its catalog is never published."""
    server = serve(package)
    slow = "import time\nfor _ in range(6000): time.sleep(0.01)"
    with listen(server) as page:
        for number in range(5):
            (package / STORIES).write_text(story_module("Never", imports=slow))
            server.wait_for("Building ")
            (package / STORIES).write_text(story_module(f"Quick {number}"))
            server.wait_for("Building ")
            wait_for_page(server, page, f"<button>Quick {number}</button>")


def test_a_checkout_of_500_files_needs_few_builds(
    serve_in: Callable[..., Server], package: Path
) -> None:
    def commit(text: str) -> dict[str, str]:
        files = {f"data/part_{number}.py": f"TEXT = '{text} {number}'\n" for number in range(499)}
        return files | {
            STORIES: story_module("x", imports="from shop.data.part_498 import TEXT").replace(
                "'x'", "TEXT"
            )
        }

    write_files(package, commit("main"))
    server = serve_in(package)
    begin = last = time.monotonic()
    pauses = 0
    with listen(server) as page:
        for text in ("branch", "main", "other"):
            for name, content in commit(text).items():
                (package / name).unlink()
                (package / name).write_text(content)
                pauses += time.monotonic() - last > 0.01
                last = time.monotonic()
            wait_for_page(server, page, f"<button>{text} 498</button>")
    # At most one every 200 ms while files are written, and one for each pause, as a busy machine causes some.
    assert builds(server) <= max(3 * 15, pauses + (time.monotonic() - begin) / 0.2)


ASKING = """
import socket
from storytime import Story, Subject

def tell(word: bytes) -> None:
    with socket.create_connection(("127.0.0.1", PORT)) as connection:
        connection.sendall(word)
        connection.recv(1)

tell(b"about to import")
try:
    from shop.components.button.button import Button
except ImportError:
    tell(b"not there")
    raise

def this_subject() -> Subject:
    return Subject(items=[Story(title="First", target=lambda: "<p>It was found</p>")])
"""


@pytest.mark.parametrize("polling", [(), ("--poll",)], ids=["inotify", "poll"])
@pytest.mark.parametrize("way", ["away", "empty"])
def test_a_file_that_was_missing_or_empty_during_its_import_is_built_again(
    serve: Callable[..., Server], package: Path, way: str, polling: tuple[str, ...]
) -> None:
    """It is restored before the end of the build, so the watcher sees no change."""
    button = package / "components/button/button.py"
    text = button.read_text()
    said = []

    class Answer(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            said.append(self.request.recv(64))
            if said == [b"about to import"]:
                button.unlink() if way == "away" else os.truncate(button, 0)
            elif said[-1] == b"not there":
                button.write_text(text)
            self.request.sendall(b".")

    server = serve(package, *polling)
    with socketserver.TCPServer(("127.0.0.1", 0), Answer) as answers, listen(server) as page:
        threading.Thread(target=answers.serve_forever).start()
        try:
            port = str(answers.server_address[1])
            write_files(package, {"asking/stories.py": ASKING.replace("PORT", port)})
            wait_for_page(server, page, "It was found", "asking/first/preview.html")
        finally:
            answers.shutdown()
    assert b"not there" in said and said[-1] == b"about to import", said


def test_a_file_in_new_deep_directories_is_seen(
    serve_in: Callable[..., Server], package: Path
) -> None:
    server = serve_in(package)
    with listen(server) as page:
        for number in range(4):
            write_files(
                package, {f"n{number}/a/b/c/d/stories.py": story_module("Deep", title="Deep")}
            )
            wait_for_page(server, page, "Deep", f"n{number}/a/b/c/d/deep/preview.html")


def test_directories_may_be_renamed_deleted_and_made_again(
    serve_in: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    write_files(package, {"badge/stories.py": story_module("Badge 1", title="Badge")})
    server = serve_in(package)
    with listen(server) as page:
        (package / "badge").rename(package / "medal")
        wait_for_page(server, page, "Badge 1", "medal/badge/preview.html")
        # It is removed after the new pages have been added.
        while server.request("badge/badge/preview.html")[0] != 404:
            page.reload()
        (package / "medal/stories.py").write_text(story_module("Badge 2", title="Badge"))
        wait_for_page(server, page, "Badge 2", "medal/badge/preview.html")
        shutil.rmtree(package / "medal")
        write_files(package, {"medal/stories.py": story_module("Badge 3", title="Badge")})
        wait_for_page(server, page, "Badge 3", "medal/badge/preview.html")
        (package / "medal").rename(tmp_path / "away")
        (tmp_path / "away/stories.py").write_text(story_module("Badge 4", title="Badge"))
        (tmp_path / "away").rename(package / "medal")
        wait_for_page(server, page, "Badge 4", "medal/badge/preview.html")
        (package / "medal/stories.py").write_text(story_module("Badge 5", title="Badge"))
        wait_for_page(server, page, "Badge 5", "medal/badge/preview.html")


def test_the_package_may_be_moved_away_and_back(
    serve_in: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    server = serve_in(package)
    with listen(server) as page:
        package.rename(tmp_path / "away")
        (tmp_path / "away" / STORIES).write_text(story_module("Back"))
        (tmp_path / "away").rename(package)
        wait_for_page(server, page, "<button>Back</button>")
        (package / STORIES).write_text(story_module("Followed"))
        wait_for_page(server, page, "<button>Followed</button>")


def test_an_overflow_of_the_queue_loses_nothing(
    serve_in: Callable[..., Server], package: Path
) -> None:
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    if limit > 100_000:
        pytest.skip("the queue is too long to overflow it here")
    server = serve_in(package)
    with listen(server) as page:
        os.kill(server.process.pid, signal.SIGSTOP)
        try:
            notes = [package / "one.txt", package / "two.txt"]
            notes[0].write_text("")
            for number in range(limit // 2 + 10):  # two events each
                notes[number % 2].rename(notes[1 - number % 2])
            shutil.copytree(package / "components", package / "copy")
            shutil.rmtree(package / "components")
            (package / "copy").rename(package / "components")
            (package / STORIES).write_text(story_module("Overflowed"))
        finally:
            os.kill(server.process.pid, signal.SIGCONT)
        wait_for_page(server, page, "<button>Overflowed</button>")
        server.wait_for("Too many changes at once")
        (package / STORIES).write_text(story_module("After"))
        wait_for_page(server, page, "<button>After</button>")


@pytest.mark.parametrize("which", ["watches", "instances"])
def test_limits_of_inotify_are_named_and_polling_takes_over(
    program: Path, package: Path, tmp_path: Path, which: str
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if not small_disk.is_possible(disk):
        pytest.skip("this user may not create namespaces")
    wrapper = tmp_path / "storytime"
    wrapper.write_text(
        f"#!{sys.executable}\nimport os, sys\nsys.path.insert(0, {str(Path(small_disk.__file__).parent)!r})\n"
        "import small_disk\nsmall_disk.enter_own_namespaces()\n"
        f"open('/proc/sys/user/max_inotify_{which}', 'w').write({'2' if which == 'watches' else '0'!r})\n"
        f"os.execv({str(program)!r}, ['storytime', *sys.argv[1:]])\n"
    )
    wrapper.chmod(0o755)
    server = Server(wrapper, tmp_path, package)
    try:
        assert f"sysctl fs.inotify.max_user_{which}=" in server.log
        assert "(polling)" in server.log
        noted = threading.Semaphore(0)

        def note() -> None:
            """Cause an event in the package's top directory, which has one of the two watches. It must not put off the next poll."""
            (package / ".notes").write_text("")
            noted.release()

        with listen(server) as page, repeating(note, 0.05):
            noted.acquire()
            (package / STORIES).write_text(story_module("Polled"))
            wait_for_page(server, page, "<button>Polled</button>")
    finally:
        server.close()


@pytest.fixture(scope="module")
def other_file_system(shared_path: Path) -> Path:
    """A library with a statfs() that reports the type of file system in $FILE_SYSTEM."""
    source, library = shared_path / "statfs.c", shared_path / "statfs.so"
    source.write_text(
        "#include <stdlib.h>\n#include <string.h>\n#include <sys/vfs.h>\n"
        "int statfs64(const char *path, struct statfs64 *out) {\n"
        '    memset(out, 0, sizeof(*out)); out->f_type = strtol(getenv("FILE_SYSTEM"), NULL, 0); return 0;\n}\n'
        "int statfs(const char *path, struct statfs *out) { return statfs64(path, (struct statfs64 *)out); }\n"
    )
    command = ["cc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", library, source]
    subprocess.run(command, check=True)
    return library


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("NFS", 0x6969),
        ("CIFS", 0xFF534D42),
        ("SMB2", 0xFE534D42),
        ("9P", 0x01021997),
        ("vboxsf", 0x786F4256),
        ("FUSE", 0x65735546),
    ],
)
def test_file_systems_that_report_nothing_are_polled(
    serve: Callable[..., Server], package: Path, other_file_system: Path, name: str, number: int
) -> None:
    first = os.environ.get("STORYTIME_PRELOAD", "")  # sanitizers must come first
    variables = {"LD_PRELOAD": f"{first}:{other_file_system}", "FILE_SYSTEM": str(number)}
    server = serve(package, *PROCESS, env=variables)
    assert "does not report changes" in server.log
    assert "(polling)" in server.log
    with listen(server) as page:
        (package / STORIES).write_text(story_module(name))
        wait_for_page(server, page, f"<button>{name}</button>")


def test_ignored_files_in_the_package_cause_no_build(
    serve_in: Callable[..., Server], package: Path
) -> None:
    files = [
        ".git/index",
        ".venv/lib/x.py",
        "env/pyvenv.cfg",
        "env/lib/x.py",
        "__pycache__/x.pyc",
        "node_modules/x.js",
    ]
    files += [
        ".mypy_cache/x.json",
        ".pytest_cache/x",
        "components/.ruff_cache/x",
        "components/button/.button.py.swp",
    ]
    write_files(package, dict.fromkeys(files, "one"))
    server = serve_in(package, package / "public")
    with listen(server) as page:
        for number in range(3):
            server.wait_until_build_is_over(number + 1)
            write_files(package, dict.fromkeys(files, f"two {number}"))
            (package / STORIES).touch()
            (package / STORIES).chmod(0o600 + number)
            (package / STORIES).write_text(story_module(f"Marker {number}"))
            wait_for_page(server, page, f"<button>Marker {number}</button>")
    said = [line for line in server.log.splitlines() if "rebuilding" in line]
    assert len(said) == 3 and all(f"{STORIES} changed: rebuilding" in line for line in said), said


def switches(process: int) -> int:
    """How many times the threads of a process have gone to sleep."""
    count = 0
    for path in Path(f"/proc/{process}/task").glob("*/status"):
        with suppress(OSError):  # the thread has ended
            found = re.search(r"\nvoluntary_ctxt_switches:\s+(\d+)", path.read_text())
            count += int(found[1]) if found else 0
    return count


def test_idle_files_wake_no_process(serve: Callable[..., Server], package: Path) -> None:
    write_files(
        package, {f"data/{number // 100}/{number}.txt": str(number) for number in range(13_000)}
    )
    server = serve(package)
    server.wait_warm(3)
    builder, count = server.builder, -1
    deadline = time.monotonic() + 30
    while count != (count := switches(builder)):
        assert time.monotonic() < deadline, "the builder does not become idle"
        time.sleep(1)
    before = switches(server.process.pid)
    time.sleep(3)
    assert switches(builder) == count
    # The HTTP server looks for connections to close once a second. Waking up for files or directories would add to that.
    assert switches(server.process.pid) - before < 10
