"""pytest-xdist workers: what they are told, where they find a run's files, and how their pictures come back."""

import base64
import os
import re
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

TOLD = "storytime"
PICTURES = "storytime-pictures"
"""What a worker is told, in its `workerinput`: of the run, and where pictures are written."""

TO_SEND = pytest.StashKey[list[list[str | None]]]()
"""Pictures that a test of a worker has for the run: directory, name, and the picture in base64; None: remove it."""


def told(config: pytest.Config) -> dict[str, Any] | None:
    """The values that the controller has passed to this worker; None: this process is no worker."""
    found: dict[str, Any] | None = getattr(config, "workerinput", {}).get(TOLD)
    return found


def sent_directories(config: pytest.Config) -> dict[str, Path] | None:
    """The directories that pictures are written to; None: this process is no worker."""
    found = getattr(config, "workerinput", {}).get(PICTURES)
    return {name: Path(path) for name, path in found.items()} if found is not None else None


@dataclass(frozen=True)
class Files:
    """The directories of a run. A worker that runs elsewhere has its own copy of the files."""

    base: Path  # the base of relative paths on the command line
    home: Path  # the same directory where pytest was started, maybe on another machine
    elsewhere: bool = False

    def here(self, path: str) -> Path:
        """A path of the command line, among this process's files."""
        given = Path(path)
        return self.base / (
            given.relative_to(self.home) if given.is_relative_to(self.home) else given
        )


def files_of(config: pytest.Config) -> Files:
    """The Files of this process."""
    directory = config.invocation_params.dir
    answer = told(config)
    if answer is None:
        return Files(directory, directory)
    return Files(directory / answer["base"], Path(answer["home"]), answer["elsewhere"])


def tell(node: Any, config: pytest.Config, package: str, more: dict[str, Any]) -> None:
    """Tell a worker that is about to start. `package`: a directory or a dotted name."""
    home = config.invocation_params.dir
    spec = node.gateway.spec
    elsewhere = bool(spec.chdir or not spec.popen)
    node.workerinput[TOLD] = {
        **more,
        "package": os.path.relpath(package, home) if "/" in package else package,
        "home": str(home),
        "base": copied_to(home, node.nodemanager.roots) if elsewhere else ".",
        "elsewhere": elsewhere,
    }


def copied_to(home: Path, roots: list[Path]) -> str:
    """A worker's copy of a directory, below the worker's own: --rsyncdir keeps the last part of the path."""
    for root in roots:
        if home.resolve().is_relative_to(root):
            return (root.name / home.resolve().relative_to(root)).as_posix()
    return "."


def has_workers_elsewhere(config: pytest.Config) -> bool:
    """Whether workers may have another environment than this process."""
    specs = config.getoption("tx", None) or []
    return any(re.fullmatch(r"(\d+\*)?popen", spec) is None for spec in specs)


class Sender:
    """In a worker that runs elsewhere: sends the pictures of a test with its report."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, Any, Any]:
        report = yield
        if call.when == "call":
            report.storytime_pictures = item.stash.get(TO_SEND, [])
        return report


def send(item: pytest.Item, directory: str, name: str, picture: bytes | None) -> None:
    """Have a picture written, or removed, on the machine where pytest was started."""
    text = base64.b64encode(picture).decode() if picture is not None else None
    item.stash.setdefault(TO_SEND, []).append([directory, name, text])


class Receiver:
    """In the process where pytest was started: writes the pictures that workers send."""

    def __init__(self, directories: dict[str, Path]) -> None:
        self._directories = directories

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker where its pictures will be."""
        node.workerinput[PICTURES] = {name: str(path) for name, path in self._directories.items()}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for directory, name, text in getattr(report, "storytime_pictures", ()):
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                raise ValueError(f"a worker has sent the picture {name!r}")
            write(
                self._directories[directory] / name,
                base64.b64decode(text) if text is not None else None,
            )


def write(path: Path, picture: bytes | None) -> None:
    """Write a picture; None: remove it."""
    if picture is None:
        path.unlink(missing_ok=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture)
