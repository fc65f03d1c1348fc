"""Stories in a browser, as pytest items. Imported with --storytime-browser or --storytime-screenshots."""

import importlib.util
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from storytime._browser import BrowserError, Chromium, View
from storytime._published import Published
from storytime._pytest import STORIES, Renders, StoryNode
from storytime._pytest_looks import Look, Screenshots
from storytime._pytest_workers import (
    Receiver,
    Sender,
    files_of,
    has_workers_elsewhere,
    send,
    sent_directories,
    told,
    write,
)

SIGHT = pytest.StashKey["Sight"]()
NAME = "browser"
"""What the test is called, behind the story's id."""


def what_is_missing(config: pytest.Config) -> str:
    """What is missing for browser tests in this process: Playwright, or the browser at the given path; "": nothing."""
    if importlib.util.find_spec("playwright") is None:
        return "--storytime-browser needs Playwright for Python: pip install playwright"
    path = config.getoption("storytime_chromium")
    if path is not None and not files_of(config).here(path).is_file():
        return f"--storytime-chromium: there is no file {path}"
    return ""


def configure(config: pytest.Config) -> None:
    """Raises pytest.UsageError if something is missing. In workers that run elsewhere, the tests report that."""
    if files_of(config).elsewhere:
        config.pluginmanager.register(Sender(), "storytime-sender")
        return
    if not has_workers_elsewhere(config) and (missing := what_is_missing(config)):
        raise pytest.UsageError(missing)
    if told(config) is None:
        config.pluginmanager.register(Receiver(directories(config)), "storytime-receiver")


def directories(config: pytest.Config) -> dict[str, Path]:
    """The directories for pictures, with their paths on the machine where pytest was started."""
    if (sent := sent_directories(config)) is not None:
        return sent
    found = {}
    if (pictures := config.getoption("storytime_screenshots")) is not None:
        found["pictures"] = config.invocation_params.dir / pictures
    if getattr(config, "cache", None) is not None:
        found["failures"] = config.cache.mkdir("storytime")
    return found


class Sight:
    """What the tests of a run share: the catalog, the browser, and the directories for pictures."""

    def __init__(self, config: pytest.Config) -> None:
        """Raises OSError if something is missing."""
        if missing := what_is_missing(config):
            raise OSError(missing)
        files = files_of(config)
        chromium = config.getoption("storytime_chromium")
        pictures = config.getoption("storytime_screenshots")
        self.pictures = files.here(pictures) if pictures is not None else None
        self.directories = directories(config)
        self.elsewhere = files.elsewhere
        self.update = bool(config.getoption("storytime_update"))
        self._published: dict[str, Published] = {}
        self._build = partial(Published, config.stash[STORIES].directory, files.base)
        self.chromium = Chromium(
            files.here(chromium) if chromium is not None else None,
            config.getoption("storytime_timeout") or 30.0,
        )
        config.add_cleanup(self.close)

    def published(self, globals_: str) -> Published:
        """The catalog, rendered with these values of globals. Raises OSError if it can't be built."""
        if globals_ not in self._published:
            self._published[globals_] = self._build(globals_)
        return self._published[globals_]

    def close(self) -> None:
        """End browser and servers."""
        self.chromium.close()
        for published in self._published.values():
            published.close()


def sight_of(config: pytest.Config) -> Sight:
    """The Sight of the run, created when the first test needs it."""
    if SIGHT not in config.stash:
        config.stash[SIGHT] = Sight(config)
    return config.stash[SIGHT]


def tests_in_browser(parent: StoryNode) -> Iterator[pytest.Item]:
    """The browser tests of a story: one for each Look."""
    try:
        wanted = Screenshots(parent.story, parent.config)
    except (TypeError, ValueError) as error:
        yield InBrowser.from_parent(parent, name=NAME, wanted=error, look=Look())
        return
    for look in wanted.looks:
        name = f"{NAME}[{look.name}]" if look.name else NAME
        yield InBrowser.from_parent(parent, name=name, wanted=wanted, look=look)


class InBrowser(Renders):
    """The test that nothing goes wrong when a story is shown, and that it looks the same as before."""

    def __init__(self, *, wanted: Screenshots | Exception, look: Look, **options: Any) -> None:
        """`wanted`: the Look, or an exception that says why it is not valid."""
        super().__init__(**options)
        self.wanted = wanted
        self.look = look

    def runtest(self) -> None:
        if isinstance(self.wanted, Exception):
            pytest.fail(str(self.wanted), pytrace=False)
        self._render()  # a story that does not render is not opened
        sight, published = self._catalog()
        try:
            with self.time_limit():
                faults = list(self._seen(sight, published, self.wanted))
        except pytest.fail.Exception:
            sight.chromium.abandon()
            raise
        except BrowserError as error:
            pytest.fail(str(error), pytrace=False)
        if faults:
            self.user_properties.append(("story", self.parent.story.path))
            pytest.fail("\n".join([*faults, f"story: {self.parent.story.path}"]), pytrace=False)

    def _render(self) -> None:
        if self.look.rendered:
            self.config.stash[STORIES].render(self.parent.story, self.look.rendered)
        else:
            self.parent.rendered()

    def _catalog(self) -> tuple[Sight, Published]:
        try:
            sight = sight_of(self.config)
            return sight, sight.published(self.look.rendered)
        except OSError as error:
            pytest.fail(str(error), pytrace=False)

    def _seen(self, sight: Sight, published: Published, wanted: Screenshots) -> Iterator[str]:
        """The faults, a line each."""
        a11y = self.parent.story.parameters.get("a11y") or {}
        if a11y.get("disable") or a11y.get("test") == "off":
            a11y = None
        with_pictures = sight.pictures is not None and not wanted.disabled
        view = View(mask=wanted.mask, a11y=a11y, picture=with_pictures)
        if self.look.size is not None:
            view.width, view.height = self.look.size
        url = published.preview(self.parent.story.path) + self.look.query
        seen = sight.chromium.look(url, published.axe, view)
        yield from dict.fromkeys(seen.faults)
        if seen.faults and "failures" in sight.directories:
            yield f"the page: {self._write(sight, 'failures', '', seen.picture)}"
        if with_pictures and not seen.faults:
            yield from self._compare(sight, seen.picture, wanted.threshold)

    def _compare(self, sight: Sight, picture: bytes, threshold: float) -> Iterator[str]:
        assert sight.pictures is not None
        expected = sight.pictures / self._file_name()
        for what in ("-actual", "-difference"):
            self._write(sight, "pictures", what, None)
        known = expected.read_bytes() if expected.is_file() else None
        found = sight.chromium.compare(known, picture, threshold) if known is not None else None
        if found is not None and not found.text:
            return
        if sight.update:
            self._write(sight, "pictures", "", picture)
            return
        if found is None:
            yield f"there is no picture {expected}; run with --storytime-update to take it"
        else:
            yield f"it looks different: {found.text}"
            yield f"  expected:   {sight.directories['pictures'] / self._file_name()}"
        yield f"  actual:     {self._write(sight, 'pictures', '-actual', picture)}"
        if found is not None and found.picture:
            path = self._write(sight, "pictures", "-difference", found.picture)
            yield f"  difference: {path}"

    def _file_name(self, what: str = "") -> str:
        """The name of a picture's file, below its directory."""
        look = f"-{self.look.name}" if self.look.name else ""
        return f"{self.parent.story.path}{look}{what}.png"

    def _write(self, sight: Sight, directory: str, what: str, picture: bytes | None) -> Path:
        """Write a picture of the story, or remove it, on the machine where pytest was started."""
        name = self._file_name(what)
        path = sight.directories[directory] / name
        if sight.elsewhere:
            send(self, directory, name, picture)
        else:
            write(path, picture)
        if picture is not None:
            self.user_properties.append(("picture", str(path)))
        return path
