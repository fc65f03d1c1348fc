"""A rendered story: its HTML as a `str` that can be queried."""

TYPE_CHECKING = False  # typing takes longer to import than all of this

from storytime._native import _Node
from storytime._queries import ByAttribute, ByLabelText, ByRole, BySelector, ByText, Query, short

if TYPE_CHECKING:
    from typing import Unpack

    from storytime._queries import Wanted
    from storytime._states import States


class Queries:
    """The queries of a story and of its elements.

    Names and texts match if they contain the given text, ignoring case; with `exact`, if they equal it. A
    compiled pattern is searched for. Methods that return one element raise AssertionError if there is none or more than
    one, and say what was found.
    """

    __slots__ = ()

    def _node(self) -> _Node:
        raise NotImplementedError

    def _one(self, query: Query) -> Element:
        return Element(query.one(self._node()))

    def _all(self, query: Query) -> list[Element]:
        return [Element(node) for node in query.find(self._node())]

    @property
    def text(self) -> str:
        """The text that a reader sees, on one line, without scripts and hidden elements."""
        return self._node().text

    def select(self, selector: str) -> list[Element]:
        """All elements in it that match a CSS selector. Raises ValueError if it is no selector."""
        return self._all(BySelector(selector))

    def select_one(self, selector: str) -> Element:
        """The only element in it that matches a CSS selector."""
        return self._one(BySelector(selector))

    def get_by_role(
        self,
        role: str,
        *,
        name: Wanted | None = None,
        level: int | None = None,
        exact: bool = False,
        include_hidden: bool = False,
        **states: Unpack[States],
    ) -> Element:
        """The only element in it with a WAI-ARIA role, and perhaps an accessible name, a level and states.

        The states `checked`, `disabled`, `expanded`, `pressed` and `selected` are True or False; `checked` and `pressed` may
        also be "mixed". Raises ValueError if there is no such role, or the role can't have such a state.
        """
        return self._one(ByRole(role, name, level, exact, include_hidden=include_hidden, **states))

    def get_all_by_role(
        self,
        role: str,
        *,
        name: Wanted | None = None,
        level: int | None = None,
        exact: bool = False,
        include_hidden: bool = False,
        **states: Unpack[States],
    ) -> list[Element]:
        """All elements in it with a role; may be empty."""
        return self._all(ByRole(role, name, level, exact, include_hidden=include_hidden, **states))

    def get_by_text(self, text: Wanted, *, exact: bool = False) -> Element:
        """The only innermost element in it with a text."""
        return self._one(ByText(text, exact))

    def get_all_by_text(self, text: Wanted, *, exact: bool = False) -> list[Element]:
        """All innermost elements in it with a text."""
        return self._all(ByText(text, exact))

    def get_by_label_text(self, label: Wanted, *, exact: bool = False) -> Element:
        """The only element in it that a <label>, `aria-label` or `aria-labelledby` names."""
        return self._one(ByLabelText(label, exact))

    def get_all_by_label_text(self, label: Wanted, *, exact: bool = False) -> list[Element]:
        """All elements in it that a label names."""
        return self._all(ByLabelText(label, exact))

    def get_by_test_id(self, test_id: str) -> Element:
        """The only element in it with this `data-testid`."""
        return self._one(ByAttribute("data-testid", test_id))

    def get_all_by_test_id(self, test_id: str) -> list[Element]:
        """All elements in it with this `data-testid`."""
        return self._all(ByAttribute("data-testid", test_id))


class Element(Queries):
    """An element of a rendered story."""

    __slots__ = ("_own",)

    def __init__(self, node: _Node) -> None:
        self._own = node

    def _node(self) -> _Node:
        return self._own

    @property
    def tag(self) -> str:
        """The name of its tag, in lower case."""
        return self._own.tag

    @property
    def attributes(self) -> dict[str, str]:
        """All attributes; one without a value has an empty one."""
        return self._own.attributes

    @property
    def html(self) -> str:
        """Its HTML, with its own tags."""
        return self._own.html

    @property
    def role(self) -> str | None:
        """Its WAI-ARIA role; None for a <div> and the like."""
        return self._own.role

    @property
    def name(self) -> str:
        """Its accessible name: what a screen reader calls it."""
        return self._own.name

    @property
    def level(self) -> int | None:
        """A heading's level."""
        return self._own.level

    @property
    def hidden(self) -> bool:
        """Whether it, or an element around it, is hidden from assistive technology."""
        return self._own.hidden

    @property
    def parent(self) -> Element | None:
        """The element around it; <html> has none."""
        node = self._own.parent
        return Element(node) if node is not None else None

    @property
    def children(self) -> list[Element]:
        """Its child elements."""
        return [Element(node) for node in self._own.children]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Element) and self._own == other._own

    def __hash__(self) -> int:
        return hash(self._own)

    def __repr__(self) -> str:
        return short(self.html, 120)


class RenderedStory(str, Queries):
    """A story's HTML, parsed when it is first queried."""

    __slots__ = ("_root",)

    _root: _Node

    def _node(self) -> _Node:
        try:
            return self._root
        except AttributeError:
            self._root = _Node.parse(self)
            return self._root

    def __html__(self) -> str:
        """Its HTML, which templates do not escape."""
        return self
