"""Random catalogs, and random edits of them, in which modules depend on each other in every way that storytime knows."""

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

HELPERS = 4


@dataclass
class Component:
    """A component with its stories, in a directory of its own below the package."""

    name: str
    value: int = 0
    helpers: list[int] = field(default_factory=list)
    late_helper: int | None = None
    style: str = "from"
    stories: int = 1
    title: str = ""
    registers: bool = False
    derives: bool = False
    patches: bool = False
    counts: bool = False
    reads: bool = False
    templated: bool = False
    lists: bool = False
    lists_early: bool = False
    misses: bool = False
    walks: bool = False
    looks: bool = False
    asserts: bool = False
    optional: bool = False
    raises: bool = False
    reexports: bool = False
    broken: str = ""
    broken_stories: str = ""

    def component(self) -> str:
        """The text of its `component.py`."""
        lines = ["from string.templatelib import Template"]
        for number in self.helpers:
            lines += {
                "from": [f"from ..helpers.h{number} import value as v{number}"],
                "absolute": [f"from shop.helpers.h{number} import value as v{number}"],
                "module": [f"from ..helpers import h{number}", f"v{number} = h{number}.value"],
                "dotted": [
                    f"import shop.helpers.h{number}",
                    f"v{number} = shop.helpers.h{number}.value",
                ],
                "as": [
                    f"import shop.helpers.h{number} as m{number}",
                    f"v{number} = m{number}.value",
                ],
                "importlib": [
                    "import importlib",
                    f"v{number} = importlib.import_module('shop.helpers.h{number}').value",
                ],
            }[self.style]
        if self.registers:
            lines += ["from ..registry import register", f"register({self.name!r}, {self.value})"]
        if self.derives:
            lines += [
                "from ..registry import Base",
                f"class Derived(Base): key = '{self.name}-{self.value}'",
            ]
        if self.patches:
            lines += ["from .. import theme", f"theme.patched = '{self.name}-{self.value}'"]
        if self.counts:
            lines += ["from ..registry import next_number"]
        if self.reads:
            lines += ["import json", "from pathlib import Path"]
            lines += ["DATA = json.loads((Path(__file__).parent.parent / 'data.json').read_text())"]
        if self.templated:
            lines += ["from ..pages import render"]
        if self.lists or self.lists_early:
            lines += ["from ..pages import names"]
        if self.lists_early:
            lines += ["NAMES = names()"]
        if self.misses:
            lines += ["from ..pages import there"]
        if self.optional:
            lines += [
                "try:",
                "    from ..optional import extra",
                "except ImportError:",
                "    extra = 'none'",
            ]
        lines += [f"VALUE = {self.value}", "", "def Component(*, label: str = 'x') -> Template:"]
        if self.late_helper is not None:
            lines += [f"    from ..helpers.h{self.late_helper} import value as late"]
        if self.raises:
            lines += [f"    raise ValueError('raised {self.value}')"]
        values = [f"v{number}" for number in self.helpers]
        values += ["late"] if self.late_helper is not None else []
        values += ["next_number()"] if self.counts else []
        values += ["DATA"] if self.reads else []
        values += ["render('card.txt')"] if self.templated else []
        values += ["names()"] if self.lists else []
        values += ["NAMES"] if self.lists_early else []
        values += ["there()"] if self.misses else []
        values += ["extra"] if self.optional else []
        holes = "".join(f" {{{value}}}" for value in values)
        lines += [f'    return t"<p>{{label}} {{VALUE}}{holes}</p>"', self.broken]
        return "\n".join(lines) + "\n"

    def module(self) -> str:
        """The text of its `stories.py`."""
        source = "from . import Component" if self.reexports else "from .component import Component"
        lines = ["from storytime import Story, Subject", source]
        if self.walks:
            lines += [
                "def tree(node):",
                "    return '|'.join(str(key) for key in node.parent.items)",
            ]
        if self.looks:
            lines += ["import sys", "def loaded():"]
            lines += ["    return ' '.join(sorted(m for m in sys.modules if m.startswith('shop')))"]
        items = [
            f"Story(title='Story {number}', props=dict(label='{self.name}'))"
            for number in range(self.stories)
        ]
        if self.asserts:
            items += ["Story(title='Asserted', assertions=[lambda html: None, check])"]
            lines += ["def check(html):", f"    assert {self.value} % 2, 'even'"]
        if self.walks:
            items += ["Story(title='Tree', template=lambda: tree(subject))"]
        if self.looks:
            items += ["Story(title='Loaded', template=loaded)"]
        title = self.title or self.name.title()
        lines += ["def this_subject() -> Subject:"]
        lines += [f"    subject = Subject(title={title!r}, target=Component)"]
        if self.walks:
            lines += ["    global_subject(subject)"]
            lines[2:2] = ["def global_subject(value):", "    global subject", "    subject = value"]
        lines += [
            "    subject.items = [" + ", ".join(items) + "]",
            "    return subject",
            self.broken_stories,
        ]
        return "\n".join(lines) + "\n"

    def files(self) -> dict[str, str]:
        """All its files by their paths below the package."""
        init = "from .component import Component\n" if self.reexports else ""
        return {
            f"{self.name}/__init__.py": init,
            f"{self.name}/component.py": self.component(),
            f"{self.name}/stories.py": self.module(),
        }


PAGES = """
import os
from pathlib import Path
from string import Template as Text

PLACES = [Path(__file__).parent, Path(__file__).parent.parent]

def render(name):
    for place in PLACES:
        try:
            text = (place / 'templates' / name).read_text()
        except OSError:
            continue
        return Text(text).safe_substitute(part=render('part.txt') if '$part' in text else '')
    return f'no {name}'

def names():
    places = [place / 'listed' for place in PLACES]
    return [sorted(os.listdir(place)) if place.is_dir() else 'none' for place in places]

def there():
    return [(place / 'late/word.txt').exists() for place in PLACES]
"""
"""A module that loads templates and data, from the package and from beside it."""

TEMPLATES = ["templates/card.txt", "templates/part.txt"]
LISTED = ["listed/a.txt", "listed/b.txt", "listed/more/c.txt"]
LATE = ["late/word.txt"]


def in_both(names: list[str]) -> list[str]:
    """The same paths below the package and beside it."""
    return [*names, *(f"../{name}" for name in names)]


class Catalog:
    """A package and its state. Each edit changes some files."""

    def __init__(self, directory: Path, seed: int) -> None:
        self.directory = directory
        self.chance = random.Random(seed)
        self.made = 0
        self.site_title = "Site"
        self.layout: int | None = None
        self.package_value = 0
        self.theme_value = 0
        self.data = 0
        self.optional = False
        self.statics = {"style.css": 0, "deep/a.txt": 0}
        self.assets = {"app.css": 0, "img/a.txt": 0}
        self.read_files = {
            "templates/card.txt": 0,
            "../templates/part.txt": 0,
            "../listed/a.txt": 0,
        }
        self.unread = 0
        self.documents: dict[str, int] = {"docs.md": 0, "guides/1-start.md": 0, "show/docs.md": 0}
        self.helper_values = [0] * HELPERS
        self.helper_imports: list[list[int]] = [[1], [2], [], []]
        self.helper_broken = [""] * HELPERS
        self.components: list[Component] = []
        for _ in range(6):
            self.add_component()
        self.written: dict[str, str] = {}
        self.write()

    # -- texts

    def helper(self, number: int) -> str:
        """The text of a helper. Helpers may import each other, also in circles."""
        lines = []
        for other in self.helper_imports[number]:
            lines += [f"from . import h{other}"]
        lines += [f"base = 'h{number}-{self.helper_values[number]}'"]
        parts = [f"getattr(h{other}, 'base', '?')" for other in self.helper_imports[number]]
        lines += [
            "value = '+'.join([" + ", ".join(["base", *parts]) + "])",
            self.helper_broken[number],
        ]
        return "\n".join(lines) + "\n"

    def document(self, name: str, version: int) -> str:
        """A document: every third version has another title, and it shows a story that may not be there."""
        shown = self.components[version % len(self.components)].name
        return (
            f"# {name} {version // 3}\n\nText {version}, [start](/guides/1-start.md), ![a](static/style.css)\n\n"
            f"```story\n{shown}/story-{version % 2}\n```\n"
        )

    def files(self) -> dict[str, str]:
        """The whole package."""
        layout = ""
        imports = ""
        if self.layout is not None:
            imports = "from string.templatelib import Template\nfrom .theme import colour\n"
            layout = (
                "def layout(*, story_title: str, children: object) -> Template:\n"
                f'    return t"<!doctype html><html lang=en><title>{{story_title}}</title>'
                f'<body data-layout={self.layout}>{{colour}}{{children}}</body></html>"\n'
            )
        argument = ", themed_layout=layout" if layout else ""
        files = {
            "__init__.py": f"PACKAGE = {self.package_value}\n",
            "stories.py": "from storytime import Site\n"
            + imports
            + layout
            + f"def this_site() -> Site:\n    return Site(title={self.site_title!r}{argument})\n",
            "theme.py": f"colour = 'colour-{self.theme_value}'\npatched = 'no'\n",
            "registry.py": (
                "names = []\n"
                "def register(name, value):\n    names.append(f'{name}={value}')\n"
                "class Base:\n    keys = []\n"
                "    def __init_subclass__(cls):\n        Base.keys.append(cls.key)\n"
                "count = 0\n"
                "def next_number():\n    global count\n    count += 1\n    return count\n"
            ),
            "helpers/__init__.py": "",
            "pages.py": PAGES,
            "data.json": f'{{"data": {self.data}}}',
            "show/__init__.py": "",
            "show/stories.py": (
                "from storytime import Story, Subject\n"
                "from shop.registry import names, Base\n"
                "from shop import theme\n"
                "def this_subject() -> Subject:\n"
                "    return Subject(title='Show', items=[\n"
                "        Story(title='Names', template=lambda: t'<p>{\" \".join(names)}</p>'),\n"
                "        Story(title='Keys', template=lambda: t'<p>{\" \".join(Base.keys)}</p>'),\n"
                "        Story(title='Files', template=lambda: '<link href=/assets/app.css><img src=static/a.png>'),\n"
                "        Story(title='Theme', template=lambda: t'<p>{theme.patched} {theme.colour}</p>'),\n"
                "    ])\n"
            ),
        }
        for name, version in self.statics.items():
            files[f"static/{name}"] = f"a {{ color: url(/assets/x{version}.png) }}"
        for name, version in self.assets.items():
            other = sorted(self.assets)[version % len(self.assets)]
            files[f"../assets/{name}"] = f"@import '/assets/{other}'; /* {version} */"
        for name, version in self.read_files.items():
            part = " $part" if name.endswith("card.txt") else ""
            files[name] = f"{name} {version}{part}"
        files["unread.txt"] = f"{self.unread}"
        for name, version in self.documents.items():
            files[name] = self.document(name, version)
        if self.optional:
            files["optional.py"] = "extra = 'there'\n"
        for number in range(HELPERS):
            files[f"helpers/h{number}.py"] = self.helper(number)
        for component in self.components:
            files |= component.files()
        return files

    def write(self) -> None:
        """Write the files that changed, in place or by renaming, and remove those that are gone."""
        files = self.files()
        for name, text in files.items():
            if self.written.get(name) == text:
                continue
            path = self.directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if self.chance.random() < 0.5:
                path.write_text(text)
            else:
                temporary = path.with_name(path.name + ".tmp")
                temporary.write_text(text)
                temporary.replace(path)
        for name in self.written.keys() - files.keys():
            (self.directory / name).unlink()
        for component in {
            name.split("/")[0] for name in self.written.keys() - files.keys() if "/" in name
        } - {"static", ".."}:
            if not any(name.startswith(f"{component}/") for name in files):
                shutil.rmtree(self.directory / component)
        self.written = files

    # -- edits

    def add_component(self) -> None:
        """Add a random component."""
        self.made += 1
        chance = self.chance
        self.components.append(
            Component(
                chance.choice("abkxyz") + str(self.made),
                helpers=chance.sample(range(HELPERS), chance.randint(0, 2)),
                registers=chance.random() < 0.2,
                templated=chance.random() < 0.4,
                lists=chance.random() < 0.2,
            )
        )

    def edit(self) -> str:
        """Make a random edit without writing it. Returns what it was."""
        chance = self.chance
        component = chance.choice(self.components)
        number = chance.randrange(HELPERS)
        flags = [
            "registers", "derives", "patches", "counts", "reads", "asserts", "optional", "raises", "reexports",
            "templated", "lists", "lists_early", "misses",
        ]  # fmt: skip
        rare = ["walks", "looks", "style"]

        def value() -> str:
            component.value += 1
            return f"value of {component.name}"

        def helper() -> str:
            self.helper_values[number] += 1
            return f"value of h{number}"

        def helper_imports() -> str:
            self.helper_imports[number] = chance.sample(range(HELPERS), chance.randint(0, 2))
            self.helper_imports[number] = [
                one for one in self.helper_imports[number] if one != number
            ]
            return f"imports of h{number}"

        def helpers() -> str:
            component.helpers = chance.sample(range(HELPERS), chance.randint(0, 3))
            return f"helpers of {component.name}"

        def late() -> str:
            component.late_helper = chance.choice([None, *range(HELPERS)])
            return f"late helper of {component.name}"

        def style() -> str:
            component.style = chance.choice(["from", "from", "absolute", "module", "importlib"])
            return f"style of {component.name}: {component.style}"

        def stories() -> str:
            component.stories = chance.randint(0, 3)
            return f"stories of {component.name}"

        def title() -> str:
            component.title = f"Title {chance.randint(0, 9)}"
            return f"title of {component.name}"

        def flag() -> str:
            name = chance.choice(flags)
            setattr(component, name, not getattr(component, name))
            return f"{name} of {component.name}"

        def rare_flag() -> str:
            name = chance.choice(rare)
            on = (
                not any(getattr(one, name) not in (False, "from") for one in self.components)
                and chance.random() < 0.4
            )
            for one in self.components:
                setattr(one, name, "from" if name == "style" else False)
            setattr(
                component,
                name,
                (chance.choice(["dotted", "as"]) if on else "from") if name == "style" else on,
            )
            return f"{name} of {component.name}: {on}"

        def broken() -> str:
            text = chance.choice(["def (:", "import nowhere", "1 / 0", "from .missing import x"])
            where = chance.choice(["broken", "broken_stories"])
            setattr(component, where, "" if getattr(component, where) else text)
            return f"{where} of {component.name}"

        def broken_helper() -> str:
            self.helper_broken[number] = (
                "" if self.helper_broken[number] else chance.choice(["def (:", "1 / 0"])
            )
            return f"broken h{number}"

        def mend() -> str:
            for one in self.components:
                one.broken = one.broken_stories = ""
            self.helper_broken = [""] * HELPERS
            return "all mended"

        def add() -> str:
            self.add_component()
            return f"added {self.components[-1].name}"

        def remove() -> str:
            if len(self.components) > 3:
                self.components.remove(component)
                self.documents.pop(f"{component.name}/docs.md", None)
            return f"removed {component.name}"

        def rename() -> str:
            self.made += 1
            self.documents.pop(f"{component.name}/docs.md", None)
            component.name = chance.choice("abkxyz") + str(self.made)
            return f"renamed to {component.name}"

        def site() -> str:
            self.site_title = f"Site {chance.randint(0, 5)}"
            return "title of the site"

        def layout() -> str:
            self.layout = chance.choice([None, 1, 2])
            return "layout of the site"

        def package() -> str:
            self.package_value += 1
            return "the package's own module"

        def theme() -> str:
            self.theme_value += 1
            return "theme"

        def data() -> str:
            self.data += 1
            return "data"

        def optional() -> str:
            self.optional = not self.optional
            return f"optional module: {self.optional}"

        def moved() -> str:
            files = chance.choice([self.statics, self.assets])
            name = chance.choice([*files])
            new = f"{chance.choice(['', 'deep/'])}moved{chance.randint(1, 2)}{Path(name).suffix}"
            files[new] = files.pop(name)
            return f"renamed the static file {name} to {new}"

        def static() -> str:
            files = chance.choice([self.statics, self.assets])
            name = chance.choice([*files, "new.css", "deep/new.txt"])
            if name in files and len(files) > 1 and chance.random() < 0.2:
                del files[name]
                return f"removed the static file {name}"
            files[name] = files.get(name, 0) + 1
            return f"static file {name}"

        def read_file() -> str:
            name = chance.choice(in_both([*TEMPLATES, *TEMPLATES, *LISTED, *LATE]))
            if name in self.read_files and chance.random() < 0.3:
                del self.read_files[name]
                return f"removed {name}"
            self.read_files[name] = self.read_files.get(name, 0) + 1
            return f"wrote {name}"

        def unread() -> str:
            self.unread += 1
            return "a file that nobody reads"

        def document() -> str:
            name = chance.choice(
                [
                    *self.documents,
                    "guides/a.md",
                    "guides/deep/b.md",
                    "notes.md",
                    f"{component.name}/docs.md",
                ]
            )
            if name in self.documents and chance.random() < 0.2:
                del self.documents[name]
                return f"removed the document {name}"
            self.documents[name] = self.documents.get(name, 0) + 1
            return f"document {name}"

        edits: list[tuple[Callable[[], str], int]] = [
            (value, 12), (helper, 8), (helper_imports, 4), (helpers, 5), (late, 3), (style, 4), (stories, 4),
            (title, 2), (flag, 8), (rare_flag, 2), (broken, 5), (broken_helper, 2), (mend, 2), (add, 2), (remove, 2),
            (rename, 1), (site, 1), (layout, 1), (package, 1), (theme, 2), (data, 1), (optional, 1),
            (static, 6), (unread, 2), (document, 8), (read_file, 16),
            (moved, 2),
        ]  # fmt: skip
        return chance.choices([one for one, _ in edits], [weight for _, weight in edits])[0]()

    def step(self) -> str:
        """Make one edit or several, and write them. Returns what they were."""
        count = self.chance.choice([1, 1, 1, 1, 2, 3])
        said = ", ".join(self.edit() for _ in range(count))
        self.write()
        return said
