"""Titles, names, docstrings and messages of exceptions are shown as text, on every page and in every script."""

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from support import Server, listen, tree, write_files

PROBES = {
    "script": "<script>alert(1)</script>",
    "end": "</script><script>alert(1)</script>",
    "comment": "<!--<script>--><svg onload=alert(1)>",
    "attribute": "\"'` onmouseover=alert(1) x=\"'><img src=x onerror=alert(1)>",
    "references": "&lt;b&gt; &amp;amp; &#60;script&#62;",
    "closing": "</title></textarea></style></pre></code></template><script>alert(1)</script>",
    "javascript": "\\u003cscript>\\');alert(1)//\u2028alert(1)",
}
OWN_SCRIPTS = ("theme.js", "navigation.js", "storytime.js", "live.js")


def evil_package(probe: str) -> dict[str, str]:
    """A subject with a story that fails and one that does not; the probe is in every text."""
    return {
        "components/button/button.py": f"""
def Button(*, label, **rest):
    {probe!r}
    raise ValueError({probe!r})

Button.__name__ = Button.__qualname__ = {probe!r}
""",
        "components/button/stories.py": f"""
from storytime import Story, Subject
from shop.components.button.button import Button

class Odd(Exception): pass
Odd.__name__ = Odd.__qualname__ = {probe!r}

def shown(**props):
    {probe!r}
    return "<b>shown</b>"

def fails(story): raise AssertionError({probe!r})
def breaks(story): raise Odd({probe!r})
shown.__name__ = shown.__qualname__ = fails.__name__ = breaks.__name__ = {probe!r}

def this_subject() -> Subject:
    return Subject(title={probe!r}, description={probe!r}, target=Button, items=[
        Story(id="bad", title={probe!r}, description={probe!r}, tags=[{probe!r}], props=dict(label={probe!r}, x=Odd({probe!r}))),
        Story(id="good", title={probe!r}, target=shown, props={{{probe!r}: {probe!r}}}, assertions=[fails, breaks]),
    ])
""",
        "components/stories.py": f"raise Exception({probe!r})\n",
    }


class Reader(HTMLParser):
    """Collects a page's text, and what must not be in it."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.alien: list[str] = []
        self.scripts: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        source = values.get("src") or ""
        if tag == "script":
            self._in_script = not source
            if source and not source.split("?")[0].endswith(OWN_SCRIPTS):
                self.alien.append(self.get_starttag_text() or "")
        if tag == "img" or any(name.startswith("on") for name in values):
            self.alien.append(self.get_starttag_text() or "")
        if any("javascript:" in (value or "") for value in values.values()):
            self.alien.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = self._in_script and tag != "script"

    def handle_data(self, data: str) -> None:
        (self.scripts if self._in_script else self.texts).append(data)

    @property
    def text(self) -> str:
        """The visible text of the page."""
        return "".join(self.texts)


def read(page: str) -> Reader:
    """Parse a page."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


def check_page(name: str, page: str) -> Reader:
    """Check that a page has no elements, scripts or links other than ours."""
    reader = read(page)
    assert not reader.alien, (name, reader.alien)
    assert not [script for script in reader.scripts if "alert" in script], name
    return reader


def values(data: object) -> list[str]:
    """All strings in a JSON value."""
    if isinstance(data, str):
        return [data]
    inner = data if isinstance(data, list) else data.values() if isinstance(data, dict) else []
    return [text for value in inner for text in values(value)]


@pytest.mark.parametrize("name", PROBES)
def test_texts_are_escaped_in_a_built_catalog(
    build: Callable[..., object], package: Path, tmp_path: Path, name: str
) -> None:
    probe = PROBES[name]
    write_files(package, evil_package(probe))
    build(package, tmp_path / "out")
    files = {path: content.decode() for path, content in tree(tmp_path / "out").items()}
    pages = {path: text for path, text in files.items() if path.endswith(".html")}
    readers = {path: check_page(path, page) for path, page in pages.items()}
    subject = readers["components/button/index.html"].text
    bad = readers["components/button/bad/index.html"].text
    good = readers["components/button/good/index.html"].text
    assert subject.count(probe) >= 3  # title, both stories; descriptions are Markdown
    assert f"ValueError in components/button/button.py, line 4{probe}" in bad.replace("\n", "")
    assert probe in readers["components/button/bad/preview.html"].text
    assert good.count(probe) >= 5  # title, prop, its name, two assertions
    assert f"Exception in components/stories.py, line 1{probe}" in readers[
        "components/index.html"
    ].text.replace("\n", "")
    navigation = files["_storytime/navigation.js"]
    assert "<" not in navigation
    assert "\u2028" not in navigation
    nodes = json.loads(navigation.partition("=")[2].rstrip(";\n"))
    assert values(nodes).count(probe) >= 4  # tag included
    index = json.loads(files["index.json"])
    entries = index["entries"].values()
    assert [entry["name"] for entry in entries if entry["type"] == "story"] == [probe, probe]


@pytest.mark.parametrize("name", ["end", "attribute"])
def test_texts_are_escaped_in_served_pages_and_messages(
    serve: Callable[..., Server], package: Path, name: str
) -> None:
    probe = PROBES[name]
    server = serve(package)
    path = "components/button/bad/index.html"
    write_files(
        package, {"components/button/stories.py": evil_package("x")["components/button/stories.py"]}
    )
    with listen(server, path) as page:
        write_files(package, evil_package(probe))
        while (
            server.request(path)[0] != 200 or probe not in check_page(path, server.get(path)).text
        ):
            sent = page.reload()["html"]
            for other, text in sent.items():
                check_page(other, text)


def test_control_characters_in_logged_text_are_escaped(
    serve: Callable[..., Server], build: Callable[..., object], package: Path, tmp_path: Path
) -> None:
    escape = "\\x1b]0;title\\x07\\x1b[2J\\r\\x9b31m"
    text = f"""
import logging
from storytime import Story, Subject

class Odd(Exception): pass
Odd.__name__ = Odd.__qualname__ = "Odd{escape}"

def this_subject() -> Subject:
    logging.getLogger("{escape}").warning("said {escape}")
    return Subject(title="Button", items=[Story(title="T{escape}", template=fail)])

def fail():
    error = Odd("raised {escape}")
    error.add_note("note {escape}")
    raise error
"""
    server = serve(package)
    write_files(package, {"components/button/stories.py": text})
    server.wait_for("ERROR.*raised")
    built = build(package, tmp_path / "out").stderr  # type: ignore[attr-defined]
    server.wait_for("Build 2")
    for log in (server.log, built):
        assert r"raised \x1b]0;title\x07\x1b[2J\x0d\x9b31m" in log
        assert r"note \x1b]0;title" in log
        assert r"said \x1b]0;title" in log
        assert not [
            sign for sign in log if sign != "\n" and (sign < " " or "\x7f" <= sign <= "\x9f")
        ]
