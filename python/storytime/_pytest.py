"""Stories as pytest items. Imported with --storytime, or when a test requests a story."""

import json
import signal
import subprocess
import sys
import sysconfig
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import pytest

from storytime import RenderedStory
from storytime._collected import CollectedStory, Stories, StoriesFile, configured_package, located
from storytime._program import find_program, messages_of
from storytime._pytest_workers import Files, files_of, tell, told

STORIES = pytest.StashKey[Stories]()
NOT_THE_USERS = (sysconfig.get_path("stdlib"), str(Path(__file__).parent))


def stories_of(config: pytest.Config, package: str = "") -> Stories:
    """The run's stories, found once. Raises pytest.UsageError if there is no package."""
    if STORIES not in config.stash:
        files = files_of(config)
        name = package_name(config, files, package)
        try:
            if "/" not in name:
                rewrite_assertions(name)
            stories = Stories(name, files.base)
        except ValueError as error:
            raise pytest.UsageError(str(error)) from None
        rewrite_assertions(stories.name)
        config.stash[STORIES] = stories
        config.add_cleanup(stories.close)
    return config.stash[STORIES]


def package_name(config: pytest.Config, files: Files, package: str) -> str:
    """The directory or the dotted name of the stories' package. Raises pytest.UsageError if none is given."""
    answer = told(config)
    wanted = answer["package"] if answer is not None else package or config.getoption("storytime")
    name = (
        located(wanted, files.base) if wanted else configured_package(files.base, config.rootpath)
    )
    if name is None:
        raise pytest.UsageError(
            "--storytime: no package given; name one, as in --storytime=stories, or in pyproject.toml:  "
            '[tool.storytime] package = "stories"'
        )
    return name


def rewrite_assertions(package: str) -> None:
    """Let pytest explain plain `assert` statements in the package's modules."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", pytest.PytestAssertRewriteWarning
        )  # already imported by a conftest
        pytest.register_assert_rewrite(package)


class Plugin:
    """What --storytime adds to a run."""

    def __init__(self, config: pytest.Config, package: str) -> None:
        self.config = config
        self.package = package_name(config, files_of(config), package)
        self.stories = stories_of(config, package)
        self.affected = affected_stories(config, self.stories)
        self.wanted = [argument for argument in config.args if self._is_ours(argument, config)]
        config.args = [argument for argument in config.args if argument not in self.wanted]

    def _is_ours(self, argument: str, config: pytest.Config) -> bool:
        """Whether an argument names a story, or all stories in a directory, rather than a test file."""
        place = argument.partition("::")[0]
        if not place or place.startswith((".", "/", "-")):
            return False
        exists = (config.invocation_params.dir / place).exists()
        return ("::" in argument or not exists) and any(
            (self.stories.directory / place).rglob("stories.py")
        )

    def pytest_report_header(self) -> str:
        affected = f", {self.affected}" if self.affected is not None else ""
        return f"storytime: stories of {self.stories.name}{affected}"

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a pytest-xdist worker which stories are affected, so that all workers use the same answer."""
        answer = self.affected.answer if self.affected is not None else None
        tell(node, self.config, self.package, {"affected": answer})

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, items: list[pytest.Item]
    ) -> None:
        """Add the stories, before options such as -k and -m choose among all tests."""
        package = PackageNode.from_parent(
            session,
            name=self.stories.name,
            nodeid=self.stories.name,
            path=self.stories.directory,
            stories=self.stories,
        )
        found = list(session.genitems(package))
        for wanted in self.wanted:
            if not any(is_within(item.nodeid, wanted) for item in found):
                raise pytest.UsageError(f"{self.stories.name!r} has no story {wanted!r}")
        items += [
            item
            for item in found
            if (not self.wanted or any(is_within(item.nodeid, wanted) for wanted in self.wanted))
            and (self.affected is None or self.affected.has(item))
        ]


class Refused:
    """For a worker without the stories' package: makes collection fail, as pytest-xdist would restart a worker that ends forever."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def pytest_collection_modifyitems(self, session: pytest.Session) -> None:
        """Report the reason."""
        node = RefusedNode.from_parent(
            session, name="storytime", nodeid="storytime", reason=self.reason
        )
        assert not list(session.genitems(node))


class RefusedNode(pytest.Collector):
    """A collector that fails with a reason."""

    def __init__(self, *, reason: str, **options: Any) -> None:
        super().__init__(**options)
        self.reason = reason

    def collect(self) -> Iterator[pytest.Collector]:
        raise self.CollectError(self.reason)


def plugin_of(config: pytest.Config, package: str) -> Plugin | Refused:
    """The plugin that --storytime adds. Raises pytest.UsageError if there is no package, except in a pytest-xdist worker."""
    try:
        return Plugin(config, package)
    except pytest.UsageError as error:
        if told(config) is None:
            raise
        return Refused(str(error))


class Affected:
    """The stories that a change reaches."""

    def __init__(self, answer: dict[str, Any]) -> None:
        """`answer` is the output of `storytime affected --json`."""
        self.answer = answer
        self._paths = {story["path"] for story in answer["stories"]}
        self._broken = set(answer["broken"])

    def __str__(self) -> str:
        return f"{len(self._paths)} of {self.answer['of']} affected"

    def has(self, item: pytest.Item) -> bool:
        """Whether a test belongs to such a story, or to a `stories.py` that is affected and broken."""
        if isinstance(item, BrokenFile):
            return item.place_in_package in self._broken
        return isinstance(item.parent, StoryNode) and item.parent.story.path in self._paths


def affected_stories(config: pytest.Config, stories: Stories) -> Affected | None:
    """The stories of --storytime-affected; None: all. Raises pytest.UsageError if that cannot be answered."""
    revision = config.getoption("storytime_affected")
    if revision is None:
        return None
    if (answer := told(config)) is not None:
        return Affected(answer["affected"])
    command = [find_program(), "affected", str(stories.directory), "--since", revision, "--json"]
    result = subprocess.run(
        [*command, "--python", sys.executable],
        cwd=config.invocation_params.dir,
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if result.returncode != 0:
        raise pytest.UsageError(f"--storytime-affected: {messages_of(result.stderr)}")
    return Affected(json.loads(result.stdout))


def is_within(nodeid: str, wanted: str) -> bool:
    """Whether a test is the wanted one, or belongs to the wanted story, subject or directory."""
    if "::" in wanted:
        return nodeid == wanted or nodeid.startswith((f"{wanted}::", f"{wanted}["))
    return f"{nodeid.partition('::')[0]}/".startswith(f"{wanted.rstrip('/')}/")


def different(name: str, taken: set[str]) -> str:
    """A unique id for a name: "Primary", "Primary-2"."""
    plain = name = " ".join(name.split())
    number = 1
    while name in taken:
        number += 1
        name = f"{plain}-{number}"
    taken.add(name)
    return name


class PackageNode(pytest.Collector):
    """All stories."""

    def __init__(self, *, stories: Stories, **options: Any) -> None:
        super().__init__(**options)
        self.stories = stories
        self.add_marker("storytime")

    def collect(self) -> Iterator[pytest.Collector]:
        try:
            files = self.stories.files
        except ValueError as error:
            raise self.CollectError(str(error)) from None
        for file in files:
            if file.fault is not None:
                yield self._node(file.directory or self.stories.name, file, file.fault, [])
            for subject in dict.fromkeys(story.subject for story in file.stories):
                stories = [story for story in file.stories if story.subject == subject]
                yield self._node(subject, file, None, stories)

    def _node(
        self,
        name: str,
        file: StoriesFile,
        fault: BaseException | None,
        stories: list[CollectedStory],
    ) -> pytest.Collector:
        return SubjectNode.from_parent(
            self, name=name, nodeid=name, path=file.path, fault=fault, stories=stories
        )


class SubjectNode(pytest.Collector):
    """The stories of a component; or a `stories.py` that is broken."""

    def __init__(
        self, *, fault: BaseException | None, stories: list[CollectedStory], **options: Any
    ) -> None:
        super().__init__(**options)
        self.fault = fault
        self.stories = stories

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        if self.fault is not None:
            yield BrokenFile.from_parent(self, name=self.path.name, fault=self.fault)
        taken: set[str] = set()
        for story in self.stories:
            yield StoryNode.from_parent(self, name=different(story.title, taken), story=story)


class StoryNode(pytest.Collector):
    """A story: the tests that it renders, and that its assertions hold."""

    parent: SubjectNode

    def __init__(self, *, story: CollectedStory, **options: Any) -> None:
        super().__init__(**options)
        self.story = story
        self.extra_keyword_matches.update(story.tags)
        self._rendered: RenderedStory | None = None

    def collect(self) -> Iterator[pytest.Item]:
        yield Renders.from_parent(self, name="renders", nodeid=self.nodeid)
        taken: set[str] = set()
        if self.config.getoption("storytime_browser") or self.config.getoption(
            "storytime_screenshots"
        ):
            from storytime._pytest_browser import NAME, tests_in_browser

            taken.add(NAME)
            yield from tests_in_browser(self)
        for name, assertion in self.story.assertions:
            yield Assertion.from_parent(self, name=different(name, taken), assertion=assertion)

    def rendered(self) -> RenderedStory:
        """Its HTML, rendered once for all of its tests."""
        if self._rendered is None:
            self._rendered = self.config.stash[STORIES].render(self.story)
        return self._rendered

    def teardown(self) -> None:
        self._rendered = None


class StoryItem(pytest.Item):
    """A test of a story. Failures show the user's own frames."""

    @property
    def place(self) -> tuple[Path, int]:
        """The place of its source; lines are counted from 0."""
        return self.path, 0

    def reportinfo(self) -> tuple[Path, int, str]:
        # With a trailing space, pytest does not take the id for a dotted name, and leaves its dots alone.
        return *self.place, f"{self.nodeid} "

    def _traceback_filter(self, excinfo: pytest.ExceptionInfo[BaseException]) -> Any:
        return excinfo.traceback.filter(lambda entry: is_users(str(entry.path)))

    def repr_failure(
        self,
        excinfo: pytest.ExceptionInfo[BaseException],
        style: Any = None,
    ) -> Any:
        """The failure as pytest shows it; if there are no frames, the exception's message and the story's place."""
        if self._traceback_filter(excinfo) or self.config.getoption("fulltrace"):
            return super().repr_failure(excinfo, style)
        error = excinfo.value
        plain = isinstance(error, AssertionError | pytest.fail.Exception)
        said = str(error) if plain and str(error) else ""
        lines = said or "".join(traceback.format_exception_only(error)).rstrip()
        path, line = self.place
        return f"{lines}\n\n{path}:{line + 1}: {self.nodeid}"

    @contextmanager
    def time_limit(self) -> Iterator[None]:
        """Fail if user code takes too long. If another plugin has set an alarm, leave that alone."""
        seconds = self.config.getoption("storytime_timeout")
        if (
            seconds <= 0
            or threading.current_thread() is not threading.main_thread()
            or signal.getsignal(signal.SIGALRM) is not signal.SIG_DFL
        ):
            yield
            return

        def stop(number: int, frame: FrameType | None) -> NoReturn:
            pytest.fail(f"{self.nodeid} did not finish within {seconds:g} s (--storytime-timeout)")

        signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)


def is_users(path: str) -> bool:
    """Whether a frame's file is the user's own code."""
    return not (
        path.startswith(("<", *NOT_THE_USERS))
        or "/site-packages/" in path
        or "/dist-packages/" in path
    )


class BrokenFile(StoryItem):
    """A `stories.py` that could not be imported, or whose provider failed."""

    def __init__(self, *, fault: BaseException, **options: Any) -> None:
        super().__init__(**options)
        self.fault = fault

    @property
    def place_in_package(self) -> str:
        """Its path below the package: "actions/button/stories.py"."""
        return self.path.relative_to(self.config.stash[STORIES].directory).as_posix()

    def runtest(self) -> None:
        raise self.fault


class Renders(StoryItem):
    """The test that a story renders."""

    parent: StoryNode

    @property
    def place(self) -> tuple[Path, int]:
        story = self.parent.story
        return Path(story.file or self.path), max(story.line - 1, 0)

    def runtest(self) -> None:
        with self.time_limit():
            self.parent.rendered()


class Assertion(StoryItem):
    """The test that an assertion of a story holds."""

    parent: StoryNode

    def __init__(self, *, assertion: Callable[[Any], object], **options: Any) -> None:
        super().__init__(**options)
        self.assertion = assertion

    @property
    def place(self) -> tuple[Path, int]:
        code = getattr(self.assertion, "__code__", None)
        if code is None or not is_users(code.co_filename):
            story = self.parent.story
            return Path(story.file or self.path), max(story.line - 1, 0)
        return Path(code.co_filename), code.co_firstlineno - 1

    def runtest(self) -> None:
        with self.time_limit():
            self.assertion(self.parent.rendered())
