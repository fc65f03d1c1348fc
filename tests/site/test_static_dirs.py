"""Static directories: files from anywhere in a project, and the URLs that components use for them."""

import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from support import Server, tree, write_files

Build = Callable[..., CompletedProcess[str]]

STORIES = '''from storytime import Site, Story, Subject
from tdom import html


def layout(*, story_title: str, children: object) -> object:
    return html(t"""<!doctype html><html><head><title>{story_title}</title>
<link rel="stylesheet" href="/static/app.css">
<style>@import "/static/more.css"; body {{ background: url(/static/a.png) }}</style></head>
<body>{children}</body></html>""")


def site() -> Site:
    return Site(title="Shop", themed_layout=layout)
'''

MARKUP = """<p>/static/text.css</p>
<img src="/static/img/a.png" srcset="/static/a.png 1x, /static/b.png 2x">
<img srcset="static/near.png, /static/a.png 2x,static/near.png 3x"> <img srcset="/robots.txt , /robots.txt, /robots.txt 2x">
<img srcset="data:image/png;base64,static/b==, data:image/png;base64,/9j/ 2x">
<a href="/about">about</a> <a href="/staticky/x">other</a> <a href="//static/x">host</a> <a href="/robots.txt">r</a>
<div style="background: url('/static/a.png')"></div> <div style="background: url(&quot;/static/a.png&quot;)"></div>
<svg><use href="/static/i.svg#x"/><image xlink:href="/static/a.png?v=1"/></svg>
<script>const x = "/static/a.png";</script>
<img src="static/own.png">"""

SUBJECT = f"""from storytime import Story, Subject


def subject() -> Subject:
    return Subject(title="Card", target=lambda: {MARKUP!r}, items=[Story(title="First")])
"""

PREVIEW = "forms/card/first/preview.html"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An application with static files beside its stories."""
    return write_files(
        tmp_path / "project",
        {
            "stories/__init__.py": "",
            "stories/stories.py": STORIES,
            "stories/static/own.png": "own",
            "stories/forms/card/stories.py": SUBJECT,
            "stories/forms/card/static/near.png": "near",
            "app/static/app.css": "@import '/static/more.css';\n"
            "@IMPORT url(/static/more.css) screen;\n"
            'b { background: url( "/static/a.png" ), URL(/static/a.png), url(/other/a.png), url(img/a.png) }\n',
            "app/static/more.css": "p { color: red }",
            "app/static/img/theme.css": "p { background: url(/static/a.png) }",
            "app/static/.hidden": "hidden",
            "app/static/app.css~": "what an editor writes beside it",
            "app/static/#app.css#": "what an editor writes beside it",
            "stories/static/own.png.orig": "what a merge writes beside it",
            "public/robots.txt": "User-agent: *",
        },
    )


def at(project: Path) -> dict[str, Path]:
    """The options that run a command in the project."""
    return {"cwd": project}


def test_urls_of_static_files_are_relative_to_each_page(project: Path, build: Build) -> None:
    result = build(
        "stories",
        "out",
        "--static-dir",
        "app/static:/static/",
        "--static-dir",
        "public",
        **at(project),
    )
    assert result.returncode == 0, result.stderr
    out = tree(project / "out")
    assert out["robots.txt"] == b"User-agent: *"
    assert "static/.hidden" not in out
    assert not any(path.endswith(("~", "#", ".orig")) for path in out)
    page = out[PREVIEW].decode()
    up = "../../../"
    for text in (
        f'href="{up}static/app.css"',
        f'@import "{up}static/more.css"',
        f"url({up}static/a.png)",
        "<p>/static/text.css</p>",
        f'src="{up}static/img/a.png"',
        f'srcset="{up}static/a.png 1x, {up}static/b.png 2x"',
        f'srcset="{up}static/forms/card/near.png, {up}static/a.png 2x,{up}static/forms/card/near.png 3x"',
        f'srcset="{up}robots.txt , {up}robots.txt, {up}robots.txt 2x"',
        'srcset="data:image/png;base64,static/b==, data:image/png;base64,/9j/ 2x"',
        'href="/about"',
        'href="/staticky/x"',
        'href="//static/x"',
        f'href="{up}robots.txt"',
        f"url('{up}static/a.png')",
        f"url(&quot;{up}static/a.png&quot;)",
        f'href="{up}static/i.svg#x"',
        f'xlink:href="{up}static/a.png?v=1"',
        'const x = "/static/a.png"',
        f'src="{up}static/own.png"',
    ):
        assert text in page, f"{text} is not in {page}"
    assert out["static/app.css"].decode() == (
        "@import '../static/more.css';\n"
        "@IMPORT url(../static/more.css) screen;\n"
        'b { background: url( "../static/a.png" ), URL(../static/a.png), url(/other/a.png), url(img/a.png) }\n'
    )
    assert out["static/img/theme.css"] == b"p { background: url(../../static/a.png) }"


def test_without_static_directories_urls_are_not_changed(project: Path, build: Build) -> None:
    result = build("stories", "out", **at(project))
    assert result.returncode == 0, result.stderr
    page = (project / "out" / PREVIEW).read_text()
    assert 'href="/static/app.css"' in page
    assert 'src="../../../static/own.png"' in page


def test_a_directory_inside_the_package_can_be_a_static_directory(
    project: Path, build: Build
) -> None:
    write_files(project / "stories", {"media/deep/a.txt": "a"})
    result = build("stories", "out", "--static-dir=stories/media:/a/b", **at(project))
    assert result.returncode == 0, result.stderr
    assert (project / "out/a/b/deep/a.txt").read_text() == "a"


def test_a_static_directory_that_is_given_twice_is_published_once(
    project: Path, build: Build
) -> None:
    """It is also the package's own `static/`."""
    directories = [
        "--static-dir",
        "stories/static:/static",
        "--static-dir",
        "stories/static:/static",
    ]
    result = build("stories", "out", *directories, **at(project))
    assert result.returncode == 0, result.stderr
    assert (project / "out/static/own.png").read_text() == "own"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("app/missing:/static", "there is no directory '.*/app/missing'"),
        ("app/static:static", "TO begins with a slash"),
        ("app/static:/a/../b", "TO must be a path in the catalog"),
        ("app/static:/.storytime", "TO must be a path in the catalog"),
        ("app/static:/a b", "TO must be a path in the catalog"),
        ("app/static/app.css:/static", "there is no directory"),
    ],
)
def test_wrong_static_directories_are_refused(
    project: Path, build: Build, storytime: Build, value: str, message: str
) -> None:
    for result in (
        build("stories", "out", "--static-dir", value, **at(project)),
        storytime("serve", "stories", "out", "--port", "0", "--static-dir", value, **at(project)),
    ):
        assert result.returncode == 2
        assert re.search("STY105: .*" + message, result.stderr), result.stderr
    assert not (project / "out").exists()


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ({"stories/static/app.css": "x"}, ["stories/static/app.css", "app/static/app.css"]),
        ({"stories/static/app.css/x": "x"}, ["stories/static/app.css/x", "app/static/app.css"]),
        ({"public/index.html": "x"}, ["public/index.html", "'index.html'"]),
        ({"public/forms": "x"}, ["public/forms", "forms/.*index.html"]),
        ({"public/_storytime/storytime.css": "x"}, ["public/_storytime/storytime.css"]),
    ],
)
def test_two_files_with_one_url_are_an_error_that_names_both(
    project: Path, build: Build, files: dict[str, str], named: list[str]
) -> None:
    directories = ["--static-dir", "app/static:/static", "--static-dir", "public"]
    assert build("stories", "out", *directories, **at(project)).returncode == 0
    before = tree(project / "out")
    write_files(project, files)
    result = build("stories", "out", *directories, **at(project))
    assert result.returncode == 2, result.stderr
    assert "two files would be published at" in result.stderr
    for name in named:
        assert re.search(name, result.stderr), result.stderr
    assert tree(project / "out") == before


def test_static_directories_are_served_and_watched(
    project: Path, serve: Callable[..., Server]
) -> None:
    server = serve(
        project / "stories", project / "out", "--static-dir", f"{project}/app/static:/static"
    )
    assert "color: red" in server.get("static/more.css")
    (project / "app/static/more.css").write_text("p { color: blue }")
    server.wait_for(r"Build \d+: .* 1 written")
    assert server.get("static/more.css") == "p { color: blue }"
    (project / "app/static/app.css").write_text("p { background: url(/static/b.png) }")
    server.wait_for(r"Build \d+: .* 1 written")
    assert server.get("static/app.css") == "p { background: url(../static/b.png) }"
    write_files(project, {"new.css": "new"})
    (project / "new.css").rename(project / "app/static/new.css")  # so that no build sees it empty
    server.wait_for(r"Build \d+: .* 1 written")
    assert server.get("static/new.css") == "new"
    (project / "app/static/new.css").unlink()
    server.wait_for(r"Build \d+: .* 1 removed")
