"""Globals in the files of a catalog. tests/browser/globals.test.mjs tests them in a browser."""

import html
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
        ("[Global('theme', 'dark', attribute='a')]", "the values must be a non-empty list"),
        ("[Global('theme', ['a;b'], attribute='a')]", "the value 'a;b' must consist of letters"),
        ("[Global('theme', [1], attribute='a')]", "the value must be a str, not int"),
        (
            "[Global('theme', ['a', 'b'])]",
            "the site's context must hold its first value: Site(context={'theme': 'a'}, ...)",
        ),
        ("[Global('theme', ['a', 'b'])], context={'theme': 'b'}", "must hold its first value"),
    ],
)
def test_wrong_globals_are_errors_that_name_the_field(
    build: Build, package: Path, tmp_path: Path, globals_: str, message: str
) -> None:
    (package / "stories.py").write_text(SITE.format(globals=globals_))
    result = build(package, tmp_path / "out")
    assert result.returncode != 0
    assert message in result.stderr


LOCALES = """
from storytime import Global, Site, Story, Subject

context = {"locale": "en", "unit": "km"}


def this_site() -> Site:
    globals = [
        Global("locale", ["en", "de"]),
        Global("unit", ["km", "mile"]),
        Global("theme", ["light", "dark"], attribute="data-theme"),
    ]
    place = Subject(title="Place", target=lambda: f"<p>{context}</p>", items=[Story(title="Here")])
    return Site(title="Shop", context=context, globals=globals, items={"place": place})
"""


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ("locale:de", "{'locale': 'de', 'unit': 'km'}"),
        ("locale:de;unit:mile", "{'locale': 'de', 'unit': 'mile'}"),
        ("locale:en", "{'locale': 'en', 'unit': 'km'}"),
        ("", "{'locale': 'en', 'unit': 'km'}"),
    ],
)
def test_a_build_with_values_of_globals(
    build: Build, package: Path, tmp_path: Path, chosen: str, shown: str
) -> None:
    (package / "stories.py").write_text(LOCALES)
    result = build(package, tmp_path / "out", "--globals", chosen)
    assert result.returncode == 0, result.stderr
    assert shown in html.unescape((tmp_path / "out/place/here/preview.html").read_text())


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ("locale:fr", "--globals: the global 'locale' has no value 'fr': use one of 'en', 'de'"),
        ("locale", "the global 'locale' has no value ''"),
        ("place:x", "the site has no global 'place': it has 'locale', 'unit', 'theme'"),
        (
            "theme:dark",
            "'theme' sets an attribute in the browser: choose its value in the URL, ?globals=theme:dark",
        ),
    ],
)
def test_a_build_refuses_values_that_the_site_does_not_offer(
    build: Build, package: Path, tmp_path: Path, chosen: str, message: str
) -> None:
    (package / "stories.py").write_text(LOCALES)
    result = build(package, tmp_path / "out", "--globals", chosen)
    assert result.returncode == 2, result.stderr
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out/index.html").exists()


def test_a_build_of_a_site_without_globals_refuses_values(
    build: Build, package: Path, tmp_path: Path
) -> None:
    result = build(package, tmp_path / "out", "--globals", "locale:de")
    assert result.returncode == 2, result.stderr
    assert "the site has no global 'locale': it has none" in result.stderr
