"""The predecessor of this design, from the package index: a program in Python, in an environment of its own.

    python3 bench/predecessor.py DIRECTORY STORIES

Writes a catalog of so many stories for it below a directory, and prints the path of the program, which is installed at the first
call. Its components are those of `storytime seed` in kind: two stories each, ten subjects a section, a helper that all of a
section use.
"""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

PACKAGES = ["storyville==0.1.1", "tdom==0.1.14"]
"""Its newest version, and the newest tdom that has what it imports."""

FEED = """
from html.parser import HTMLParser

def feed(self, data):
    self.rawdata += data
    self.goahead(0)

HTMLParser.feed = feed
"""
"""That tdom looks at the parser's state after each piece, which newer releases of Python read later; until then they did so."""

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
    """Return the program; its environment is made once, below the temporary directory."""
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
    """Write a file and what it lies in."""
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
