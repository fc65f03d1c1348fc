"""Queries on a story's HTML, and their messages when nothing is found."""

TYPE_CHECKING = False  # typing takes longer to import than all of this

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from storytime._native import _Node
    from storytime._states import State

from storytime._states import STATES, check_states, in_words

type Wanted = str | re.Pattern[str]
"""A text, or a pattern that is searched for."""

PLAIN = frozenset(
    [
        "caption",
        "code",
        "definition",
        "deletion",
        "emphasis",
        "generic",
        "insertion",
        "listitem",
        "mark",
        "paragraph",
        "presentation",
        "rowgroup",
        "strong",
        "subscript",
        "suggestion",
        "superscript",
        "term",
        "time",
    ]
)
"""Roles that say little: they are not listed where something is not found."""
MOST = 8
"""How many are listed."""
LONGEST = 300
"""How much of a text is shown, in characters."""


def short(text: str, longest: int = LONGEST) -> str:
    """A text on one line, cut if it is long."""
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def quoted(wanted: Wanted) -> str:
    """A text as messages show it."""
    return f'"{short(wanted)}"' if isinstance(wanted, str) else repr(wanted)


def fits(wanted: Wanted, text: str, exact: bool) -> bool:
    """Whether a text contains the wanted one, ignoring case, or with `exact` equals it."""
    if not isinstance(wanted, str):
        return wanted.search(text) is not None
    wanted = " ".join(wanted.split())
    return text == wanted if exact else wanted.casefold() in text.casefold()


def listed(things: Iterable[str]) -> str:
    """The first of them: "a, b, c and 4 more"."""
    all_ = list(things)
    more = f" and {len(all_) - MOST} more" if len(all_) > MOST else ""
    return ", ".join(all_[:MOST]) + more


def shown(node: _Node) -> str:
    """An element as a screen reader names it: its role and name, or else its HTML."""
    if node.role is None:
        return short(node.html, 80)
    level = f" (level {node.level})" if node.role == "heading" else ""
    return f'{node.role} "{short(node.name, 60)}"{level}' if node.name else node.role + level


def inner_html(scope: _Node) -> str:
    """The HTML of a scope for messages; for a whole document, the contents of its <body>."""
    body = scope.select("html > body") if scope.tag == "html" else []
    html = body[0].html if body else scope.html
    return html.removeprefix("<body>").removesuffix("</body>")


class Query:
    """A query."""

    def find(self, scope: _Node) -> list[_Node]:
        """All matches, in document order."""
        raise NotImplementedError

    def __str__(self) -> str:
        """The query in words."""
        raise NotImplementedError

    def near(self, scope: _Node) -> str:
        """A description of what was found instead."""
        return f"the HTML is {short(inner_html(scope))}"

    def one(self, scope: _Node) -> _Node:
        """The only match. Raises AssertionError if there is none, or more than one."""
        found = self.find(scope)
        if not found:
            raise AssertionError(f"no {self}; {self.near(scope)}")
        if len(found) > 1:
            raise AssertionError(f"more than one {self}: {listed(map(shown, found))}")
        return found[0]


class ByRole(Query):
    """By a role of WAI-ARIA, the accessible name, and states."""

    def __init__(
        self,
        role: str,
        name: Wanted | None,
        level: int | None,
        exact: bool = False,
        *,
        include_hidden: bool = False,
        **states: State | None,
    ) -> None:
        """Raises TypeError or ValueError if there is no such state, or the role can't have it. None: any state."""
        self.role = role
        self.name = name
        self.level = level
        self.exact = exact
        self.include_hidden = include_hidden
        self.states = {state: value for state, value in states.items() if value is not None}
        if self.states:
            check_states(role, self.states)

    def find(self, scope: _Node) -> list[_Node]:
        return [
            node
            for node in scope.find(self.role, self.include_hidden)
            if (self.level is None or node.level == self.level)
            and all(STATES[state].of(node) == value for state, value in self.states.items())
            and (self.name is None or fits(self.name, node.name, self.exact))
        ]

    def __str__(self) -> str:
        name = f" {quoted(self.name)}" if self.name is not None else ""
        level = f" of level {self.level}" if self.level is not None else ""
        return f"{self.role}{name}{level}{in_words(self.states)}"

    def near(self, scope: _Node) -> str:
        if there := scope.find(self.role, self.include_hidden):
            return f"found {listed(map(self._shown, there))}"
        others = [node for node in scope.find(None) if node.role not in PLAIN]
        return f"found {listed(map(shown, others))}" if others else super().near(scope)

    def _shown(self, node: _Node) -> str:
        return shown(node) + in_words({state: STATES[state].of(node) for state in self.states})


class ByText(Query):
    """By the text, of the innermost elements that have it."""

    def __init__(self, text: Wanted, exact: bool = False) -> None:
        self.text = text
        self.exact = exact

    def find(self, scope: _Node) -> list[_Node]:
        having = [node for node in scope.select("*") if fits(self.text, node.text, self.exact)]
        around = set()
        for node in having:
            parent = node.parent
            while parent is not None and parent not in around:
                around.add(parent)
                parent = parent.parent
        return [node for node in having if node not in around]

    def __str__(self) -> str:
        return f"text {quoted(self.text)}"

    def near(self, scope: _Node) -> str:
        return f'the text is "{short(scope.text)}"'


class ByLabelText(Query):
    """By a label, `aria-label` or what `aria-labelledby` refers to."""

    def __init__(self, label: Wanted, exact: bool = False) -> None:
        self.label = label
        self.exact = exact

    def find(self, scope: _Node) -> list[_Node]:
        return [
            node
            for node in scope.labelled()
            if any(fits(self.label, label, self.exact) for label in node.labels)
        ]

    def __str__(self) -> str:
        return f"element labelled {quoted(self.label)}"

    def near(self, scope: _Node) -> str:
        labels = [f'"{short(label, 60)}"' for node in scope.labelled() for label in node.labels]
        return f"the labels are {listed(labels)}" if labels else super().near(scope)


class BySelector(Query):
    """By a CSS selector."""

    def __init__(self, selector: str) -> None:
        self.selector = selector

    def find(self, scope: _Node) -> list[_Node]:
        return scope.select(self.selector)

    def __str__(self) -> str:
        return f"match of {quoted(self.selector)}"


class ByAttribute(Query):
    """By the value of an attribute, or by one `word` of it."""

    def __init__(self, attribute: str, value: str, *, word: bool = False) -> None:
        self.attribute = attribute
        self.value = value
        self.word = word

    def find(self, scope: _Node) -> list[_Node]:
        value = "".join(
            character if character.isalnum() else f"\\{ord(character):x} "
            for character in self.value
        )
        return scope.select(f'[{self.attribute}{"~" if self.word else ""}="{value}"]')

    def __str__(self) -> str:
        return f'element with {self.attribute}="{short(self.value)}"'

    def near(self, scope: _Node) -> str:
        there = {
            value: None
            for node in scope.select(f"[{self.attribute}]")
            for value in (
                node.attributes[self.attribute].split()
                if self.word
                else [node.attributes[self.attribute]]
            )
        }
        return f"found {listed(map(quoted, there))}" if there else super().near(scope)


class ByTagName(Query):
    """By the name of the tag."""

    def __init__(self, tag_name: str) -> None:
        self.tag_name = tag_name

    def find(self, scope: _Node) -> list[_Node]:
        return [node for node in scope.select("*") if node.tag.lower() == self.tag_name.lower()]

    def __str__(self) -> str:
        return f"<{self.tag_name}>"
