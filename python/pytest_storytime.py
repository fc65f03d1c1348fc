"""The pytest plugin: `pytest --storytime [PACKAGE]`, and the fixture `storytime_story`.

pytest imports this module in every run. Everything else is imported only when stories are requested.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from storytime import RenderedStory
    from storytime._collected import Stories


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("storytime", "stories of components")
    group.addoption(
        "--storytime",
        nargs="?",
        const="",
        metavar="PACKAGE",
        help="test the stories of PACKAGE: a directory or a dotted name (default: the package that [tool.storytime] in "
        "pyproject.toml names). Each story is a test, and each of its assertions is one more.",
    )
    group.addoption(
        "--storytime-affected",
        metavar="REV",
        help="test only the stories that the files reach which differ from this revision of git; as `storytime affected "
        "--since REV` tells",
    )
    group.addoption(
        "--storytime-browser",
        action="store_true",
        help="show each story in Chromium, by Playwright, as one more test: no error in the console, no failed request, no "
        "serious violation of accessibility",
    )
    group.addoption(
        "--storytime-chromium",
        metavar="PATH",
        help="the Chromium to use (default: Playwright's own)",
    )
    group.addoption(
        "--storytime-screenshots",
        metavar="DIR",
        help="do so, and compare what a story looks like with its picture in DIR",
    )
    group.addoption(
        "--storytime-update",
        action="store_true",
        help="write pictures that are missing or differ",
    )
    group.addoption(
        "--storytime-viewport",
        action="append",
        default=[],
        metavar="SIZE",
        help="look at stories in this size: WIDTHxHEIGHT, or a name in the parameter `viewports`; with several, in each",
    )
    group.addoption(
        "--storytime-global",
        action="append",
        default=[],
        metavar="NAME[:VALUE]",
        help="look at stories with each value of this global of the site, or with this one; with several, with all combinations",
    )
    group.addoption(
        "--storytime-timeout",
        type=float,
        default=30.0,
        metavar="SECONDS",
        help="fail a story or an assertion that takes longer (default: 30; 0: no limit)",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "storytime: a story, or an assertion of a story")
    package = config.getoption("storytime")
    if package is None and config.getoption("storytime_affected") is not None:
        package = ""
    browser = config.getoption("storytime_browser") or config.getoption("storytime_screenshots")
    if package is None and browser:
        package = ""
    if package is not None:
        from storytime._pytest import plugin_of

        if browser:
            from storytime import _pytest_browser

            _pytest_browser.configure(config)
        config.pluginmanager.register(plugin_of(config, package), "storytime-stories")


@pytest.fixture(scope="session")
def storytime_story(request: pytest.FixtureRequest) -> Callable[[str], RenderedStory]:
    """Render a story by its path, as in `storytime_story("actions/button/primary")`."""
    from storytime._pytest import stories_of

    stories: Stories = stories_of(request.config)
    return stories.render_path
