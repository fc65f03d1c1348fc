"""The seed's task group 5: whole cycles of edit, failure and recovery, with the real server."""

import re
from collections.abc import Callable
from pathlib import Path

from support import Server, listen, story_module, tree, wait_for_page, write_files

STORIES = "components/button/stories.py"


def test_a_full_cycle_reimports_every_module(serve: Callable[..., Server], package: Path) -> None:
    """A counter that a module keeps starts again at each save."""
    write_files(
        package,
        {
            "counter.py": "CALLS: list[int] = []\n\ndef count() -> int:\n    CALLS.append(1)\n    return len(CALLS)\n",
            STORIES: story_module("x", imports="from shop.counter import count").replace(
                "label='x'", "label=f'built {count()}'"
            ),
        },
    )
    server = serve(package)
    component = package / "components/button/button.py"
    text = component.read_text()
    with listen(server) as page:
        for number in range(5):
            component.write_text(text.replace("<button>", f"<button id='b{number}'>"))
            wait_for_page(server, page, f'id="b{number}">built 1<')


def test_each_failure_is_followed_by_a_good_build(
    serve: Callable[..., Server], package: Path
) -> None:
    """The import, provider, component and site fail in turns; each time the pool replaces the interpreters it used."""
    faults = {
        STORIES: [
            "raise ValueError('at import')",
            "from storytime import Subject\ndef s() -> Subject:\n    raise ValueError('in the provider')\n",
        ],
        "components/button/button.py": [
            "def Button(**props: object) -> str:\n    raise ValueError('in the component')\n"
        ],
        "stories.py": ["raise ValueError('in the site')"],
    }
    server = serve(package)
    server.wait_warm(2)
    with listen(server) as page:
        for name, codes in faults.items():
            good = (package / name).read_text()
            for number, code in enumerate(codes):
                (package / name).write_text(code)
                server.wait_for("ERROR.*ValueError: " + code.split("'")[-2])
                (package / STORIES).write_text(story_module(f"{number} after {name}"))
                (package / name).write_text(
                    good if name != STORIES else story_module(f"{number} after {name}")
                )
                wait_for_page(server, page, f"{number} after {name}")
    built = len(re.findall("Building .+ in a subinterpreter", server.log))
    server.wait_warm(2 + built)  # each interpreter that was used was replaced


def test_output_that_cannot_be_written_is_named_and_recovered_from(
    serve: Callable[..., Server], package: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    server = serve(package, out)
    before = tree(out)
    with listen(server) as page:
        obstacle = out / "components/badge"
        obstacle.write_text("a file of somebody else where a directory must be")
        write_files(package, {"components/badge/stories.py": story_module("Badge", title="Badge")})
        server.wait_for(r"ERROR.*components/badge")
        assert {name: before[name] for name in before} == {
            name: data for name, data in tree(out).items() if name != "components/badge"
        }
        obstacle.unlink()
        (package / STORIES).write_text(story_module("Recovered"))
        wait_for_page(server, page, "Recovered")
    assert (out / "components/badge/badge/index.html").exists()


def test_two_servers_of_one_package_do_not_disturb_each_other(
    serve: Callable[..., Server], package: Path
) -> None:
    servers = [serve(package), serve(package)]
    with listen(servers[0]) as first, listen(servers[1]) as second:
        for number in range(5):
            (package / STORIES).write_text(story_module(f"Both {number}"))
            wait_for_page(servers[0], first, f"Both {number}")
            wait_for_page(servers[1], second, f"Both {number}")
