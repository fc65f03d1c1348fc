"""Install storytime's predecessor, which is written in Python, from PyPI, and write a catalog for it.

    python3 bench/predecessor.py DIRECTORY STORIES

Writes a catalog of STORIES stories below DIRECTORY, and prints the path of the program, which the first call installs into an
environment of its own. The components are like those of `storytime seed`: two stories each, ten subjects in a section, and a helper
that all components of a section use.
"""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

PACKAGES = ["storyville==0.1.1", "tdom==0.1.14"]
"""The newest version, and the newest tdom that has the names it imports."""

FEED = """
from html.parser import HTMLParser

def feed(self, data):
    self.rawdata += data
    self.goahead(0)

HTMLParser.feed = feed
"""
"""That tdom looks at the state of HTMLParser after each feed(). Newer releases of Python process the text later, so this patch makes
feed() process it at once, as it did before."""

SITE = """
from storyville import Catalog

def this_catalog() -> Catalog:
    return Catalog(title="Predecessor")
"""

SECTION = """
from storyville import Section

def this_section() -> Section:
    return Section(title="Section {section}")
"""

HELPER = """
def variant(base: str, kind: str) -> list[str]:
    return [base, f"{base}-{kind}"]
"""

COMPONENT = """
from tdom import Node, html

from ..style import variant

def Button{subject}(*, label: str, kind: str = "quiet") -> Node:
    classes = variant("button", kind)
    return html(t"<button type='button' class={classes}>{label}</button>")
"""

STORIES = """
from storyville import Story, Subject

from .button import Button{subject}

def this_subject() -> Subject:
    return Subject(
        title="Button {subject}",
        target=Button{subject},
        items=[
            Story(title="Primary", props={{"label": "Save changes"}}),
            Story(title="Loud", props={{"label": "Cancel", "kind": "loud"}}),
        ],
    )
"""


def install() -> Path:
    """The path of the program. Its environment is made once, below the temporary directory."""
    environment = Path(tempfile.gettempdir()) / "storytime-bench-peers" / PACKAGES[0]
    program = environment / "bin" / "storyville"
    if not program.exists():
        venv.create(environment, with_pip=True)
        pip = [environment / "bin" / "python", "-m", "pip", "--quiet", "install", *PACKAGES]
        subprocess.run(pip, check=True)
        site = next(environment.glob("lib/*/site-packages"))
        (site / "old_feed.py").write_text(FEED)
        (site / "old_feed.pth").write_text("import old_feed\n")
    return program


def write(path: Path, text: str) -> None:
    """Write a file, and make its directory."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.lstrip())


def write_catalog(directory: Path, stories: int) -> None:
    """Write the package "predecessor" below a directory."""
    package = directory / "predecessor"
    write(package / "__init__.py", "")
    write(package / "stories.py", SITE)
    for subject in range(stories // 2):
        section = package / f"section_{subject // 10}"
        place = section / f"subject_{subject}"
        write(section / "__init__.py", "")
        write(section / "stories.py", SECTION.format(section=subject // 10))
        write(section / "style.py", HELPER)
        write(place / "__init__.py", "")
        write(place / "button.py", COMPONENT.replace("{subject}", str(subject)))
        write(place / "stories.py", STORIES.format(subject=subject))


if __name__ == "__main__":
    write_catalog(Path(sys.argv[1]), int(sys.argv[2]))
    print(install())
