"""More than five hundred paths that try to leave OUT: none may return a byte of what lies outside."""

import itertools
import os
import random
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from support import BareServer, bare_server, parse

SECRET = b"secret-of-the-machine"

DOTS = [
    "..",
    "%2e%2e",
    "%2E.",
    ".%2e",
    "%252e%252e",
    "%25252e%25252e",
    "%c0%ae%c0%ae",
    "%e0%80%ae%e0%80%ae",
    "%f0%80%80%ae%f0%80%80%ae",
    "%uff0e%uff0e",
    "%u002e%u002e",
    "%ef%bc%8e%ef%bc%8e",
    "%e2%80%a5",
    "...",
    "....",
    "..;",
    "..%00",
    "..%01",
    "..%20",
    "..%09",
    ".%00.",
    "%2e%2e%2e",
    "..%c0%af",
    "..%ff",
]
SLASHES = [
    "/",
    "%2f",
    "%2F",
    "//",
    "\\",
    "%5c",
    "%5C",
    "%255c",
    "%252f",
    "%c0%af",
    "%e0%80%af",
    "%ef%bc%8f",
    "%u2215",
    "/./",
    "/%2e/",
    "%00/",
    ";/",
]
TARGETS = ["secret.txt", "secret.txt%00.html", "out-sibling/secret.txt", "out.storytime/secret.txt"]

OTHERS = [
    "/link.txt",
    "/link-absolute.txt",
    "/linked/secret.txt",
    "/linked/",
    "/linked",
    "/linked/../secret.txt",
    "/up/secret.txt",
    "/up/out/../secret.txt",
    "/loop/loop/loop/secret.txt",
    "/proc-link",
    "/proc-root/etc/hostname",
    "/sub/link.txt",
    "/sub/chain.txt",
    "/out-sibling/secret.txt",
    "/-sibling/secret.txt",
    "/.storytime/manifest",
    "/%2estorytime/manifest",
    "/.storytime%2fmanifest",
    "/sub/../.storytime/manifest",
    "/sub/.hidden",
    "/.git/config",
    "/.env",
    "//secret.txt",
    "///secret.txt",
    "/?/../secret.txt",
    "/fifo",
    "/socket",
    "/index.html/",
    "/index.html/../../secret.txt",
    "/index.html/..",
    "/~root/secret.txt",
    "/$HOME/secret.txt",
    "/file:%2f%2f/secret.txt",
    "/C:/secret.txt",
    "/c%3a%5csecret.txt",
    "/secret.txt::$DATA",
    "/NUL",
    "/con",
    "/@fs/secret.txt",
    "/@fs/etc/passwd?import&raw??",
    "/__storytime/../secret.txt",
    "/__storytime/%2e%2e/secret.txt",
    "/__storytime/..%2fsecret.txt",
    "/__storytime/live.js/../../secret.txt",
    "/__storytime/open?file=../secret.txt&line=1",
    "/proc/self/environ",
    "/proc/self/fd/0",
    "/proc/self/root/etc/passwd",
    "/dev/stdin",
    "/" + "../" * 1000 + "secret.txt",
    "/" + "sub/../" * 500 + "../secret.txt",
    "/" + "%2e%2e%2f" * 300 + "secret.txt",
    "/" + "a/" * 2000 + "secret.txt",
    "/" + "a" * 300,
]


def corpus(parent: Path) -> list[str]:
    """Each way to write "..", with each way to write a slash, to each target, and the OTHERS."""
    ways = {f"/{dots}{slash}{TARGETS[0]}" for dots, slash in itertools.product(DOTS, SLASHES)}
    ways |= {
        f"/sub/{dots}{slash}{dots}{slash}{TARGETS[0]}"
        for dots, slash in itertools.product(DOTS, SLASHES)
    }
    ways |= {
        f"/{dots}{slash}{target}"
        for dots, slash, target in itertools.product(DOTS[:4], SLASHES[:6], TARGETS)
    }
    absolute = [str(parent / "secret.txt"), "/etc/passwd", "/etc/hostname"]
    ways |= {
        f"{prefix}{path}"
        for prefix in ["", "/", "/.", "/%2f", "/sub", "/file://"]
        for path in absolute
    }
    ways |= {way.replace(str(parent), "") for way in ways}
    return sorted(ways | set(OTHERS))


def make_out_with_traps(parent: Path) -> Path:
    """OUT, with links that lead out of it and, beside it, directories whose names begin like its own."""
    out = parent / "out"
    for directory in (
        "out/sub",
        "out/.storytime",
        "out/.git",
        "out-sibling",
        "out.storytime",
        "outside",
    ):
        (parent / directory).mkdir(parents=True)
    for name in (
        "secret.txt",
        "out-sibling/secret.txt",
        "out.storytime/secret.txt",
        "outside/secret.txt",
        "out/.storytime/manifest",
        "out/.git/config",
        "out/.env",
        "out/sub/.hidden",
    ):
        (parent / name).write_bytes(SECRET)
    (out / "index.html").write_text("the page")
    (out / "sub/page.html").write_text("below")
    (out / "link.txt").symlink_to("../secret.txt")
    (out / "link-absolute.txt").symlink_to(parent / "secret.txt")
    (out / "linked").symlink_to("../outside")
    (out / "up").symlink_to("..")
    (out / "loop").symlink_to("loop")
    (out / "proc-link").symlink_to("/proc/self/environ")
    (out / "proc-root").symlink_to("/proc/self/root")
    (out / "sub/link.txt").symlink_to("../../secret.txt")
    (out / "sub/chain.txt").symlink_to("../link.txt")
    (out / "inner.html").symlink_to("sub/page.html")
    os.mkfifo(out / "fifo")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(out / "socket"))
    return out


@pytest.fixture(params=["openat2", "by parts"])
def server(
    request: pytest.FixtureRequest,
    bare_program: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[BareServer]:
    """A server of OUT, with openat2(2), and without it as on kernels that lack it."""
    monkeypatch.chdir(tmp_path)
    root = make_out_with_traps(tmp_path)
    if request.param == "by parts":
        monkeypatch.setenv("BARE_SERVER_WITHOUT_OPENAT2", "1")
    with bare_server(bare_program, root) as started:
        yield started


def test_known_attacks_return_nothing_from_outside(server: BareServer, tmp_path: Path) -> None:
    ways = corpus(tmp_path)
    assert len(ways) >= 500
    for way in ways:
        answer = server.exchange(
            f"GET {way} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode("latin-1")
        )
        assert SECRET not in answer, way
        assert b"root:" not in answer, way
        status, fields, _ = parse(answer)
        if status == 200:
            assert way == "/?/../secret.txt", way  # a query of the front page
        elif status == 302:
            assert SECRET not in server.get(urljoin(way, fields["location"]))[2]
        else:
            assert status in (400, 403, 404, 414), (way, status)


def test_files_inside_are_served(server: BareServer) -> None:
    assert b"below" in server.get("/sub/page.html")[2]
    assert server.get("/%73ub//page%2ehtml")[0] == 200
    status, _, body = server.get("/inner.html")  # without openat2, no link is followed
    assert (status, b"below" in body) in ((200, True), (404, False))


def test_random_paths_return_nothing_from_outside(server: BareServer) -> None:
    source = random.Random(1)
    parts = [
        *DOTS,
        *SLASHES,
        "sub",
        "out",
        "link.txt",
        "linked",
        "up",
        "secret.txt",
        "index.html",
        ".storytime",
    ]
    for _ in range(2000):
        way = "/" + "".join(source.choice(parts) for _ in range(source.randint(1, 8)))
        answer = server.exchange(
            f"GET {way} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode("latin-1")
        )
        assert SECRET not in answer, way


def test_out_may_be_a_link(bare_program: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real/index.html").write_text("the page")
    (tmp_path / "out").symlink_to("real")
    with bare_server(bare_program, tmp_path / "out") as server:
        assert b"the page" in server.get("/")[2]


def test_out_may_be_created_later(bare_program: Path, tmp_path: Path) -> None:
    with bare_server(bare_program, tmp_path / "out") as server:
        assert server.get("/")[0] == 404
        (tmp_path / "out").mkdir()
        (tmp_path / "out/index.html").write_text("the page")
        assert b"the page" in server.get("/")[2]
