"""pytest --storytime-browser, with Playwright in an environment of its own and the system's Chromium."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support import write_files

type Run = Callable[..., subprocess.CompletedProcess[str]]

CHROMIUM = Path("/usr/lib/chromium/chromium-headless-shell")

STORIES = """
from string.templatelib import Template

from storytime import Story, Subject


def Box(*, inner: Template | str = "", colour: str = "white") -> Template:
    return t'<style>body {{ margin: 0 }}</style><div style="height: 100px; background: {colour}">{inner}</div>'


def this_subject() -> Subject:
    return Subject(title="Box", target=Box, items=[STORIES])
"""

SITE = "from storytime import Site\n\n\ndef this_site() -> Site:\n    return Site(title='Shop')\n"


@pytest.fixture(scope="module")
def python(playwright: Path) -> Path:
    """The Python of an environment with Playwright and pytest."""
    if not CHROMIUM.exists():
        pytest.skip("there is no Chromium")
    return playwright / "bin/python"


def make_project(directory: Path) -> Path:
    """A project with a component, which has no stories yet."""
    files = {"shop/__init__.py": "", "shop/stories.py": SITE, "shop/box/__init__.py": ""}
    return write_files(directory / "project", files)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path)


def write_stories(project: Path, *stories: str) -> None:
    text = STORIES.replace("STORIES", ", ".join(stories))
    (project / "shop/box/stories.py").write_text(text)


def browser_options(*arguments: str) -> list[str]:
    """The arguments with which pytest runs only the tests in a browser."""
    return ["--storytime", "shop", f"--storytime-chromium={CHROMIUM}", "-k", "browser", *arguments]


@pytest.fixture
def run(run_pytest: Run, project: Path, python: Path) -> Run:
    """Run pytest in the project, but only the tests in a browser."""

    def run(*arguments: str, python: Path = python) -> subprocess.CompletedProcess[str]:
        return run_pytest(project, *browser_options(*arguments), python=python)

    return run


def outcomes(result: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """The outcome of each story of the component, by its title. The run must have had the option -rA."""
    found = re.findall(r"^(PASSED|FAILED) box::([\w ]+)::browser", result.stdout, re.MULTILINE)
    return {title: outcome for outcome, title in found}


BUSY = """
<script>
    localStorage.seen = sessionStorage.seen = window.name = "busy";
    addEventListener("pagehide", () => (localStorage.left = "busy"));
    setInterval(() => { localStorage.still = "busy"; fetch("preview.html"); }, 1);
    setTimeout(() => console.error("late"), 1000000);
</script>
"""

CURIOUS = """
<script>
    const found = [...Object.keys(localStorage), ...Object.keys(sessionStorage), window.name].join(" ");
    if (found) console.error("there is " + found);
</script>
"""


LEAVING = {"Busy": BUSY, "Curious": CURIOUS, "Busy again": BUSY, "Curious again": CURIOUS}


@pytest.fixture(scope="module")
def checked(
    run_pytest: Run, shared_path: Path, python: Path
) -> tuple[subprocess.CompletedProcess[str], Path]:
    """A run with stories of which some have faults, and its report."""
    project = make_project(shared_path)
    write_stories(
        project,
        'Story(title="Good", props={"inner": t"<p>Good</p>"})',
        """Story(title="Noisy", props={"inner": t"<script>console.error('no price'); lost()</script>"})""",
        """Story(title="Asks", props={"inner": t'<img src="static/gone.png" alt="Gone">'})""",
        'Story(title="Not looked at", props={"unknown": 1})',
        'Story(title="Nameless", props={"inner": t"<button></button>"})',
        'Story(title="Excused", props={"inner": t"<button></button>"}, parameters={"a11y": {"disable": True}})',
        *(
            f'Story(title="{title}", props={{"inner": t{html!r}}})'.replace("{ ", "{{ ").replace(" }", " }}")
            for title, html in LEAVING.items()
        ),
    )  # fmt: skip
    options = browser_options("--storytime-browser", "--junit-xml", "report.xml", "-rA")
    return run_pytest(project, *options, python=python), project / "report.xml"


def test_faults_of_a_page_are_reported(
    checked: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    result, report = checked
    found = outcomes(result)
    assert [found[title] for title in ("Noisy", "Asks", "Not looked at")] == ["FAILED"] * 3
    assert found["Good"] == "PASSED"
    assert "console: no price" in result.stdout
    assert "error: lost is not defined" in result.stdout
    assert re.search(r"request: 404 http://127\.0\.0\.1:\d+/\S*gone\.png", result.stdout)
    assert "TypeError" in result.stdout
    picture = re.search(r"the page: (\S+/box/noisy\.png)", result.stdout)
    assert picture is not None
    assert Path(picture[1]).read_bytes().startswith(b"\x89PNG")
    assert "story: box/noisy" in result.stdout
    assert f'value="{picture[1]}"' in report.read_text()
    assert 'name="story" value="box/noisy"' in report.read_text()


def test_serious_accessibility_problems_are_reported(
    checked: tuple[subprocess.CompletedProcess[str], Path], program: Path
) -> None:
    if not (program.parent / "assets/axe.js").exists():
        pytest.skip("this build has no axe-core")
    result, _ = checked
    assert outcomes(result)["Nameless"] == "FAILED"
    assert outcomes(result)["Excused"] == "PASSED"
    assert "button-name: Buttons must have discernible text: button" in result.stdout


def test_a_story_leaves_nothing_for_the_next(
    checked: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    found = outcomes(checked[0])
    assert {title: found[title] for title in LEAVING} == dict.fromkeys(LEAVING, "PASSED")


STRICT_SITE = """
from storytime import Site


def layout(*, story_title, children):
    policy = "script-src 'none'; img-src 'none'"
    return t'<html lang="en"><head><title>{story_title}</title><meta http-equiv="Content-Security-Policy" content={policy}></head><body>{children}</body></html>'


def this_site() -> Site:
    return Site(title="Shop", themed_layout=layout)
"""


def test_a_content_security_policy_does_not_prevent_checks(
    run: Run, project: Path, program: Path
) -> None:
    if not (program.parent / "assets/axe.js").exists():
        pytest.skip("this build has no axe-core")
    (project / "shop/stories.py").write_text(STRICT_SITE)
    write_stories(
        project,
        'Story(title="Nameless", props={"inner": t"<button></button>"})',
        'Story(title="Good", props={"inner": t"<p>Good</p>"})',
    )
    result = run("--storytime-browser")
    assert "1 failed, 1 passed" in result.stdout, result.stdout
    assert "button-name: Buttons must have discernible text: button" in result.stdout
    assert "Content Security Policy" not in result.stdout


def test_screenshots_are_taken_compared_and_updated(run: Run, project: Path) -> None:
    allowed: dict[str, dict[str, object]] = {
        "Box": {},
        "Lenient": {"threshold": 0.13},
        "Masked": {"mask": ["div"]},
        "Masked elsewhere": {"mask": ["p"]},
        "Steady": {},
    }

    def draw(colour: str, *titles: str) -> None:
        write_stories(
            project,
            *(
                f'Story(title="{title}", props={{"colour": "{"teal" if title == "Steady" else colour}"}}, '
                f'parameters={{"screenshots": {allowed.get(title, {})}}})'
                for title in titles
            ),
        )

    def pictures() -> set[str]:
        return {path.stem for path in (project / "pictures").rglob("*.png")}

    accepted = {"box", "lenient", "masked", "masked-elsewhere", "steady"}
    draw("navy", *allowed)
    assert "5 passed" in run("--storytime-screenshots", "pictures", "--storytime-update").stdout
    assert pictures() == accepted
    draw("maroon", *allowed, "New")
    result = run("--storytime-screenshots", "pictures", "-rA")
    found = outcomes(result)
    assert {title for title in found if found[title] == "FAILED"} == {"Box", "Masked elsewhere", "New"}  # fmt: skip
    assert {title for title in found if found[title] == "PASSED"} == {"Lenient", "Masked", "Steady"}
    assert "it looks different: 128000 pixels differ, 12.50% of the picture" in result.stdout
    assert "run with --storytime-update to take it" in result.stdout
    different = {f"{name}-{what}" for name in ("box", "masked-elsewhere") for what in ("actual", "difference")}  # fmt: skip
    assert pictures() == accepted | different | {"new-actual"}
    assert "6 passed" in run("--storytime-screenshots", "pictures", "--storytime-update").stdout
    assert pictures() == accepted | {"new"}


@pytest.mark.long
def test_screenshots_in_several_sizes(run: Run, project: Path) -> None:
    sizes = {
        "screenshots": {"viewports": ["Phone", [800, 600]]},
        "viewports": {"Phone": [390, 844]},
    }
    write_stories(
        project,
        *(f'Story(title="Box {number}", parameters={sizes!r})' for number in range(2)),
        'Story(title="Not pictured", parameters={"screenshots": {"disable": True}})',
        'Story(title="Wrong", parameters={"screenshots": {"size": 1}})',
    )
    result = run("--storytime-screenshots", "pictures", "--storytime-update")
    assert "1 failed, 5 passed" in result.stdout, result.stdout
    assert "the parameter screenshots" in result.stdout
    names = sorted(path.name for path in (project / "pictures").rglob("*.png"))
    assert len(names) == 4
    assert names[:2] == ["box-0-390x844.png", "box-0-800x600.png"]


GLOBALS = """
from storytime import Global, Site

from .settings import context


def this_site() -> Site:
    globals = [Global("theme", ["light", "dark"], attribute="data-theme"), Global("locale", ["en", "de", "fr"])]
    return Site(title="Shop", context=context, globals=globals)
"""

SETTINGS = 'context = {"locale": "en"}\n'

PRICE = """
from storytime import Story, Subject

from ..settings import context


def Price() -> str:
    if context["locale"] == "fr":
        raise ValueError("no francs any more")
    return f'<p style="width: {"200" if context["locale"] == "de" else "100"}px; height: 9px; background: navy"></p>'


def this_subject() -> Subject:
    return Subject(title="Price", target=Price, items=[Story(title="Plain")])
"""

THEMED = "t\"<style>:root[data-theme=dark] body {{ background: black }}</style><p style='height: 1px'></p>\""


@pytest.mark.long
def test_every_combination_of_globals_and_viewports_is_tested(run: Run, project: Path) -> None:
    write_files(project / "shop", {"stories.py": GLOBALS, "settings.py": SETTINGS})
    own = {"globals": ["theme:dark"], "viewports": ["Phone"]}
    write_stories(
        project,
        f'Story(title="All", props={{"colour": "transparent", "inner": {THEMED}}})',
        f'Story(title="Own", parameters={{"screenshots": {own!r}}})',
        'Story(title="Wrong", parameters={"screenshots": {"globals": ["theme:pink"]}})',
    )
    looks = ["--storytime-global=theme", "--storytime-viewport=60x40", "--storytime-viewport=Phone"]
    result = run("--storytime-screenshots=pictures", "--storytime-update", "-rA", *looks)
    names = [
        f"theme-{theme}-{size}" for theme in ("light", "dark") for size in ("60x40", "390x844")
    ]
    for name in names:
        assert f"PASSED box::All::browser[{name}]" in result.stdout, result.stdout
    assert "PASSED box::Own::browser[theme-dark-390x844]" in result.stdout
    assert "1 failed, 5 passed" in result.stdout
    assert "the global 'theme' has no value 'pink': use one of 'light', 'dark'" in result.stdout
    pictures = {path.stem: path.read_bytes() for path in (project / "pictures/box").iterdir()}
    assert pictures.keys() == {*(f"all-{name}" for name in names), "own-theme-dark-390x844"}
    assert pictures["all-theme-light-60x40"] != pictures["all-theme-dark-60x40"]


def test_globals_that_change_the_context_are_rendered_anew(run: Run, project: Path) -> None:
    """Also by several processes. A value for which the component raises is a failure."""
    files = {"stories.py": GLOBALS, "settings.py": SETTINGS, "price/stories.py": PRICE}
    write_files(project / "shop", files)
    looks = ["--storytime-global=locale", "--storytime-global=theme:dark"]
    result = run("--storytime-screenshots=pictures", "--storytime-update", "-rA", "-n2", *looks)
    assert "1 failed, 2 passed" in result.stdout, result.stdout
    assert "FAILED price::Plain::browser[locale-fr-theme-dark]" in result.stdout
    assert "ValueError: no francs any more" in result.stdout
    pictures = {path.stem: path.read_bytes() for path in (project / "pictures/price").iterdir()}
    assert pictures.keys() == {"plain-locale-en-theme-dark", "plain-locale-de-theme-dark"}
    assert pictures["plain-locale-en-theme-dark"] != pictures["plain-locale-de-theme-dark"]
    chosen = "price::Plain::browser[locale-de-theme-dark]"
    assert "1 passed" in run("--storytime-screenshots=pictures", *looks, chosen).stdout


@pytest.mark.long
def test_a_page_that_hangs_fails_alone(run: Run, project: Path) -> None:
    write_stories(
        project,
        'Story(title="Hangs", props={"inner": t"<script>for (;;);</script>"})',
        'Story(title="Good")',
    )
    result = run("--storytime-browser", "--storytime-timeout", "15")
    assert "1 failed, 1 passed" in result.stdout, result.stdout
    assert "FAILED box::Hangs::browser" in result.stdout


def test_missing_requirements_are_named(run: Run, project: Path) -> None:
    write_stories(project, 'Story(title="Good")')
    result = run("--storytime-browser", python=Path(sys.executable))
    assert result.returncode == 4
    assert "pip install playwright" in result.stderr
    result = run("--storytime-browser", "--storytime-chromium=/nowhere/chromium")
    assert result.returncode == 4
    assert "there is no file /nowhere/chromium" in result.stderr
    result = run("--storytime-browser", "--storytime-chromium=/usr/bin/true")
    assert result.returncode == 1
    assert "Chromium could not be started" in result.stdout
