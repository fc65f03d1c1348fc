"""Globals of a site, as they are written; tests/browser/globals.test.mjs uses them."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import PREVIEW

type Build = Callable[..., subprocess.CompletedProcess[str]]

SITE = """
from storytime import Global, Site
def this_site() -> Site:
    return Site(title="Shop", globals={globals})
"""


def test_globals_are_in_the_navigation_and_in_previews(
    build: Build, package: Path, tmp_path: Path
) -> None:
    (package / "stories.py").write_text(
        SITE.format(globals="[Global('theme', ('light', 'dark'), attribute='data-theme')]")
    )
    result = build(package, tmp_path / "out")
    assert result.returncode == 0, result.stderr
    written = '[["theme",["light","dark"],"data-theme"]]'
    navigation = (tmp_path / "out/_storytime/navigation.js").read_text()
    assert f"window.storytimeGlobals={written};" in navigation
    assert written in (tmp_path / "out" / PREVIEW).read_text()


def test_without_globals_a_preview_has_no_script(
    build: Build, package: Path, tmp_path: Path
) -> None:
    assert build(package, tmp_path / "out").returncode == 0
    assert "<script" not in (tmp_path / "out" / PREVIEW).read_text()


@pytest.mark.parametrize(
    ("globals_", "message"),
    [
        ("['theme']", "Site(globals=...) must be a list of Global"),
        ("[Global('theme', 'dark', attribute='a')]", "the values must be a list"),
        ("[Global('theme', ['a;b'], attribute='a')]", "the value 'a;b' must consist of letters"),
        ("[Global('theme', [1], attribute='a')]", "the value must be a str, not int"),
        (
            "[Global('theme', ['a', 'b'])]",
            "this must begin with it: Site(context={'theme': 'a'}, ...)",
        ),
        ("[Global('theme', ['a', 'b'])], context={'theme': 'b'}", "must begin with it"),
    ],
)
def test_wrong_globals_are_refused_by_name(
    build: Build, package: Path, tmp_path: Path, globals_: str, message: str
) -> None:
    (package / "stories.py").write_text(SITE.format(globals=globals_))
    result = build(package, tmp_path / "out")
    assert result.returncode != 0
    assert message in result.stderr
