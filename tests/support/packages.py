"""Packages of stories, as dicts of file texts by path."""

from pathlib import Path

SITE = """
from storytime import Site

def this_site() -> Site:
    return Site(title="Shop")
"""

SECTION = """
from storytime import Section

def this_section() -> Section:
    return Section(title="Components")
"""

COMPONENT = """
from tdom import html

def Button(*, label: str = "Buy"):
    return html(t"<button>{label}</button>")
"""


def story_module(text: str = "Buy", title: str = "First", imports: str = "") -> str:
    """A subject with one story whose page shows `text`."""
    return f"""{imports}
from storytime import Story, Subject
from shop.components.button.button import Button

def this_subject() -> Subject:
    return Subject(title="Button", target=Button, items=[Story(title={title!r}, props=dict(label={text!r}))])
"""


def uses(name: str, names: str = "TEXT") -> str:
    """A subject with one story, which shows the TEXT of a module."""
    return story_module("x", imports=f"from {name} import {names}").replace("'x'", names)


def helper(text: str) -> str:
    """A module with a TEXT."""
    return f"TEXT = {text!r}\n"


def shows(text: str) -> str:
    """What the preview of a story of story_module() contains."""
    return f"<button>{text}</button>"


PREVIEW = "components/button/first/preview.html"
"""The preview of example()'s story."""


def example() -> dict[str, str]:
    """A package called "shop": a site, a section, and a subject with one story."""
    return {
        "__init__.py": "",
        "stories.py": SITE,
        "components/__init__.py": "",
        "components/stories.py": SECTION,
        "components/button/__init__.py": "",
        "components/button/button.py": COMPONENT,
        "components/button/stories.py": story_module(),
    }


def write_files(directory: Path, files: dict[str, str]) -> Path:
    """Write files below a directory, and make it if necessary. Returns the directory."""
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return directory
