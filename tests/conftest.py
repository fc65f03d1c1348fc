"""Fixtures for all tests of the program as a user runs it."""

import os
import sys
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from support import Server, example, run, write_files
from support.libraries import library_environment
from support.modes import BUILD_MODES

ROOT = Path(__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the tests that take long, too")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "long(minutes=0): takes ten seconds or more; only --long runs it. Those that take minutes begin first",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect long tests, unless --long is given or a test is named, and run those that take minutes first."""
    if not config.getoption("--long") and not any("::" in word for word in config.args):
        long = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]
    items[:] = longest_first(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def minutes(item: pytest.Item) -> int:
    """How long a test takes, by its marker."""
    marker = item.get_closest_marker("long")
    return marker.kwargs.get("minutes", 0) if marker else 0


def longest_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Order the tests so that each worker begins with some of those that take minutes: pytest-xdist gives each an equal part."""
    longest = sorted(filter(minutes, items), key=minutes, reverse=True)
    others = [item for item in items if not minutes(item)]
    order: list[pytest.Item] = []
    for number in range(workers):
        size = (len(items) - len(order)) // (workers - number)
        first = longest[number::workers][:size]
        order += [*first, *(others.pop(0) for _ in range(min(size - len(first), len(others))))]
    return order


@pytest.fixture(scope="session")
def program() -> Path:
    """The program under test: $STORYTIME, or build/storytime."""
    path = Path(os.environ.get("STORYTIME", ROOT / "build" / "storytime"))
    assert path.exists(), f"{path} is missing: run make build/storytime"
    return path


@pytest.fixture(scope="session")
def bare_program(program: Path) -> Path:
    """The server without a builder: tests/serve/bare_server.c."""
    return program.parent / "tests" / "serve" / "bare_server"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A small package with one component and one story, to edit and break."""
    return write_files(tmp_path / "shop", example())


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A virtual environment."""
    venv.create(tmp_path / "environment", with_pip=False, symlinks=True)
    return tmp_path / "environment"


@pytest.fixture
def site(environment: Path) -> Path:
    """The site-packages directory of `environment`."""
    return next(environment.glob("lib/*/site-packages"))


@contextmanager
def starting(program: Path, directory: Path) -> Iterator[Callable[..., Server]]:
    """Start servers in a directory, and end them."""
    started: list[Server] = []

    def start(*arguments: object, **options: object) -> Server:
        server = Server(program, directory, *arguments, **options)  # type: ignore[arg-type]
        started.append(server)
        return server

    yield start
    for server in started:
        server.close()
        print(server.log)  # shown with a test that fails


@pytest.fixture
def serve(program: Path, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start servers. Those that a test leaves running are ended."""
    with starting(program, tmp_path) as start:
        yield start


@pytest.fixture(params=BUILD_MODES[:2])
def serve_in(request: pytest.FixtureRequest, serve: Callable[..., Server]) -> Callable[..., Server]:
    """As `serve`, for tests of what does not depend on where builds run."""
    return lambda *arguments, **options: serve(*arguments, *request.param, **options)


@pytest.fixture(scope="module")
def shared_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that the tests of a file share."""
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="module")
def shared_package(shared_path: Path) -> Path:
    """As `package`, but one for all tests of a file, which must not change it."""
    return write_files(shared_path / "shop", example())


@pytest.fixture(scope="module")
def serve_all(program: Path, shared_path: Path) -> Iterator[Callable[..., Server]]:
    """As `serve`, for servers that the tests of a file share: a start takes longer than most tests."""
    with starting(program, shared_path) as start:
        yield start


@pytest.fixture
def build(program: Path) -> Callable[..., object]:
    """Run `storytime build PACKAGE OUT ...`."""

    def start(*arguments: object, **options: object) -> object:
        return run(program, "build", *arguments, **options)  # type: ignore[arg-type]

    return start


@pytest.fixture
def storytime(program: Path) -> Callable[..., object]:
    """Run the program with any arguments."""

    def start(*arguments: object, **options: object) -> object:
        return run(program, *arguments, **options)  # type: ignore[arg-type]

    return start


@pytest.fixture(scope="session")
def libraries(program: Path) -> Path:
    """An environment with template engines, frameworks and other libraries."""
    environment = library_environment(program.parent)
    if environment is None:
        pytest.skip("no package index can be reached for the libraries of these projects")
    return environment
