"""Saves of static files are published without running user code."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import (
    PREVIEW,
    Server,
    listen,
    run,
    saving,
    story_module,
    tree,
    wait_for_page,
    write_files,
)
from support.modes import BUILD_MODES

NO_CODE = r"Build \d+ runs no code"
COMPONENT = "components/button/button.py"

# The other ways leave files behind, or expect the path of a module.
SAVES = [
    saving.in_place, saving.temporary_and_rename, saving.delete_and_create, saving.vim_by_renaming, saving.jetbrains,
    saving.same_time,
]  # fmt: skip


@pytest.fixture
def shop(package: Path) -> Path:
    """A package with static files, and a file that no code reads."""
    return write_files(
        package, {"static/site.css": "a { top: 0 }", "static/a.svg": "<svg/>", "notes.txt": "notes"}
    )


@pytest.fixture(params=BUILD_MODES[:2])
def server(
    request: pytest.FixtureRequest, serve: Callable[..., Server], shop: Path, tmp_path: Path
) -> Server:
    """A server of it, with a static directory beside it."""
    write_files(tmp_path / "assets", {"app.css": "b { left: 0 }", "img/a.css": ""})
    assets = f"{tmp_path}/assets:/assets"
    return serve(shop, tmp_path / "out", "-v", "--static-dir", assets, *request.param)


@pytest.fixture(autouse=True)
def same_as_built(tmp_path: Path, program: Path) -> Iterator[None]:
    """At the end, the server must have published what a build writes to an empty directory."""
    yield
    if (tmp_path / "out").exists():
        result = run(
            program,
            "build",
            tmp_path / "shop",
            tmp_path / "whole",
            "--static-dir",
            f"{tmp_path}/assets:/assets",
        )
        assert result.returncode in (0, 1), result.stderr
        assert tree(tmp_path / "out") == tree(tmp_path / "whole")


NAMES = ["shop/static/site.css", "shop/static/a.svg", "assets/app.css", "assets/img/a.css"]


@pytest.mark.parametrize(
    ("name", "save"),
    [
        pytest.param(
            name,
            save,
            id=f"{name}-{save.__name__}",
            # A normal run saves one file in each way, and each file in one way.
            marks=[] if name == NAMES[0] or save == SAVES[0] else pytest.mark.long,
        )
        for name in NAMES
        for save in SAVES
    ],
)
def test_a_save_is_published_without_a_build(
    server: Server, tmp_path: Path, save: Callable[[Path, str], None], name: str
) -> None:
    before = tree(tmp_path / "out")
    with listen(server) as page:
        save(tmp_path / name, "c { background: url(/assets/a.png) }")
        server.wait_for(NO_CODE)
        server.wait_for(r"0 pages rendered, 1 written")
        message = page.reload()
    place = name.removeprefix("shop/")
    assert message["files"] == [place]
    assert message["pages"] == [] and message["assets"] is True and message["navigation"] is False
    up = "../" * place.count("/")
    wanted = f"url({up}assets/a.png)" if name.endswith(".css") else "url(/assets/a.png)"
    assert wanted in server.get(place)
    after = tree(tmp_path / "out")
    assert {path for path in after if after[path] != before.get(path)} == {place}


def test_stories_find_static_files_that_are_added_above_them(
    serve: Callable[..., Server], shop: Path, tmp_path: Path
) -> None:
    """Even in a directory that is no section."""
    module = story_module().replace(
        "target=Button", """target=lambda label: '<img src="static/a.svg">'"""
    )
    write_files(shop, {"deep/one/stories.py": module, "deep/static/other.svg": "<svg/>"})
    write_files(tmp_path, {"new.svg": "<svg></svg>", "assets/app.css": ""})
    server = serve(shop, tmp_path / "out", "--static-dir", f"{tmp_path}/assets:/assets")
    page = "deep/one/first/preview.html"
    assert 'src="../../../static/a.svg"' in server.get(page)
    (tmp_path / "new.svg").rename(shop / "deep/static/a.svg")
    server.wait_for(r"Build \d+: ")
    assert 'src="../../../static/deep/a.svg"' in server.get(page)
    (shop / "deep/static/a.svg").unlink()
    server.wait_for(r"Build \d+: ")
    assert 'src="../../../static/a.svg"' in server.get(page)


def test_a_file_that_no_code_reads_changes_nothing(
    server: Server, shop: Path, tmp_path: Path
) -> None:
    before = tree(tmp_path / "out")
    (shop / "notes.txt").write_text("other notes")
    server.wait_for(NO_CODE)
    server.wait_for(r"0 pages rendered, 0 written")
    assert tree(tmp_path / "out") == before


def reading(number: int, expression: str) -> str:
    """A component that shows the value of an expression."""
    return (
        "from tdom import html\n\n\ndef Button(*, label: str):\n"
        f"    text = {expression}\n"
        f'    return html(t"<button>{{label}} read {number}: {{text}}</button>")\n'
    )


READS = [
    "open({path!r}).read()",
    "__import__('pathlib').Path({path!r}).read_text()",
    "__import__('os').read(__import__('os').open({path!r}, 0), 1000).decode()",
]


@pytest.mark.parametrize("name", ["static/a.svg", "notes.txt"])
def test_a_file_that_code_reads_builds(server: Server, shop: Path, name: str) -> None:
    with listen(server) as page:
        for number, read in enumerate(READS):
            (shop / COMPONENT).write_text(reading(number, read.format(path=str(shop / name))))
            wait_for_page(server, page, f"read {number}: ")
            (shop / name).write_text(f"words of {number}")
            wait_for_page(server, page, f"words of {number}")


@pytest.mark.parametrize(
    "directory", ["shop/static", "shop/static/deep", "assets", "assets/very/deep"]
)
def test_added_and_removed_files_are_published_without_a_build(
    server: Server, tmp_path: Path, directory: str
) -> None:
    file = tmp_path / directory / "new.css"
    place = f"{directory}/new.css".removeprefix("shop/")
    with listen(server) as page:
        write_files(file.parent, {"new.css": "p { background: url(/assets/a.png) }"})
        server.wait_for(NO_CODE)
        server.wait_for(r"0 pages rendered, 1 written")
        assert page.reload()["files"] == [place]
        assert f"url({'../' * place.count('/')}assets/a.png)" in server.get(place)
        renamed = file.rename(file.with_name("other.css"))
        while server.request(place)[0] != 404:
            page.reload()
        other = place.replace("new", "other")
        while server.request(other)[0] != 200:
            page.reload()
        renamed.unlink()
        while server.request(other)[0] != 404:
            page.reload()
    assert server.log.count("builds everything") == 1  # the first build


@pytest.mark.parametrize("name", ["README.md", "example.py"])
def test_sources_and_documents_among_static_files_are_removed(
    server: Server, shop: Path, name: str
) -> None:
    file = shop / "static" / name
    with listen(server) as page:
        file.write_text("# Words")
        while server.request(f"static/{name}")[0] != 200:
            page.reload()
        file.unlink()
        while server.request(f"static/{name}")[0] != 404:
            page.reload()
        site = (shop / "stories.py").read_text()
        (shop / "stories.py").write_text(site.replace('"Shop"', '"Other"'))
        while "Other</h1>" not in server.get("index.html"):
            page.reload()


def test_files_that_no_code_looks_for_are_added_and_removed_without_a_build(
    server: Server, shop: Path
) -> None:
    (shop / "more.txt").write_text("more")
    server.wait_for(NO_CODE)
    server.wait_for(r"0 pages rendered, 0 written, 0 removed")
    (shop / "more.txt").unlink()
    server.wait_for(NO_CODE)
    server.wait_for(r"0 pages rendered, 0 written, 0 removed")


LISTINGS = [
    "' '.join(sorted(__import__('os').listdir({path!r})))",
    "' '.join(sorted(one.name for one in __import__('pathlib').Path({path!r}).rglob('*')))",
    "' '.join(sorted(__import__('glob').glob({path!r} + '/*')))",
]


def test_a_listed_directory_builds(server: Server, shop: Path) -> None:
    with listen(server) as page:
        for number, listing in enumerate(LISTINGS):
            (shop / COMPONENT).write_text(
                reading(number, listing.format(path=str(shop / "static")))
            )
            wait_for_page(server, page, f"read {number}: ")
            (shop / "static/new.txt").write_text("new")
            wait_for_page(server, page, "new.txt")
            (shop / "static/new.txt").unlink()
            while "new.txt" in server.get(PREVIEW) or server.request("static/new.txt")[0] != 404:
                page.reload()


def test_a_file_that_code_looked_for_in_vain_builds(server: Server, shop: Path) -> None:
    with listen(server) as page:
        (shop / COMPONENT).write_text(
            "from tdom import html\n\n\ndef Button(*, label: str):\n"
            "    try:\n"
            f"        text = open({str(shop / 'static/late.txt')!r}).read()\n"
            "    except OSError:\n        text = 'nothing'\n"
            '    return html(t"<button>{label} read: {text}</button>")\n'
        )
        wait_for_page(server, page, "read: nothing")
        (shop / "static/late.txt").write_text("there")
        wait_for_page(server, page, "read: there")


def test_two_files_at_one_address_are_an_error(server: Server, shop: Path, tmp_path: Path) -> None:
    before = tree(tmp_path / "out")
    with listen(server) as page:
        write_files(shop, {"components/static/a.css": "one"})
        while server.request("static/components/a.css")[0] != 200:
            page.reload()
    write_files(shop, {"static/components/a.css": "two"})
    server.wait_for(r"two files would be published at 'static/components/a.css'")
    assert server.get("static/components/a.css") == "one"
    (shop / "static/components/a.css").unlink()
    (shop / "components/static/a.css").unlink()
    while tree(tmp_path / "out") != before:
        server.wait_for(r"Build \d+: ")


def test_many_saves_of_a_stylesheet_and_a_module_end_with_the_last(
    server: Server, shop: Path, tmp_path: Path
) -> None:
    css = tmp_path / "assets/app.css"
    with listen(server) as page:
        for number in range(20):
            css.write_text(f"b {{ left: {number}px }}")
            if number % 5 == 0:
                (shop / "components/button/stories.py").write_text(story_module(f"Number {number}"))
        wait_for_page(server, page, "Number 15")
    while "left: 19px" not in server.get("assets/app.css"):
        server.wait_for(r"Build \d+: ")


def test_500_files_are_added_changed_and_removed(server: Server, tmp_path: Path) -> None:
    for number in range(500):
        write_files(tmp_path / "assets", {f"many/{number}.txt": f"{number}"})
    while not (tmp_path / "out/assets/many/499.txt").exists():
        server.wait_for(r"Build \d+: ")
    for number in range(500):
        (tmp_path / f"assets/many/{number}.txt").write_text(f"again {number}")
    while (tmp_path / "out/assets/many/499.txt").read_text() != "again 499":
        server.wait_for(r"Build \d+: ")
    shutil.rmtree(tmp_path / "assets/many")
    while any((tmp_path / "out/assets").glob("many/*")):
        server.wait_for(r"Build \d+: ")


def test_a_page_that_somebody_removed_is_written_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / "out" / PREVIEW).unlink()
    (tmp_path / "assets/app.css").write_text("b { left: 7px }")
    server.wait_for(r"Build \d+: .* [1-9] written")
    while not (tmp_path / "out" / PREVIEW).exists():
        server.wait_for(r"Build \d+: ")


def test_the_message_about_a_static_file_is_small(server: Server, tmp_path: Path) -> None:
    with listen(server) as page:
        (tmp_path / "assets/app.css").write_text("b { left: 3px }")
        assert len(json.dumps(page.reload())) < 300


def test_a_static_directory_in_a_hidden_directory_of_the_package(
    serve: Callable[..., Server], shop: Path
) -> None:
    app = write_files(shop, {".build/dist/app.css": "b { left: 0 }"}) / ".build/dist"
    server = serve(shop, "--static-dir", f"{app}:/app")
    with listen(server) as page:
        (app / "app.css").write_text("b { left: 1px }")
        wait_for_page(server, page, "1px", "app/app.css")
        shutil.rmtree(app)
        write_files(app, {"app.css": "b { left: 2px }"})
        wait_for_page(server, page, "2px", "app/app.css")
