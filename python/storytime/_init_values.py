"""Values that `storytime init` makes up for the variables of templates."""

import re
from typing import Any


def words(name: str) -> str:
    """A name in words: "Price tag" for "price_tag" and "PriceTag"."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    spaced = re.sub(r"[_-]+", " ", spaced).strip()
    return spaced[:1].upper() + spaced[1:].lower()


def add_value(values: dict[str, Any], names: tuple[str, ...]) -> None:
    """Make up a value for `product.maker.name`: objects become dictionaries, in which engines look up attributes."""
    for name in names[:-1]:
        inner = values.get(name)
        if not isinstance(inner, dict):
            inner = values[name] = {}
        values = inner
    if not names[-1].isdecimal():
        values.setdefault(names[-1], words(names[-1]))


def jinja_values(tree: Any, nodes: Any) -> dict[str, Any]:
    """Values for all variables of a template: objects become dictionaries, in which Jinja looks up attributes."""
    values: dict[str, Any] = {}
    for node in tree.find_all((nodes.Name, nodes.Getattr, nodes.Getitem)):
        if names := jinja_names(node, nodes):
            add_value(values, names)
    for node in tree.find_all(nodes.For):
        if isinstance(node.iter, nodes.Name) and isinstance(node.target, nodes.Name):
            item = values.get(node.target.name)
            values[node.iter.name] = [item] * 2 if isinstance(item, dict) else ["One", "Two"]
    return values


def jinja_names(node: Any, nodes: Any) -> tuple[str, ...]:
    """The names in `product.maker["name"]`: product, maker and name. None if it is no such path."""
    if isinstance(node, nodes.Name):
        return (node.name,)
    name = getattr(node, "attr", None) or getattr(getattr(node, "arg", None), "value", None)
    if not isinstance(node, (nodes.Getattr, nodes.Getitem)) or not isinstance(name, str):
        return ()
    before = jinja_names(node.node, nodes)
    return (*before, name) if before else ()
