"""What components may return; some values could be shown in several ways, of which the first is used."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import PREVIEW, Server, listen, run, shows, wait_for_text, write_files

type Build = Callable[..., subprocess.CompletedProcess[str]]

SUBJECT = """
{code}
from storytime import Story, Subject

def this_subject() -> Subject:
    return Subject(title="Button", target=component, items=[Story(title="First")])
"""


def write(package: Path, code: str) -> None:
    """Write a story of a component."""
    (package / "components/button/stories.py").write_text(SUBJECT.format(code=code))


CASES = {
    "template": ("def component(): return t'<b>{1 + 1}</b>'", "<b>2</b>"),
    "markup": ("from tdom import Markup\ndef component(): return Markup('<b>2</b>')", "<b>2</b>"),
    "text": ("def component(): return '<b>2</b>'", "<b>2</b>"),
    "none": ("def component(): return None", "<body>\n\n</body>"),
    "html": (
        (
            "class Tag:\n    def __html__(self): return '<b>2</b>'\n    def _repr_html_(self): return 'no'\n"
            "    def __iter__(self): return iter(['no'])\ndef component(): return Tag()"
        ),
        "<b>2</b>",
    ),
    "frame": (
        (
            "class Frame:\n    def _repr_html_(self): return '<table></table>'\n    def _repr_svg_(self): return 'no'\n"
            "    def __iter__(self): return iter(['no'])\ndef component(): return Frame()"
        ),
        "<table></table>",
    ),
    "chart": (
        (
            "class Chart:\n    def _repr_html_(self): return None\n    def _repr_svg_(self): return '<svg></svg>'\n"
            "def component(): return Chart()"
        ),
        "<svg></svg>",
    ),
    "coroutine": (
        "import asyncio\nasync def component():\n    await asyncio.sleep(0)\n    return t'<b>{2}</b>'",
        "<b>2</b>",
    ),
    "awaitable": (
        "class Later:\n    def __await__(self):\n        yield\n        return '<b>2</b>'\ndef component(): return Later()",
        "<b>2</b>",
    ),
    "list": ("def component(): return [t'<i>{1}</i>', '<b>2</b>', None]", "<i>1</i><b>2</b>"),
    "generator": (
        "def component():\n    for n in range(3):\n        yield t'<i>{n}</i>'",
        "<i>0</i><i>1</i><i>2</i>",
    ),
    "generator of coroutines": (
        "async def one(n): return t'<i>{n}</i>'\ndef component(): return (one(n) for n in range(2))",
        "<i>0</i><i>1</i>",
    ),
    "asynchronous generator": (
        "import asyncio\nasync def component():\n    for n in range(2):\n        await asyncio.sleep(0)\n        yield t'<i>{n}</i>'",
        "<i>0</i><i>1</i>",
    ),
    "dataclass": (
        (
            "from dataclasses import dataclass\n@dataclass\nclass component:\n    size: int = 2\n"
            "    def __call__(self): return t'<b>{self.size}</b>'"
        ),
        "<b>2</b>",
    ),
}


@pytest.fixture(scope="module")
def shown(program: Path, shared_package: Path, shared_path: Path) -> dict[str, str]:
    """The previews of all cases, which are built at once."""
    names = {case: f"case{number}" for number, case in enumerate(CASES)}
    for case, (code, _) in CASES.items():
        write_files(shared_package, {f"{names[case]}/stories.py": SUBJECT.format(code=code)})
    out = shared_path / "out"
    result = run(program, "build", shared_package, out)
    assert result.returncode == 0, result.stderr
    return {case: (out / name / "first/preview.html").read_text() for case, name in names.items()}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_results_are_shown(shown: dict[str, str], case: str) -> None:
    assert CASES[case][1] in shown[case]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("def component(): return 5", "int"),
        ("def component(): return b'<b></b>'", "bytes"),
        ("def component(): return {'a': '<b></b>'}", "dict"),
        ("def component(): return ['<b></b>', 5]", "int"),
        ("def component(): return object", "object"),
        ("def component(): return component", "function"),
        ("async def component(): return 1.5", "float"),
        ("async def component(): yield 1.5", "float"),
    ],
)
def test_other_results_are_errors_that_name_the_type(
    build: Build, package: Path, tmp_path: Path, code: str, kind: str
) -> None:
    write(package, code)
    result = build(package, tmp_path / "out")
    assert result.returncode == 1
    assert f"the component returned {kind}; it must return a Template" in result.stderr
    assert "First" in result.stderr


@pytest.mark.parametrize("after", ["", "; yield 1"])
def test_exceptions_of_async_components_are_reported_without_asyncio(
    build: Build, package: Path, tmp_path: Path, after: str
) -> None:
    write(package, f"async def component(): raise ValueError('out of stock'){after}")
    result = build(package, tmp_path / "out")
    assert result.returncode == 1
    assert "ValueError" in result.stderr
    assert "out of stock" in result.stderr
    assert "_events.py" not in result.stderr


LEFT = """
import asyncio
loops = []

async def forever():
    await asyncio.sleep(1000)

async def component():
    asyncio.ensure_future(forever())
    loops.append(asyncio.get_running_loop())
    assert len(set(loops)) == 1
    return t"<b>{TEXT}</b>"
"""


def test_a_build_has_one_event_loop_and_cancels_tasks_that_are_left(
    serve: Callable[..., Server], package: Path
) -> None:
    write(package, LEFT.replace("{TEXT}", "a"))
    server = serve(package)
    assert "<b>a</b>" in server.get(PREVIEW)
    assert (
        "A task was still running at the end of the build and was cancelled: forever" in server.log
    )
    with listen(server, PREVIEW) as page:
        write(package, LEFT.replace("{TEXT}", "b"))
        wait_for_text(server, page, "<b>b</b>")


def test_an_async_component_that_never_ends_is_interrupted(
    serve: Callable[..., Server], package: Path
) -> None:
    good = (package / "components/button/stories.py").read_text()
    server = serve(package, "--build-timeout", "2")
    with listen(server, PREVIEW) as page:
        write(
            package,
            "import asyncio\nasync def component():\n    while True:\n        await asyncio.sleep(0.01)",
        )
        server.wait_for(r"is taking longer than 2.0 s")
        server.wait_for(r"STY401|ending its process")
        (package / "components/button/stories.py").write_text(good.replace("Buy", "Sell"))
        wait_for_text(server, page, shows("Sell"))


def test_an_instance_of_an_unhashable_class_is_a_component(
    build: Build, package: Path, tmp_path: Path
) -> None:
    code = (
        "from dataclasses import dataclass\n@dataclass\nclass Card:\n    size: int = 2\n"
        "    def __call__(self, *, label, **_): return t'<b>{label} {self.size}</b>'\n"
        "card = Card()\ndef component(): return t'<div><{card} label=\"x\" /></div>'"
    )
    write(package, code)
    write_files(tmp_path, {"empty/pyvenv.cfg": ""})
    result = build(package, tmp_path / "out", "--python", "python3", env={"PATH": "/usr/bin:/bin"})
    assert result.returncode == 0, result.stderr
    assert "<div><b>x 2</b></div>" in (tmp_path / "out" / PREVIEW).read_text()
