"""Stories with other arguments: `?args=` on their pages and previews."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from support import Server, write_files

type Serve = Callable[..., Server]

MODES = [
    pytest.param(("--use-subinterpreters", "--isolation", "subinterpreters"), id="subinterpreters"),
    pytest.param(("--use-subinterpreters", "--isolation", "process"), id="process"),
    pytest.param((), id="direct"),
]
STORIES = """
import enum, os
from typing import Literal
from storytime import Story, Subject

class Kind(enum.Enum):
    QUIET = 1
    LOUD = 2

def Button(*, label: str, size: int = 1, on: bool = False, kind: Kind = Kind.QUIET,
           shape: Literal["round", "square"] = "round", names: list[str] | None = None):
    if label == "raise":
        raise RuntimeError("on purpose")
    if label == "exit":
        os._exit(3)
    if label == "loop":
        while True:
            pass
    return t"<button>VERSION {label} {size} {str(on)} {kind.name} {shape} {str(names)}</button>"

def this_subject() -> Subject:
    return Subject(title="Button", target=Button, items=[Story(title="First", props={"label": "Buy"})])
"""
PREVIEW = "components/button/first/preview.html"


@pytest.fixture(params=MODES)
def server(request: pytest.FixtureRequest, serve: Serve, package: Path) -> Server:
    write_files(package, {"components/button/stories.py": STORIES})
    return serve(package, *request.param, "--build-timeout", "2")


def shown(server: Server, args: str, page: str = PREVIEW) -> tuple[int, str]:
    """The status and the text of a page with arguments."""
    status, _, body = server.request(f"{page}?args={quote(args)}")
    return status, body if isinstance(body, str) else body.decode()


def test_values_are_those_of_the_annotations(server: Server) -> None:
    status, text = shown(server, "label:Sell;size:12;on:!true;kind:LOUD;shape:square")
    assert status == 200
    assert "<button>VERSION Sell 12 True LOUD square None</button>" in text
    assert "live.js" in text
    status, text = shown(server, 'names:!json(["a","b"])')
    assert "Buy 1 False QUIET round [&#39;a&#39;, &#39;b&#39;]" in text or "['a', 'b']" in text
    assert "VERSION Buy 1 False" in server.get(PREVIEW)
    status, text = shown(server, "label:Sell", PREVIEW.replace("preview", "index"))
    assert status == 200
    assert "VERSION Sell" in text


def test_values_are_data(server: Server) -> None:
    status, text = shown(server, "label:<script>%3B%3A{1+1}</script>")
    assert status == 200
    assert "&lt;script&gt;;:{1+1}&lt;/script&gt;" in text


@pytest.mark.parametrize(
    ("args", "name"),
    [
        ("size:large", "size"),
        ("on:1", "on"),
        ("kind:NONE", "kind"),
        ("shape:oval", "shape"),
        ("names:!json({", "names"),
        ("other:1", "other"),
    ],
)
def test_a_value_that_does_not_fit_is_named(
    serve: Serve, package: Path, args: str, name: str
) -> None:
    write_files(package, {"components/button/stories.py": STORIES})
    status, text = shown(serve(package), args)
    assert status == 422
    assert f'data-arg="{name}"' in text


def test_what_fails_harms_nothing(server: Server) -> None:
    status, text = shown(server, "label:raise")
    assert status == 200
    assert "on purpose" in text
    status, text = shown(server, "label:exit")
    assert status == 500
    assert "exit code 3" in text
    status, text = shown(server, "label:loop")
    assert status == 500
    assert "took longer" in text
    status, text = shown(server, "label:Fine")
    assert status == 200
    assert "VERSION Fine" in text


def test_a_save_is_rendered_with_the_new_code(serve: Serve, package: Path) -> None:
    write_files(package, {"components/button/stories.py": STORIES})
    server = serve(package, "--use-subinterpreters")
    assert "VERSION Sell" in shown(server, "label:Sell")[1]
    path = package / "components/button/stories.py"
    path.write_text(STORIES.replace("VERSION", "NEWER"))
    server.wait_for(r"Build 2:")
    assert "NEWER Sell" in shown(server, "label:Sell")[1]


def test_a_story_that_is_not_there(serve: Serve, package: Path) -> None:
    write_files(package, {"components/button/stories.py": STORIES})
    assert shown(serve(package), "label:x", "components/button/second/preview.html")[0] == 404
