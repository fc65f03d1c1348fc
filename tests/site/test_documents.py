"""Documents: Markdown files are pages of the catalog, and can show stories."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from support import tree, write_files

type Build = Callable[..., subprocess.CompletedProcess[str]]

GUIDE = """# House *rules* & more

Read [colours](2-colours.md#warm), [the button](../components/button/), [its tests][t] and [elsewhere](https://a.example/).

[t]: ../components/button/stories.py "Tests"

![Logo](static/logo.svg) <b id="raw">kept</b> <img src="static/logo.svg">

```story
components/button/first
```

## One
## Two
### Three

```python
def f(): return "x"
```
"""


@pytest.fixture
def shop(package: Path) -> Path:
    """A package with all kinds of documents."""
    return write_files(
        package,
        {
            "docs.md": "# Shop\n\nWelcome to *all*.\n\n# More\n",
            "components/button/docs.md": "## When to use it\n\nFor an [action](../../guides/house-rules.md).\n",
            "components/changes.md": "Changed.\n",
            "guides/house-rules.md": GUIDE,
            "guides/2-colours.md": "# Colours\n\n## Warm\n",
            "guides/10_type_faces.md": "Faces.\n",
            "guides/static/logo.svg": "<svg/>",
            "about.md": "# Ours\n",
            "static/readme.md": "# Not a page\n",
            ".hidden/x.md": "# Not a page\n",
        },
    )


@pytest.fixture
def built(build: Build, shop: Path, tmp_path: Path) -> dict[str, str]:
    """The files of the catalog, by their paths."""
    result = build(shop, tmp_path / "out")
    assert result.returncode == 0, result.stderr
    return {path: content.decode() for path, content in tree(tmp_path / "out").items()}


def navigation(built: dict[str, str]) -> list[object]:
    """The tree in the sidebar. Each node is [title, path, kind, children]."""

    def short(node: list[object]) -> list[object]:
        assert isinstance(node[5], list)
        return [node[0], node[1], node[2], [short(child) for child in node[5]]]

    text = built["_storytime/navigation.js"]
    return short(json.loads(text.partition("=")[2].rstrip(";\n")))


def test_documents_are_pages_in_the_tree(built: dict[str, str]) -> None:
    assert navigation(built) == [
        "Shop", "", 0, [
            ["Ours", "about-page.html", 4, []],
            ["Components", "components", 1, [
                ["Changes", "components/changes.html", 4, []],
                ["Button", "components/button", 2, []],
            ]],
            ["Guides", "guides", 1, [
                ["Colours", "guides/colours.html", 4, []],
                ["Type faces", "guides/type-faces.html", 4, []],
                ["House rules & more", "guides/house-rules.html", 4, []],
            ]],
        ],
    ]  # fmt: skip
    assert built["static/readme.md"] == "# Not a page\n"


def test_a_document_is_a_page(built: dict[str, str]) -> None:
    page = built["guides/house-rules.html"]
    assert "<title>House rules &amp; more – Shop</title>" in page
    assert page.count("<h1") == 1
    for link in (
        '<a href="../guides/colours.html#warm">colours</a>',
        '<a href="../components/button/index.html">the button</a>',
        '<a href="../components/button/index.html" title="Tests">its tests</a>',
        '<a href="https://a.example/">elsewhere</a>',
        '<img src="../static/guides/logo.svg" alt="Logo"> <b id="raw">kept</b> <img src="../static/guides/logo.svg">',
        '<nav class="contents" aria-label="On this page">',
        '<li class="level-3"><a href="#three">Three</a></li>',
        '<h2 id="two">Two <a class="anchor" href="#two"',
        '<b>def</b> f(): <b>return</b> <s>"x"</s>',
        '<iframe loading="lazy" title="Preview of First" src="../components/button/first/preview.html"></iframe>',
        '<a href="../components/button/first/index.html">Button: First</a>',
    ):
        assert link in page, link
    assert "<h1>Type faces</h1>\n<p>Faces.</p>" in built["guides/type-faces.html"]


def test_documents_link_to_the_previous_and_the_next_one(built: dict[str, str]) -> None:
    colours, faces, rules = (
        built[f"guides/{name}.html"] for name in ("colours", "type-faces", "house-rules")
    )
    assert 'rel="prev"' not in colours and 'rel="next"' not in rules
    to_faces = 'href="../guides/type-faces.html"><span>{}</span> Type faces</a>'
    assert f'<a rel="next" {to_faces.format("Next")}' in colours
    assert f'<a rel="prev" {to_faces.format("Previous")}' in rules
    assert '<a rel="prev" href="../guides/colours.html"><span>Previous</span> Colours</a>' in faces
    next_one = "House rules &amp; more"
    assert (
        f'<a rel="next" href="../guides/house-rules.html"><span>Next</span> {next_one}</a>' in faces
    )
    for alone in ("about-page.html", "components/changes.html"):
        assert "neighbours" not in built[alone], alone


def test_docs_md_is_shown_on_the_page_of_its_node(built: dict[str, str]) -> None:
    assert not {"docs.html", "components/button/docs.html"} & built.keys()
    home = built["index.html"]
    assert '<p>Welcome to <em>all</em>.</p>\n<h2 id="more">More' in home
    assert home.count(">Shop</h1>") == 1 and "<h2>Shop" not in home
    assert '<a href="about-page.html">Ours</a>' in home
    subject = built["components/button/index.html"]
    assert '<h2 id="when-to-use-it">When to use it' in subject
    assert '<a href="../../guides/house-rules.html">action</a>' in subject


def test_documents_are_in_index_json_and_in_the_search(built: dict[str, str]) -> None:
    entries = json.loads(built["index.json"])["entries"]
    docs = {id: entry for id, entry in entries.items() if entry["type"] == "docs"}
    assert docs["guides-house-rules-html--docs"] == {
        "type": "docs",
        "id": "guides-house-rules-html--docs",
        "name": "Docs",
        "title": "Guides/House rules & more",
        "importPath": "./guides/house-rules.md",
        "tags": ["dev", "test", "unattached-mdx"],
        "storiesImports": [],
    }
    assert docs["components-button--docs"]["tags"] == ["dev", "test", "autodocs"]
    assert '"guides-house-rules-html--docs":"guides/house-rules.html"' in built["iframe.html"]
    assert '"components-button--docs":"components/button/index.html"' in built["iframe.html"]
    assert '"Changed."' in built["_storytime/navigation.js"]


def test_a_missing_story_is_an_error_that_suggests_the_nearest(
    build: Build, package: Path, tmp_path: Path
) -> None:
    write_files(package, {"a.md": "```story\ncomponents/buton/first\n```\n"})
    result = build(package, tmp_path / "out")
    assert result.returncode == 1
    message = "There is no story 'components/buton/first'. Did you mean 'components/button/first'?"
    assert f"a.md: {message}" in result.stderr
    assert message.replace("'", "&#39;") in (tmp_path / "out/a.html").read_text()


def test_documents_with_odd_names_and_contents(build: Build, package: Path, tmp_path: Path) -> None:
    write_files(
        package,
        {
            "a_b.md": "x",
            "a-b.md": "# \n",
            "1.md": "",
            "components/docs.md": "# Components",
            "empty/docs.md": "Nothing else is here.",
        },
    )
    (package / "bytes.md").write_bytes(b"\xef\xbb\xbf# \xffTi\0tle \xed\xa0\x80 \xe2\x82\xac\n")
    (package / "lost.md").symlink_to("nowhere.md")
    result = build(package, tmp_path / "out")
    assert result.returncode == 0, result.stderr
    built = {path: content.decode() for path, content in tree(tmp_path / "out").items()}
    assert {"a-b.html", "a-b-2.html", "1.html"} <= built.keys()
    assert "lost.html" not in built
    assert "<p>Nothing else is here.</p>" in built["empty/index.html"]
    assert "\ufffdTi\ufffdtle \ufffd\ufffd\ufffd € – Shop</title>" in built["bytes.html"]
    json.loads(built["index.json"])


def test_a_static_file_with_an_odd_name_is_found_beside_its_document_and_story(
    build: Build, shop: Path, tmp_path: Path
) -> None:
    names = ["größe.png", "my shot.png", "100%.png"]
    write_files(
        shop,
        {
            **{f"guides/static/{name}": "" for name in names},
            "guides/images.md": "![](static/größe.png) ![](<static/my shot.png>) ![](static/100%25.png#x)\n",
            "components/button/static/my shot.png": "",
            "components/button/button.py": "from tdom import html\n\n\ndef Button(*, label: str):\n"
            """    return html(t'<img src="static/my shot.png"><img src="static/my%20shot.png?v=1">{label}')\n""",
        },
    )
    result = build(shop, tmp_path / "out")
    assert result.returncode == 0, result.stderr
    images = re.findall('<img src="(.*?)"', (tmp_path / "out/guides/images.html").read_text())
    assert [unquote(image.removesuffix("#x")) for image in images] == [
        f"../static/guides/{name}" for name in names
    ]
    preview = (tmp_path / "out/components/button/first/preview.html").read_text()
    up = "../../../static/components/button/"
    assert re.findall('<img src="(.*?)"', preview) == [
        f"{up}my shot.png",
        f"{up}my%20shot.png?v=1",
    ]
