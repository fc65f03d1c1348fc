"""Whatever happens to the output directory, readers see the old catalog or the new one, and the next save repairs it."""

import fcntl
import os
import random
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import (
    PREVIEW,
    Server,
    listen,
    percentile,
    run,
    small_disk,
    story_module,
    tree,
    wait_for_page,
    write_files,
)
from support.processes import wait_until
from support.readers import CONNECTIONS, is_file_of, reading, whole_document

STORIES = "components/button/stories.py"
REBUILDS = int(os.environ.get("STORYTIME_REBUILDS", "200"))


def wait_until_at_rest(out: Path) -> None:
    """Half a second after a build, the builder writes two files of its own and looks whether any are missing. Wait for that."""
    wait_until((out / ".storytime/catalog.json").exists)


@pytest.fixture
def kills(pytestconfig: pytest.Config) -> int:
    """How often a builder is killed; more often with --long."""
    return int(
        os.environ.get("STORYTIME_KILLS", "50" if pytestconfig.getoption("--long") else "15")
    )


@pytest.fixture
def small(tmp_path: Path, program: Path) -> Iterator[Callable[..., tuple[Server, Path]]]:
    """Serve with an output directory on a small file system. The server, and the directory's path in this mount namespace."""
    out = tmp_path / "small"
    out.mkdir()
    if not small_disk.is_possible(out):
        pytest.skip("user namespaces are not available")
    started: list[Server] = []

    def start(package: Path, options: str) -> tuple[Server, Path]:
        command = [sys.executable, small_disk.__file__, "mount", str(out), options, str(program)]
        wrapper = tmp_path / "storytime"
        wrapper.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
        wrapper.chmod(0o755)
        server = Server(wrapper, tmp_path, package, out / "site")
        started.append(server)
        return server, Path(f"/proc/{server.process.pid}/root{out}/site")

    yield start
    for server in started:
        server.close()
        print(server.log)  # shown with a test that fails


@pytest.mark.parametrize(
    "text",
    [b"", b"storytime manifest 1\nno line of ours\n", bytes(100)],
    ids=["empty", "other", "zeros"],
)
def test_the_error_about_a_damaged_manifest_gives_advice_that_helps(
    build: Callable[..., subprocess.CompletedProcess[str]],
    serve_in: Callable[..., Server],
    package: Path,
    tmp_path: Path,
    text: bytes,
) -> None:
    out = tmp_path / "out"
    server = serve_in(package, out)
    before = tree(out)
    (out / ".storytime/manifest").write_bytes(text)
    failed = build(package, out)
    assert failed.returncode == 1
    assert f"'{out}/.storytime/manifest' is damaged" in failed.stderr
    assert f"remove '{out}', or name another directory" in failed.stderr
    assert tree(out) == before
    with listen(server) as page:
        (package / STORIES).write_text(story_module("Damaged"))
        server.wait_for("is damaged")
        shutil.rmtree(out)
        (package / STORIES).write_text(story_module("Mended"))
        wait_for_page(server, page, "<button>Mended</button>")


@pytest.mark.parametrize(
    ("options", "label"),
    [("size=1m", "'x' * 300_000"), ("size=8m,nr_inodes=60", "'x'")],
    ids=["bytes", "inodes"],
)
def test_a_full_disk_keeps_the_last_catalog(
    small: Callable[..., tuple[Server, Path]], package: Path, options: str, label: str
) -> None:
    server, out = small(package, options)
    before = tree(out)
    with listen(server) as page:
        many = ", ".join(f"Story(title='S{n}', props=dict(label={label}))" for n in range(60))
        text = story_module("Never").replace(
            "Story(title='First', props=dict(label='Never'))", many
        )
        (package / STORIES).write_text(text)
        server.wait_for("No space left on device")
        assert tree(out) == before
        assert "<button>Buy</button>" in server.get(PREVIEW)
        (package / STORIES).write_text(story_module("Fits"))
        wait_for_page(server, page, "Fits")


def test_an_output_that_becomes_read_only_keeps_the_last_catalog(
    small: Callable[..., tuple[Server, Path]], package: Path, tmp_path: Path
) -> None:
    server, out = small(package, "size=8m")
    before = tree(out)
    wait_until_at_rest(out)
    with listen(server) as page:
        small_disk.remount(server.process.pid, tmp_path / "small", "ro")
        (package / STORIES).write_text(story_module("Never"))
        server.wait_for("Read-only file system")
        assert tree(out) == before
        small_disk.remount(server.process.pid, tmp_path / "small", "rw")
        (package / STORIES).write_text(story_module("Writable"))
        wait_for_page(server, page, "Writable")


@pytest.mark.parametrize("what", ["deleted", "replaced", "moved", "emptied"])
def test_an_output_directory_that_is_removed_comes_back_with_the_next_save(
    serve_in: Callable[..., Server], package: Path, tmp_path: Path, what: str
) -> None:
    out = tmp_path / "out"
    server = serve_in(package, out)
    before = tree(out)
    wait_until_at_rest(out)
    with listen(server) as page:
        match what:
            case "deleted":
                shutil.rmtree(out)
            case "replaced":
                shutil.rmtree(out)
                out.mkdir()
            case "moved":
                out.rename(tmp_path / "elsewhere")
            case "emptied":
                for name in before:
                    (out / name).unlink()
        (package / STORIES).write_text(story_module("Again"))
        wait_for_page(server, page, "Again")
        (package / STORIES).write_text(story_module("Buy"))
        wait_for_page(server, page, "Buy")
        while tree(out) != before:  # the page that is open is rebuilt before the others
            page.reload()


def test_removed_files_come_back_with_a_save_that_does_not_affect_them(
    serve_in: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    other = package / "components" / "other"
    write_files(other, {"__init__.py": "", "stories.py": story_module("Other")})
    server = serve_in(package, out, "-v")
    before = tree(out)
    removed = [name for name in before if name.startswith("components/other/")]
    wait_until_at_rest(out)
    with listen(server) as page:
        for name in removed:
            (out / name).unlink()
        (package / STORIES).write_text(story_module("Again"))
        server.wait_for("partial build")
        server.wait_for("Files are missing from the output directory")
        server.wait_for("full build")
        wait_for_page(server, page, "Again")
    assert {name: tree(out).get(name) for name in removed} == {
        name: before[name] for name in removed
    }


def test_a_file_in_place_of_the_output_is_reported_and_survived(
    serve_in: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    server = serve_in(package, out)
    wait_until_at_rest(out)
    with listen(server) as page:
        shutil.rmtree(out)
        out.write_text("mine")
        (package / STORIES).write_text(story_module("Never"))
        server.wait_for("ERROR: .*cannot")
        assert out.read_text() == "mine"
        out.unlink()
        (package / STORIES).write_text(story_module("Again"))
        wait_for_page(server, page, "Again")


def test_files_of_others_are_kept(
    serve_in: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    server = serve_in(package, out)
    mine = {"CNAME": "example.org", "components/button/notes.txt": "mine", "private/x.html": "mine"}
    write_files(out, mine)
    with listen(server) as page:
        (package / STORIES).unlink()
        while not page.reload()["removed"]:
            pass
    assert server.request("components/button/")[0] == 404
    assert {name: (out / name).read_text() for name in mine} == mine


def test_a_file_of_others_in_the_way_is_reported_and_kept(
    serve_in: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    server = serve_in(package, out)
    write_files(out, {"components/badge": "mine"})
    before = tree(out)
    with listen(server) as page:
        write_files(package, {"components/badge/stories.py": story_module("Badge", title="Badge")})
        server.wait_for("STY202: .*components/badge' is in the way")
        assert tree(out) == before
        (out / "components/badge").unlink()
        (package / STORIES).write_text(story_module("Again"))
        wait_for_page(server, page, "Again")
    assert "Badge" in server.get("components/badge/badge/index.html")


@pytest.mark.long
def test_a_build_that_is_killed_at_any_moment(
    program: Path, package: Path, tmp_path: Path, kills: int
) -> None:
    """Every file is the old or the new one, none that both trees have is missing, and the next build gives the new tree."""
    out = tmp_path / "out"
    versions: list[dict[str, bytes]] = []
    many = "".join(f"Story(title='S{n}', props=dict(label=LABEL)), " for n in range(100))
    for label in ("old", "new"):
        (package / STORIES).write_text(
            story_module("x")
            .replace("def this", f"LABEL = {label!r}\ndef this")
            .replace("items=[", f"items=[{many}")
        )
        shutil.copytree(package, tmp_path / label / "shop")
        assert (
            run(program, "build", tmp_path / label / "shop", tmp_path / f"{label}-out").returncode
            == 0
        )
        versions.append(tree(tmp_path / f"{label}-out"))
    old, new = versions
    assert run(program, "build", tmp_path / "old/shop", out).returncode == 0
    begin = time.monotonic()
    assert run(program, "build", tmp_path / "new/shop", out).returncode == 0
    usual = time.monotonic() - begin
    seen = {"old": 0, "new": 0, "both": 0}
    chance = random.Random(5)
    for number in range(kills):
        label = "old" if number % 2 == 0 else "new"
        process = subprocess.Popen(
            [str(program), "build", str(tmp_path / label / "shop"), str(out), "-q"],
            stderr=subprocess.DEVNULL,
        )
        time.sleep(usual * (0.5 + chance.random() / 2))
        process.kill()
        process.wait()
        found = tree(out)
        for name in old.keys() | new.keys():
            assert is_file_of(out / name, old.get(name), new.get(name)), (number, name)
        seen["old" if found == old else "new" if found == new else "both"] += 1
    assert run(program, "build", tmp_path / "new/shop", out).returncode == 0
    assert tree(out) == new
    print(f"{kills} kills: {seen}, a build takes {usual * 1000:.0f} ms")


def test_a_build_that_waits_for_another_survives_the_removal_of_what_it_locks(
    program: Path, package: Path, tmp_path: Path
) -> None:
    """When publishing ends, the stage is removed; if nothing was published, the whole directory that is locked."""
    out = tmp_path / "out"
    for leave in ("stage", "."):
        private = out / ".storytime"
        (private / "stage").mkdir(parents=True)
        holder = os.open(private, os.O_RDONLY)
        fcntl.flock(holder, fcntl.LOCK_EX)
        waiter = f"-> FLOCK .*:{private.stat().st_ino} "
        process = subprocess.Popen([program, "build", package, out], stderr=subprocess.DEVNULL)
        while not re.search(waiter, Path("/proc/locks").read_text()):
            assert process.poll() is None
        (private / "stage").rmdir()
        if leave == ".":
            private.rmdir()
        os.close(holder)
        assert process.wait(30) == 0
        assert (out / PREVIEW).exists()
        shutil.rmtree(out)


def test_a_builder_that_is_killed_at_any_moment_while_it_serves(
    serve: Callable[..., Server], package: Path, tmp_path: Path, kills: int
) -> None:
    server = serve(package, tmp_path / "out")
    chance = random.Random(7)
    paths = ["index.html", PREVIEW, "components/button/first/index.html"]
    with listen(server) as page, reading(server, paths, whole_document) as readers:
        for number in range(kills):
            (package / STORIES).write_text(story_module(f"Kill {number}"))
            server.wait_for("Building ")
            time.sleep(chance.random() * 0.05)
            os.kill(server.builder, signal.SIGKILL)
        (package / STORIES).write_text(story_module("The last"))
        wait_for_page(server, page, "The last")
    assert len(readers.statuses) > kills


@pytest.mark.long
def test_readers_see_whole_pages_during_many_rebuilds(
    serve: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    """A story's page contains its label several times: if they differ, the page is a mix of two versions."""
    write_files(
        package,
        {
            "components/button/button.py": "def Button(*, label='Buy'):\n    return f'<button>{label}</button>' * 500\n"
        },
    )
    server = serve(package, tmp_path / "out")

    def is_whole(text: str) -> bool:
        labels = {label.split("</button>")[0] for label in text.split("<button>")[1:]}
        return whole_document(text) and len(labels) <= 1

    paths = [
        PREVIEW,
        "components/button/first/",
        "index.html",
        "components/button/",
        "components/",
        "about.html",
    ]
    begin = time.monotonic()
    with listen(server) as page, reading(server, paths, is_whole) as readers:
        for number in range(REBUILDS):
            (package / STORIES).write_text(story_module(f"Label {number}"))
            wait_for_page(server, page, f"<button>Label {number}</button>")
        seconds = time.monotonic() - begin
    count = len(readers.statuses)
    assert count > 2 * REBUILDS
    print(
        f"{REBUILDS} rebuilds in {seconds:.1f} s: {count} requests by {CONNECTIONS} connections, {count / seconds:.0f} a "
        f"second, 99 of 100 within {percentile(readers.delays, 99) * 1000:.1f} ms"
    )
