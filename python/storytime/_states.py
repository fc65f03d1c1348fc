"""The states of elements (checked, disabled, expanded, pressed, selected), by WAI-ARIA and HTML-AAM."""

TYPE_CHECKING = False  # typing takes longer to import than all of this

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Literal, TypedDict

    from storytime._native import _Node

    class States(TypedDict, total=False):
        """The states to look for; None: any."""

        checked: State | None
        disabled: bool | None
        expanded: bool | None
        pressed: State | None
        selected: bool | None


type State = bool | Literal["mixed"]
"""Of what may be checked or pressed in part: "mixed"."""

CHECKED = frozenset(
    ["checkbox", "menuitemcheckbox", "menuitemradio", "option", "radio", "switch", "treeitem"]
)
SELECTED = frozenset(["columnheader", "gridcell", "option", "row", "rowheader", "tab", "treeitem"])
PRESSED = frozenset(["button"])
EXPANDED = frozenset(
    ["application", "button", "checkbox", "columnheader", "combobox", "gridcell", "group", "link", "listbox"]
    + ["menuitem", "menuitemcheckbox", "menuitemradio", "row", "rowheader", "switch", "tab", "treeitem"]
)  # fmt: skip
DISABLED = CHECKED | SELECTED | frozenset(
    ["application", "button", "combobox", "grid", "group", "link", "listbox", "menu", "menubar", "menuitem"]
    + ["radiogroup", "scrollbar", "searchbox", "separator", "slider", "spinbutton", "tablist", "textbox"]
    + ["toolbar", "tree", "treegrid"]
)  # fmt: skip
"""The roles that may be so."""
MAY_BE_DISABLED = frozenset(
    ["button", "input", "select", "textarea", "option", "optgroup", "fieldset"]
)
"""The tags that HTML disables, by their attribute or by what they stand in."""


def _said(node: _Node, attribute: str) -> State | None:
    """The value of an ARIA attribute; None: it has none."""
    value = node.attributes.get(attribute, "").lower()
    return "mixed" if value == "mixed" else {"true": True, "false": False}.get(value)


def checked(node: _Node) -> State:
    """Whether it is ticked or chosen."""
    if node.tag == "input" and node.attributes.get("type", "").lower() in ("checkbox", "radio"):
        return "checked" in node.attributes
    return _said(node, "aria-checked") or False


def pressed(node: _Node) -> State:
    """Whether a button that stays down is down."""
    return _said(node, "aria-pressed") or False


def expanded(node: _Node) -> bool | None:
    """Whether the content that it shows and hides is shown; None: there is no such content."""
    if node.tag == "details":
        return "open" in node.attributes
    if "aria-expanded" not in node.attributes:
        return None
    return _said(node, "aria-expanded") is True


def selected(node: _Node) -> bool:
    """Whether it is the chosen one among others."""
    if node.tag != "option":
        return _said(node, "aria-selected") is True
    box = _around(node, "select")
    chosen = _chosen(box) if box is not None else [node] if "selected" in node.attributes else []
    return node in chosen


def _chosen(box: _Node) -> list[_Node]:
    """The chosen options of a <select>. A list may have several, a menu always has one."""
    options = box.select("option")
    chosen = [option for option in options if "selected" in option.attributes]
    if "multiple" in box.attributes:
        return chosen
    if not chosen and box.attributes.get("size", "1") in ("", "0", "1"):
        return [option for option in options if not disabled(option)][:1]
    return chosen[-1:]


def disabled(node: _Node) -> bool:
    """Whether it is disabled."""
    if node.tag in MAY_BE_DISABLED and _is_disabled_by_html(node):
        return True
    one: _Node | None = node
    while one is not None:
        if (said := _said(one, "aria-disabled")) is not None:
            return said is True
        one = one.parent
    return False


def _is_disabled_by_html(node: _Node) -> bool:
    if "disabled" in node.attributes:
        return True
    if node.tag == "option":
        group = _around(node, "optgroup")
        return group is not None and "disabled" in group.attributes
    inner, around = node, node.parent
    while around is not None:
        if around.tag == "fieldset" and "disabled" in around.attributes:
            legends = [child for child in around.children if child.tag == "legend"]
            if legends[:1] != [inner]:
                return True
        inner, around = around, around.parent
    return False


def _around(node: _Node, tag: str) -> _Node | None:
    """The nearest element around it with a tag."""
    around = node.parent
    while around is not None and around.tag != tag:
        around = around.parent
    return around


class Kind:
    """A state: how to find it out, and which roles may have it."""

    __slots__ = ("may_be_mixed", "of", "roles")

    def __init__(
        self,
        of: Callable[[_Node], State | None],
        roles: frozenset[str],
        may_be_mixed: bool = False,
    ) -> None:
        self.of = of
        self.roles = roles
        self.may_be_mixed = may_be_mixed


STATES = {
    "checked": Kind(checked, CHECKED, True),
    "disabled": Kind(disabled, DISABLED),
    "expanded": Kind(expanded, EXPANDED),
    "pressed": Kind(pressed, PRESSED, True),
    "selected": Kind(selected, SELECTED),
}
"""What can be asked for."""


def check_states(role: str, states: dict[str, State]) -> None:
    """Raises TypeError if there is no such state, ValueError if it has no such value, or the role never has it."""
    for name, value in states.items():
        kind = STATES.get(name)
        if kind is None:
            raise TypeError(f"unknown state {name!r}; the states are {', '.join(STATES)}")
        if not (isinstance(value, bool) or (value == "mixed" and kind.may_be_mixed)):
            mixed = ", 'mixed'" if kind.may_be_mixed else ""
            raise ValueError(f"{name} must be True, False{mixed} or None, not {value!r}")
        if role not in kind.roles:
            raise ValueError(
                f"the role {role!r} cannot be {name}; these roles can: {', '.join(sorted(kind.roles))}"
            )


def in_words(states: Mapping[str, State | None]) -> str:
    """The states in words, such as ", not checked", without those that are None."""
    words = {True: "", False: "not ", "mixed": "partly "}
    return "".join(f", {words[value]}{name}" for name, value in states.items() if value is not None)
