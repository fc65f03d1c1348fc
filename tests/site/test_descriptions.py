"""Descriptions are Markdown: on pages, in cards and in the search."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from support import write_files

type Build = Callable[..., subprocess.CompletedProcess[str]]

SUBJECT = '''
from storytime import Story, Subject

def this_subject() -> Subject:
    return Subject(
        title="Button",
        description="""Starts *something*, as in [fields](../field/).

            > Its label is a <b>verb</b>.

            ```python
            Button(label="Save")
            ```

            ![A button](static/button.png) [home](../../stories.py#top) [all](..) [elsewhere](../../../x.py)
            [script](javascript:alert)
            """,
        items=[Story(title="First", description="For **one** action. [Fields](../field/stories.py)", template=lambda: "x")],
    )
'''
FIELD = """
from storytime import Subject
def this_subject() -> Subject:
    return Subject(title="Field")
"""


def built(build: Build, package: Path, out: Path) -> Path:
    """The directory with the pages of the subject."""
    write_files(
        package,
        {
            "components/button/stories.py": SUBJECT,
            "components/field/stories.py": FIELD,
            "components/button/static/button.png": "",
        },
    )
    result = build(package, out)
    assert result.returncode == 0, result.stderr
    return out / "components/button"


def test_a_description_is_markdown_on_its_page(build: Build, package: Path, tmp_path: Path) -> None:
    page = (built(build, package, tmp_path / "out") / "index.html").read_text()
    assert (
        '<p>Starts <em>something</em>, as in <a href="../../components/field/index.html">fields</a>.</p>'
        in page
    )
    assert "<blockquote>\n<p>Its label is a &lt;b&gt;verb&lt;/b&gt;.</p>\n</blockquote>" in page
    assert (
        "<code>Button(label=<s>&quot;Save&quot;</s>)" in page
        or '<code>Button(label=<s>"Save"</s>)' in page
    )
    assert '<img src="../../static/components/button/button.png" alt="A button">' in page
    assert '<a href="../../index.html#top">home</a>' in page
    assert '<a href="../../components/index.html">all</a>' in page
    assert '<a href="../../../x.py">elsewhere</a>' in page
    assert '<a href="#">script</a>' in page


def test_links_in_descriptions_work_on_story_pages_too(
    build: Build, package: Path, tmp_path: Path
) -> None:
    page = (built(build, package, tmp_path / "out") / "first/index.html").read_text()
    assert "<p>For <strong>one</strong> action. " in page
    assert '<a href="../../../components/field/index.html">Fields</a>' in page


def test_cards_and_the_search_show_the_first_paragraph_as_text(
    build: Build, package: Path, tmp_path: Path
) -> None:
    directory = built(build, package, tmp_path / "out")
    section = (directory / "../index.html").read_text()
    assert "<p>Starts something, as in fields.</p>" in section
    assert "<p>For <strong>one</strong> action. <a" in (directory / "index.html").read_text()
    text = (tmp_path / "out/_storytime/navigation.js").read_text()
    (components,) = json.loads(text.partition("=")[2].rstrip(";\n"))[5]
    button = components[5][0]
    assert button[3] == "Starts something, as in fields."
    assert button[4][0][2] == "For one action. Fields"
