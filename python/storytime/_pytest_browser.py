"""Stories in a browser, as pytest's items. Imported with --storytime-browser or --storytime-screenshots."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storytime._browser import BrowserError, Chromium, View
from storytime._published import Published
from storytime._pytest import STORIES, Renders

SIGHT = pytest.StashKey["Sight"]()
NAME = "browser"
"""What the test is called, behind the story's id."""


def check_options(config: pytest.Config) -> None:
    """Raises pytest.UsageError where there is no Playwright, or no browser at the path that is given."""
    if importlib.util.find_spec("playwright") is None:
        raise pytest.UsageError(
            "--storytime-browser needs Playwright for Python: pip install playwright"
        )
    path = config.getoption("storytime_chromium")
    if path is not None and not Path(path).is_file():
        raise pytest.UsageError(f"--storytime-chromium: there is no file {path}")


class Sight:
    """What the tests of a run share: the catalog, the browser, and where pictures are."""

    def __init__(self, config: pytest.Config) -> None:
        """Raises OSError where the catalog can't be built."""
        here = config.invocation_params.dir
        chromium = config.getoption("storytime_chromium")
        pictures = config.getoption("storytime_screenshots")
        self.pictures = here / pictures if pictures is not None else None
        self.update = bool(config.getoption("storytime_update"))
        self.failures = (
            config.cache.mkdir("storytime") if getattr(config, "cache", None) is not None else None
        )
        self.published = Published(config.stash[STORIES].directory, here)
        self.chromium = Chromium(
            here / chromium if chromium is not None else None,
            config.getoption("storytime_timeout") or 30.0,
        )
        config.add_cleanup(self.close)

    def close(self) -> None:
        """End browser and server."""
        self.chromium.close()
        self.published.close()


def sight_of(config: pytest.Config) -> Sight:
    """The run's, made when the first test needs it."""
    if SIGHT not in config.stash:
        config.stash[SIGHT] = Sight(config)
    return config.stash[SIGHT]


class Screenshots:
    """The parameter `screenshots` of a story."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        """Raises pytest.UsageError where it has another form."""
        given = parameters.get("screenshots") or {}
        named = parameters.get("viewports") or {}
        if not isinstance(given, dict) or (
            unknown := given.keys() - {"disable", "mask", "threshold", "viewports"}
        ):
            raise pytest.UsageError(
                "the parameter screenshots is a dict with disable, mask, threshold and viewports, not "
                f"{given if not isinstance(given, dict) else ', '.join(sorted(unknown))!r}"
            )
        self.disabled = bool(given.get("disable"))
        self.mask: list[str] = list(given.get("mask", []))
        self.threshold = float(given.get("threshold", 0))
        self.viewports = [self._size(one, named) for one in given.get("viewports", [])]

    @staticmethod
    def _size(viewport: Any, named: dict[str, Any]) -> tuple[int, int]:
        size = named.get(viewport) if isinstance(viewport, str) else viewport
        match size:
            case [int(width), int(height)]:
                return width, height
        raise pytest.UsageError(
            f"the parameter screenshots has the viewport {viewport!r}; it is [width, height] or a name in the parameter "
            "viewports"
        )


class InBrowser(Renders):
    """The test that nothing goes wrong when a story is shown, and that it looks as before."""

    def runtest(self) -> None:
        self.parent.rendered()  # what does not render is not looked at
        sight = self._sight()
        try:
            with self.time_limit():
                faults = list(self._look(sight))
        except pytest.fail.Exception:
            sight.chromium.abandon()
            raise
        except BrowserError as error:
            pytest.fail(str(error), pytrace=False)
        if faults:
            self.user_properties.append(("story", self.parent.story.path))
            pytest.fail("\n".join([*faults, f"story: {self.parent.story.path}"]), pytrace=False)

    def _sight(self) -> Sight:
        try:
            return sight_of(self.config)
        except OSError as error:
            pytest.fail(str(error), pytrace=False)

    def _look(self, sight: Sight) -> Iterator[str]:
        """What is wrong, a line each."""
        parameters = self.parent.story.parameters
        wanted = Screenshots(parameters)
        a11y = parameters.get("a11y") or {}
        if a11y.get("disable") or a11y.get("test") == "off":
            a11y = None
        sizes: list[tuple[int, int] | None] = [*wanted.viewports] or [None]
        with_pictures = sight.pictures is not None and not wanted.disabled
        url = sight.published.preview(self.parent.story.path)
        for size in sizes:
            view = View(mask=wanted.mask, a11y=a11y, picture=with_pictures)
            if size is not None:
                view.width, view.height = size
            seen = sight.chromium.look(url, sight.published.axe, view)
            suffix = f"-{size[0]}x{size[1]}" if size is not None else ""
            yield from dict.fromkeys(seen.faults)
            if seen.faults and sight.failures is not None:
                path = sight.failures / f"{self.parent.story.path}{suffix}.png"
                yield f"it looks like this: {self._written(path, seen.picture)}"
            if with_pictures and not seen.faults:
                yield from self._compare(sight, suffix, seen.picture, wanted.threshold)

    def _compare(
        self, sight: Sight, suffix: str, picture: bytes, threshold: float
    ) -> Iterator[str]:
        assert sight.pictures is not None
        expected = sight.pictures / f"{self.parent.story.path}{suffix}.png"
        actual, difference = (
            expected.with_name(f"{expected.stem}-{what}.png") for what in ("actual", "difference")
        )
        actual.unlink(missing_ok=True)
        difference.unlink(missing_ok=True)
        known = expected.read_bytes() if expected.is_file() else None
        found = sight.chromium.compare(known, picture, threshold) if known is not None else None
        if found is not None and not found.text:
            return
        if sight.update:
            self._written(expected, picture)
            return
        if found is None:
            yield f"there is no picture {expected}; --storytime-update takes it"
        else:
            yield f"it looks different: {found.text}"
            yield f"  it was:        {expected}"
        yield f"  it is:         {self._written(actual, picture)}"
        if found is not None and found.picture:
            yield f"  what differs:  {self._written(difference, found.picture)}"

    def _written(self, path: Path, picture: bytes) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture)
        self.user_properties.append(("picture", str(path)))
        return path
