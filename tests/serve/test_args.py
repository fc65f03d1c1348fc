"""`?args=`: stories with other arguments, on their pages and in their previews."""

import datetime
import html
import json
import re
import socket
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
from support import PREVIEW, Server, write_files
from support.processes import children_of

type Serve = Callable[..., Server]

STORIES = """
import dataclasses, datetime, enum, os, time
from typing import Literal, TypedDict
from storytime import Story, Subject

class Kind(enum.Enum):
    QUIET = 1
    LOUD = 2

@dataclasses.dataclass
class Link:
    href: str
    count: int = 1

class Row(TypedDict):
    name: str

def Button(*, label: str, size: int = 1, on: bool = False, kind: Kind = Kind.QUIET,
           shape: Literal["round", "square"] = "round", names: list[str] | None = None,
           link: Link | None = None, links: tuple[Link, ...] = (), row: Row | None = None, kinds: set[Kind] | None = None,
           day: datetime.date | None = None, either: int | str = 1, icon=None):
    if label == "values":
        return f"<i>{[link, links, row, kinds, day, either, names, icon]!r}</i>"
    if label == "raise":
        raise RuntimeError("on purpose")
    if label == "exit":
        os._exit(3)
    if label == "loop":
        while True:
            time.sleep(0.01)
    return t"<button>VERSION {label} {size} {str(on)} {kind.name} {shape} {str(names)}</button>"

def this_subject() -> Subject:
    return Subject(title="Button", target=Button, items=[Story(title="First", props={"label": "Buy"})],
                   arg_types={"icon": {"options": {"star": Kind}}})
"""

FIELDS = """
from collections import namedtuple
from dataclasses import InitVar, dataclass
from typing import ClassVar
from storytime import Story, Subject

@dataclass
class Price:
    currency: ClassVar[str] = "EUR"
    amount: int
    rate: InitVar[int] = 1

@dataclass
class Scaled:
    size: int
    by: InitVar[int]

Point = namedtuple("Point", "x y", defaults=[0])

def Label(*, price: Price, point: Point, scaled: Scaled):
    return f"<i>{price} {point} {scaled.size}</i>"

def this_subject() -> Subject:
    props = {"price": Price(3), "point": Point(1, 2), "scaled": Scaled(5, 2)}
    return Subject(title="Label", target=Label, items=[Story(title="First", props=props)])
"""


@pytest.fixture(scope="module")
def shop(shared_package: Path) -> Path:
    """A package that no test changes."""
    return write_files(
        shared_package,
        {"components/button/stories.py": STORIES, "components/label/stories.py": FIELDS},
    )


@pytest.fixture(scope="module", params=["subinterpreters", "process", "direct"])
def server(request: pytest.FixtureRequest, serve_all: Serve, shop: Path) -> Server:
    """A server of the package, in each of the modes."""
    if request.param == "direct":
        return serve_all(shop, subinterpreters=False)
    return serve_all(shop, "--isolation", request.param)


@pytest.fixture(scope="module")
def any_server(serve_all: Serve, shop: Path) -> Server:
    """A server of the package, for tests where the mode makes no difference."""
    return serve_all(shop)


def shown(server: Server, args: str, page: str = PREVIEW) -> tuple[int, str]:
    """The status and the text of a page with arguments."""
    status, _, body = server.request(f"{page}?args={quote(args)}")
    return status, body.decode()


def code(server: Server, args: str, preview: str = PREVIEW) -> tuple[int, str]:
    """The status and the text of a story with arguments as Python."""
    page = preview.replace("preview", "index")
    status, _, body = server.request(f"{page}?as=python&args={quote(args)}")
    return status, body.decode()


def test_values_get_the_types_of_the_annotations(server: Server) -> None:
    status, text = shown(server, "label:Sell;size:12;on:!true;kind:LOUD;shape:square")
    assert status == 200
    assert "<button>VERSION Sell 12 True LOUD square None</button>" in text
    assert "live.js" in text
    status, text = shown(server, 'names:!json(["a","b"])')
    assert status == 200
    assert "Buy 1 False QUIET round ['a', 'b']" in html.unescape(text)
    assert "VERSION Buy 1 False" in server.get(PREVIEW)
    status, text = shown(server, "label:Sell", PREVIEW.replace("preview", "index"))
    assert status == 200
    assert "VERSION Sell" in text
    assert "VERSION Two words " in server.get(f"{PREVIEW}?args=label:Two+words")


def test_nested_values_get_the_types_of_the_annotations(any_server: Server) -> None:
    """Storybook's notation for nested values, converted to what the annotations say."""

    def values(args: str) -> str:
        status, text = shown(any_server, f"label:values;{args}")
        assert status == 200, text
        return html.unescape(text.partition("<i>")[2].partition("</i>")[0])

    assert values("link.href:/x;link.count:3").startswith("[Link(href='/x', count=3), (), None,")
    assert values('link:!json({"href":"/"})').startswith("[Link(href='/', count=1)")
    assert "(Link(href='/a', count=1), Link(href='/b', count=1))" in values(
        "links[0].href:/a;links[1].href:/b"
    )
    assert "{'name': 'x'}" in values("row.name:x")
    assert "{<Kind.LOUD: 2>}" in values('kinds:!json(["LOUD"])')
    assert "datetime.date(2026, 1, 31)" in values("day:!date(2026-01-31T00:00:00.000Z)")
    assert "None, 'x', None" in values("either:x")
    assert "None, 7, None" in values("either:7")
    assert "['a', 'b']" in values("names[0]:a;names[1]:b")
    assert "<enum 'Kind'>" in values("icon:star")


def test_a_story_with_other_arguments_as_python(server: Server) -> None:
    status, text = code(server, "kind:LOUD;link.href:/;day:2026-01-31;names:!json([])")
    assert status == 200
    namespace: dict[str, object] = {"Story": SimpleNamespace, "Subject": SimpleNamespace}
    exec(STORIES.replace("from storytime import Story, Subject\n", ""), namespace)  # noqa: S102
    lines = text.splitlines()
    assert lines[:2] == ["from datetime import date", ""]
    namespace["date"] = datetime.date
    story: Any = eval("\n".join(lines[2:]), namespace)
    kind: Any = namespace["Kind"]
    link: Any = namespace["Link"]
    assert story.title == "First"
    day = datetime.date(2026, 1, 31)
    assert story.props == {
        "label": "Buy",
        "kind": kind.LOUD,
        "link": link("/"),
        "day": day,
        "names": [],
    }
    assert code(server, "") == (200, "Story(title='First', props={'label': 'Buy'})\n")
    assert code(server, "size:x")[0] == 422


def test_classes_have_the_fields_that_their_constructors_take(any_server: Server) -> None:
    """No ClassVar, and no InitVar; those of a plain namedtuple have no annotations."""
    preview = PREVIEW.replace("button", "label")
    status, text = shown(any_server, 'price.amount:4;point:!json({"x":7})', preview)
    assert status == 200, text
    assert "Price(amount=4) Point(x=7, y=0) 5" in text
    status, text = shown(any_server, "price.rate:2", preview)
    assert status == 422
    assert "Price has no field 'rate'; it has amount" in html.unescape(text)
    page = any_server.get(preview.replace("preview", "index"))
    assert 'data-raw="!json(%7B%22amount%22%3A3%7D)"' in page
    assert 'data-raw="!json(%7B%22x%22%3A1,%22y%22%3A2%7D)"' in page
    assert "size%22" not in page
    status, text = code(any_server, "", preview)
    assert "'price': Price(amount=3)" in text
    assert "'point': Point(x=1, y=2)" in text
    assert "'scaled': ...,  # Scaled: write this value yourself" in text


CLOCK = {
    "components/clock/clock.py": """
from datetime import date, datetime, time, timedelta
from pathlib import Path

LONG = timedelta(days=1, hours=2)

def Clock(*, after: timedelta, day: date | None = None, moment: datetime | None = None, zoned: datetime | None = None,
          at: time | None = None, file: Path = Path("/")) -> str:
    return ""
""",
    "components/clock/stories.py": """
from storytime import Story, Subject
from .clock import LONG, Clock

from functools import partial as preset

def this_subject() -> Subject:
    return Subject(title="Clock", target=Clock, items=[Story(title="First", props={"after": LONG}),
                   Story(title="Preset", target=preset(Clock, after=LONG), props={"at": None})])
""",
}


def test_code_imports_what_it_uses(serve: Serve, package: Path) -> None:
    """The module of the stories has none of the names."""
    server = serve(write_files(package, CLOCK))
    values = (
        "day:2026-01-31;moment:2026-01-31T09%3A30;zoned:2026-01-31T09%3A30Z;at:09%3A30;file:/a b"
    )
    status, text = code(server, values, PREVIEW.replace("button", "clock"))
    assert status == 200
    assert text.splitlines()[:3] == [
        "from datetime import date, datetime, time, timedelta",
        "from pathlib import Path",
        "",
    ]
    namespace: dict[str, Any] = {"Story": SimpleNamespace}
    exec(text.replace("Story(", "story = Story(", 1), namespace)  # noqa: S102
    preset = code(server, "", PREVIEW.replace("button/first", "clock/preset"))[1]
    assert "target=preset(Clock, after=timedelta(days=1, seconds=7200))" in preset
    moment = datetime.datetime(2026, 1, 31, 9, 30)  # noqa: DTZ001
    assert namespace["story"].props == {
        "after": datetime.timedelta(days=1, hours=2),
        "day": moment.date(),
        "moment": moment,
        "zoned": moment.replace(tzinfo=datetime.UTC),
        "at": moment.time(),
        "file": Path("/a b"),
    }


NAMES = {
    "components/names/one.py": "from dataclasses import dataclass\n@dataclass\nclass Link:\n    href: str\n",
    "components/names/two.py": """
from dataclasses import dataclass

@dataclass
class Link:
    href: str

# As pydantic names a model for each type.
of_int = globals()["Page[int]"] = type("Page[int]", (Link,), {"__module__": __name__})
""",
    "components/names/stories.py": """
import datetime
from storytime import Story, Subject
from . import one, two

def Names(**props):
    return ""

def this_subject() -> Subject:
    props = {"at": datetime.datetime(2026, 1, 31), "one": one.Link("/1"), "two": two.Link("/2"), "page": two.of_int("/")}
    return Subject(title="Names", target=Names, items=[Story(title="First", props=props)])
""",
}


def test_code_rebinds_no_names_of_its_file(serve: Serve, package: Path) -> None:
    server = serve(write_files(package, NAMES))
    status, text = code(server, "", PREVIEW.replace("button", "names"))
    assert status == 200
    assert text.splitlines() == [
        "import shop.components.names.two",
        "from shop.components.names.one import Link",
        "",
        "Story(",
        "    title='First',",
        "    props={",
        "        'at': datetime.datetime(2026, 1, 31, 0, 0),",
        "        'one': Link(href='/1'),",
        "        'two': shop.components.names.two.Link(href='/2'),",
        "        'page': ...,  # Page[int]: write this value yourself",
        "    },",
        ")",
    ]


def test_values_are_escaped(server: Server) -> None:
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
        ("link.href:/;link.other:1", "link"),
        ("link.href:/;link.count:x", "link"),
        ("links[1].href:/", "links"),
        ("row.size:1", "row"),
        ("row:!json({})", "row"),
        ("kinds:!json([3])", "kinds"),
        ("day:2026-02-30", "day"),
        ("day:!undefined;day.x:1", "day"),
        ("icon:moon", "icon"),
        ("label:!other", "label"),
        (f"link{'.href' * 1000}:/", "link"),
    ],
)
def test_an_invalid_value_is_an_error_with_the_name_of_its_argument(
    any_server: Server, args: str, name: str
) -> None:
    status, text = shown(any_server, args)
    assert status == 422
    assert f'data-arg="{name}"' in text


def test_the_page_of_a_story_is_shown_with_invalid_values_too(any_server: Server) -> None:
    """Its controls say what is wrong, and how to get back."""
    page = "components/button/first/index.html"
    for path in (page, page.removesuffix("index.html")):
        status, text = shown(any_server, "kinds:!json([3])", path)
        assert status == 200
        assert 'id="props"' in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [("args=label:%ff", 200), ("args=%ff:x", 422), ("globals=%ff:x&args=label:x", 200)],
)
def test_bytes_that_are_not_utf_8_do_no_harm(any_server: Server, query: str, expected: int) -> None:
    status, _, body = any_server.request(f"{PREVIEW}?{query}")
    assert status == expected, body


def test_a_failure_does_not_affect_later_requests(server: Server) -> None:
    status, text = shown(server, "label:raise")
    assert status == 200
    assert "on purpose" in text
    status, text = shown(server, "label:exit")
    assert status == 500
    assert "exit code 3" in text
    status, text = shown(server, "label:Fine")
    assert status == 200
    assert "VERSION Fine" in text


def test_a_story_that_does_not_end_is_stopped(serve_all: Serve, shop: Path) -> None:
    server = serve_all(shop, "--build-timeout", "5")
    status, text = shown(server, "label:loop")
    assert status == 500
    assert "took longer" in text
    assert "VERSION Fine" in shown(server, "label:Fine")[1]


def test_a_save_is_rendered_with_the_new_code(serve: Serve, package: Path) -> None:
    write_files(package, {"components/button/stories.py": STORIES})
    server = serve(package)
    assert "VERSION Sell" in shown(server, "label:Sell")[1]
    path = package / "components/button/stories.py"
    path.write_text(STORIES.replace("VERSION", "NEWER"))
    server.wait_for(r"Build 2:")
    assert "NEWER Sell" in shown(server, "label:Sell")[1]


def test_texts_that_fit_into_an_address_can_be_edited(serve: Serve, package: Path) -> None:
    before = 'items=[Story(title="First", props={"label": "Buy"})]'
    items = ", ".join(
        f'Story(title="{title}", props={{"label": "x" * {length}}})'
        for title, length in [("First", 5000), ("Second", 7000)]
    )
    stories = STORIES.replace(before, f"items=[{items}]")
    server = serve(write_files(package, {"components/button/stories.py": stories}))
    page = PREVIEW.replace("preview", "index")
    assert 'data-raw="xxxx' in server.get(page)
    assert 'data-raw="xxxx' not in server.get(page.replace("first", "second"))


def test_links_to_documents_do_not_depend_on_arguments(serve: Serve, package: Path) -> None:
    links = "[one](../../guides/rules.md#x) [two](docs.md) [three](stories.py) [four](../../notes/1_a.md)"
    stories = STORIES.replace('title="First"', f'title="First", description="{links}"')
    documents = ["guides/rules.md", "components/button/docs.md", "notes/1_a.md"]
    write_files(
        package, {"components/button/stories.py": stories, **dict.fromkeys(documents, "# Words\n")}
    )
    server = serve(package)
    page = PREVIEW.replace("preview", "index")

    def lead(text: str) -> list[str]:
        about = text.partition('<div class="lead">')[2].partition("</div>")[0]
        return re.findall('href="(.*?)"', about)

    assert lead(server.get(page))[0] == "../../../guides/rules.html#x"
    assert lead(shown(server, "label:Sell", page)[1]) == lead(server.get(page))
    (package / "notes/1_a.md").rename(package / "notes/1_b.md")
    while "../../../notes/1_a.md" not in lead(server.get(page)):
        server.wait_for(r"Build \d+: ")
    assert lead(shown(server, "label:Sell", page)[1]) == lead(server.get(page))


def test_arguments_for_a_missing_story_get_404(any_server: Server) -> None:
    assert shown(any_server, "label:x", "components/button/second/preview.html")[0] == 404


def test_an_abandoned_request_does_not_hold_up_the_next(serve: Serve, package: Path) -> None:
    write_files(package, {"components/button/stories.py": STORIES})
    server = serve(package, "--build-timeout", "600")
    assert shown(server, "label:Fine")[0] == 200
    url = urlsplit(server.url)
    with socket.create_connection((str(url.hostname), url.port)) as connection:
        head = f"GET /{PREVIEW}?args=label:loop HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n"
        connection.sendall(head.encode())
        connection.settimeout(0.5)
        with pytest.raises(TimeoutError):
            connection.recv(1)
    # This request's own timeout is far shorter than that of the build.
    status, text = shown(server, "label:Next")
    assert status == 200
    assert "VERSION Next" in text


def test_a_save_of_css_keeps_the_process(serve: Serve, package: Path) -> None:
    write_files(
        package,
        {"components/button/stories.py": STORIES, "static/site.css": "a { color: red }"},
    )
    server = serve(package)
    assert shown(server, "label:Fine")[0] == 200
    before = set(children_of(server.process.pid))
    assert len(before) == 2
    (package / "static/site.css").write_text("a { color: blue }")
    server.wait_for(r"Build 2:")
    assert shown(server, "label:Fine")[0] == 200
    assert set(children_of(server.process.pid)) == before
    path = package / "components/button/stories.py"
    path.write_text(STORIES.replace("VERSION", "NEWER"))
    server.wait_for(r"Build 3:")
    assert "NEWER Fine" in shown(server, "label:Fine")[1]
    assert set(children_of(server.process.pid)) != before


MODELS = """
from datetime import date
from enum import Enum
from pydantic import BaseModel, ConfigDict, Field, RootModel, computed_field
from typing import Annotated
from storytime import Story, Subject

class User(BaseModel):
    name: str = Field(max_length=5)
    age: int = 3

class Priority(Enum):
    LOW = "low"
    HIGH = "high"

class Tags(RootModel[list[str]]):
    pass

class Step(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    @computed_field
    @property
    def length(self) -> int:
        return len(self.name)

class Task(BaseModel):
    model_config = ConfigDict(strict=True)
    title: str = Field(alias="name")
    priority: Priority = Priority.LOW
    due: date | None = None
    tags: Tags = Tags([])
    steps: list[Step] = []

def Card(*, user: User, level: Annotated[int, Field(ge=1, le=5, description="How high.")] = 2, users: list[User] = []):
    return f"<i>{user!r} {level} {users!r}</i>"

def this_subject() -> Subject:
    return Subject(title="Card", target=Card, items=[
        Story(title="First", props={"user": User(name="Ann")}),
        Story(title="Task", target=repr_of, props={"task": Task(name="Buy", priority=Priority.HIGH, due=date(2026, 12, 1), tags=Tags(["a"]), steps=[Step(name="go")])}),
    ])

def repr_of(*, task: Task):
    return f"<i>{task!r}</i>"
"""


def test_models_of_pydantic_are_objects(serve: Serve, package: Path, libraries: Path) -> None:
    write_files(package, {"components/card/stories.py": MODELS})
    server = serve(package, "--isolation", "process", "--python", libraries)
    preview = "components/card/first/preview.html"
    page = html.unescape(server.get(preview.replace("preview", "index")))
    assert 'data-raw="!json(%7B%22name%22:%22Ann%22,%22age%22:3%7D)"'.replace(":", "%3A") in page
    assert """data-control='{"type":"number","min":1,"max":5}'""" in page
    assert "How high." in page
    status, text = shown(server, "user.name:Bob;users[0].name:x", preview)
    assert status == 200
    assert "User(name='Bob', age=3) 2 [User(name='x', age=3)]" in html.unescape(text)
    status, text = shown(server, "user.name:too long", preview)
    assert status == 422
    assert "User rejects it: name: String should have at most 5 characters</li>" in text
    status, text = code(server, "", preview)
    assert text == "Story(title='First', props={'user': User(name='Ann')})\n"


def test_a_strict_model_with_enums_dates_and_aliases_can_be_edited(
    serve: Serve, package: Path, libraries: Path
) -> None:
    write_files(package, {"components/card/stories.py": MODELS})
    server = serve(package, "--isolation", "process", "--python", libraries)
    preview = "components/card/task/preview.html"
    page = html.unescape(server.get(preview.replace("preview", "index")))
    raw = re.search(r'data-raw="!json\((.*?)\)"', page)
    assert raw
    assert json.loads(unquote(raw[1])) == {
        "name": "Buy",
        "priority": "high",
        "due": "2026-12-01",
        "tags": ["a"],
        "steps": [{"name": "go"}],
    }
    status, text = shown(server, "task.priority:low;task.due:2027-01-02;task.tags[0]:b", preview)
    assert status == 200
    assert (
        "Task(title='Buy', priority=<Priority.LOW: 'low'>, due=datetime.date(2027, 1, 2), tags=Tags(root=['b']), steps=[Step(name='go', length=2)])"
        in html.unescape(text)
    )
    status, text = shown(server, "task.priority:middle", preview)
    assert status == 422
    assert "Task rejects it: priority: Input should be 'low' or 'high'</li>" in html.unescape(text)
    status, text = code(server, "", preview)
    wanted = "Task( name='Buy', priority=Priority.HIGH, due=date(2026, 12, 1), tags=Tags(root=['a']), steps=[Step(name='go')], )"
    assert wanted in " ".join(text.split())
