"""Ready-made assertions for stories: `assertions=[GetByRole(role="button", name="Buy")]`.

Each is called with the rendered story and raises AssertionError if it does not hold. Methods return a copy that asserts more.
Names, texts and labels match if they contain the given text, ignoring case; after `.exact()`, if they equal it.
"""

from typing import TYPE_CHECKING

from storytime._queries import (
    ByAttribute,
    ByLabelText,
    ByRole,
    ByTagName,
    ByText,
    Query,
    listed,
    quoted,
    short,
    shown,
)
from storytime._rendered import Queries, RenderedStory

if TYPE_CHECKING:
    from typing import Self, Unpack

    from storytime._native import _Node
    from storytime._queries import Wanted
    from storytime._states import States

__all__ = [
    "GetAllByClass",
    "GetAllByLabelText",
    "GetAllByRole",
    "GetAllByTagName",
    "GetAllByTestId",
    "GetAllByText",
    "GetByClass",
    "GetById",
    "GetByLabelText",
    "GetByRole",
    "GetByTagName",
    "GetByTestId",
    "GetByText",
]


class _Assertion:
    """A query, and what the element that it finds must have."""

    _text: str | None = None
    _attributes: tuple[tuple[str, str | None], ...] = ()

    def __init__(self, query: Query) -> None:
        self._query = query
        self.__qualname__ = str(self)  # its name in badges and test ids

    def __call__(self, story: str | Queries) -> None:
        """Check a story or an element. Raises AssertionError."""
        self._check((story if isinstance(story, Queries) else RenderedStory(story))._node())

    def text_content(self, expected: str) -> Self:
        """The element must have this text; any run of white space counts as one space."""
        return self._with(_text=" ".join(expected.split()))

    def with_attribute(self, name: str, value: str | None = None) -> Self:
        """The element must have this attribute; with `value`, with this value."""
        return self._with(_attributes=(*self._attributes, (name, value)))

    def __str__(self) -> str:
        return f"{self._subject()}{self._conditions()}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def _with(self, **changes: object) -> Self:
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__, **changes)
        copy.__qualname__ = str(copy)
        return copy

    def _subject(self) -> str:
        return str(self._query)

    def _conditions(self) -> str:
        texts = [f"has the text {quoted(self._text)}"] if self._text is not None else []
        texts += [
            f"has {name}" if value is None else f'has {name}="{short(value)}"'
            for name, value in self._attributes
        ]
        return f" {' and '.join(texts)}" if texts else ""

    def _check(self, scope: _Node) -> None:
        raise NotImplementedError

    def _check_element(self, node: _Node) -> None:
        if self._text is not None and node.text != self._text:
            raise AssertionError(
                f"the text of {shown(node)} is {quoted(node.text)}, not {quoted(self._text)}"
            )
        there = node.attributes
        for name, value in self._attributes:
            if name not in there:
                has = f"it has {listed(there)}" if there else "it has none"
                raise AssertionError(f"{shown(node)} has no attribute {name}; {has}")
            if value is not None and there[name] != value:
                raise AssertionError(
                    f"the attribute {name} of {shown(node)} is {quoted(there[name])}, not {quoted(value)}"
                )


class _Exact(_Assertion):
    """An assertion about texts, which may have to match exactly."""

    def exact(self) -> Self:
        """The name, text or label must equal the given one, in the same case."""
        query = object.__new__(type(self._query))
        query.__dict__.update(self._query.__dict__, exact=True)
        return self._with(_query=query)


class _One(_Assertion):
    """There is exactly one such element."""

    _wanted = True

    def not_(self) -> Self:
        """There must be no such element."""
        return self._with(_wanted=False)

    def _subject(self) -> str:
        return super()._subject() if self._wanted else f"no {super()._subject()}"

    def _check(self, scope: _Node) -> None:
        if self._wanted:
            self._check_element(self._query.one(scope))
        elif found := self._query.find(scope):
            raise AssertionError(f"found {listed(map(shown, found))}, which should not be there")


class _All(_Assertion):
    """There are such elements."""

    _count: int | None = None
    _index: int | None = None

    def count(self, expected: int) -> Self:
        """There must be exactly as many."""
        return self._with(_count=expected)

    def nth(self, index: int) -> Self:
        """There must be one at this index, from 0; only this one must have the text and the attributes."""
        return self._with(_index=index)

    def _subject(self) -> str:
        count = "" if self._count is None else f"{self._count} × "
        return f"{count}{super()._subject()}" + ("" if self._index is None else f" [{self._index}]")

    def _check(self, scope: _Node) -> None:
        found = self._query.find(scope)
        there = f"found {len(found)}: {listed(map(shown, found))}"
        if self._count is not None and len(found) != self._count:
            if not found:
                raise AssertionError(f"no {self._query}; {self._query.near(scope)}")
            raise AssertionError(f"expected {self._count} × {self._query}, {there}")
        if self._count is None and not found:
            raise AssertionError(f"no {self._query}; {self._query.near(scope)}")
        if self._index is None:
            for node in found:
                self._check_element(node)
        elif not 0 <= self._index < len(found):
            raise AssertionError(f"no {self._query} at index {self._index}; {there}")
        else:
            self._check_element(found[self._index])


class _OfRole(_Exact):
    def __init__(
        self,
        role: str,
        level: int | None = None,
        name: Wanted | None = None,
        **states: Unpack[States],
    ) -> None:
        super().__init__(ByRole(role, name, level, **states))


class _OfText(_Exact):
    def __init__(self, text: Wanted) -> None:
        super().__init__(ByText(text))


class _OfLabelText(_Exact):
    def __init__(self, label: Wanted) -> None:
        super().__init__(ByLabelText(label))


class _OfTestId(_Assertion):
    def __init__(self, test_id: str) -> None:
        super().__init__(ByAttribute("data-testid", test_id))


class _OfClass(_Assertion):
    def __init__(self, class_name: str) -> None:
        super().__init__(ByAttribute("class", class_name, word=True))


class _OfTagName(_Assertion):
    def __init__(self, tag_name: str) -> None:
        super().__init__(ByTagName(tag_name))


class GetByRole(_One, _OfRole):
    """Exactly one element has this role of WAI-ARIA, accessible name, heading level, and states such as `checked`."""


class GetByText(_One, _OfText):
    """Exactly one innermost element has this text."""


class GetByLabelText(_One, _OfLabelText):
    """Exactly one element has this label, by <label>, `aria-label` or `aria-labelledby`."""


class GetByTestId(_One, _OfTestId):
    """Exactly one element has this `data-testid`."""


class GetByClass(_One, _OfClass):
    """Exactly one element has this class."""


class GetById(_One):
    """Exactly one element has this id."""

    def __init__(self, id: str) -> None:
        super().__init__(ByAttribute("id", id))


class GetByTagName(_One, _OfTagName):
    """There is exactly one element with this tag."""


class GetAllByRole(_All, _OfRole):
    """Elements have this role of WAI-ARIA, accessible name, heading level, and states such as `checked`."""


class GetAllByText(_All, _OfText):
    """Innermost elements have this text."""


class GetAllByLabelText(_All, _OfLabelText):
    """Elements have this label, by <label>, `aria-label` or `aria-labelledby`."""


class GetAllByTestId(_All, _OfTestId):
    """Elements have this `data-testid`."""


class GetAllByClass(_All, _OfClass):
    """Elements have this class."""


class GetAllByTagName(_All, _OfTagName):
    """There are elements with this tag."""
