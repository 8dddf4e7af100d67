"""The estate as far as it is right, so that one wrong key does not hide what else is wrong.

Checks are written against `estate.model.Estate`. Where the shape of the file has errors they get a draft
instead: the same classes, not validated, with None in the place of every value that is missing or wrong.
So a check may meet None wherever the file may lack a value, and says nothing about it.
"""

from __future__ import annotations

from typing import Any, cast

from estate.keys import EACH, Key, root
from estate.model import Estate, Row
from estate.tree import Items, Mapping, Node, Scalar, child


def draft(tree: Mapping) -> Estate:
    """What of the document can be relied on."""
    return cast(Estate, _row(root(), tree))


def _fill(key: Key, node: Node | None) -> Any:
    if key.shape == "row":
        return _row(key, node)
    if key.shape == "map":
        rows = node.entries if isinstance(node, Mapping) else {}
        return {name: _fill(key.children[EACH], entry.node) for name, entry in rows.items()}
    if isinstance(node, Items) and key.shape == "list":
        return [_fill(key.children[EACH], item) for item in node.nodes]
    if isinstance(node, Scalar) and not node.broken and (key.shape == "value" or node.value in key.allowed):
        return node.value
    return [] if key.shape == "list" else None


def _row(key: Key, node: Node | None) -> Row:
    kind = child(node, "kind") if node is not None and key.variants else None
    if isinstance(kind, Scalar) and kind.text in key.variants:
        key = key.variants[kind.text]
    if key.variants:
        # Without its kind nothing is known of a row but that it is there.
        node = None
    values = {}
    for name, below in key.children.items():
        there = child(node, name) if node is not None else None
        values[below.attribute] = (
            below.default if there is None and not below.required else _fill(below, there)
        )
    model = key.row or Row
    return model.model_construct(_written(key, node), **values)


def _written(key: Key, node: Node | None) -> set[str]:
    """The attributes that the file sets."""
    return {below.attribute for name, below in key.children.items() if node and child(node, name)}
