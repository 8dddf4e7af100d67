"""A YAML document as a tree that knows where everything stands.

A node's `path` and `position` are its home: the place in the file where the value is written. A value that
comes from `defaults` or through an alias keeps its home wherever it is used, so a finding names the line to
change.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from estate.findings import Position

Path = tuple[str | int, ...]

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_<-]+")


def spoken(path: Sequence[str | int]) -> str:
    """A path as messages show it: `exporters.azure.metrics.0`, with other than plain keys in brackets."""
    text = ""
    for part in path:
        if isinstance(part, int) or _PLAIN_KEY.fullmatch(part):
            text += f".{part}" if text else str(part)
        else:
            text += f"[{part!r}]" if len(part) <= 80 else f"[{part[:80]!r}…]"
    return text


@dataclass(slots=True, eq=False)
class Node:
    """What all nodes have.

    `height` is how many levels stand below, `size` how many nodes, aliases followed. `broken` means that a
    finding was made about the value already, so nothing more is to be said about it.
    """

    position: Position
    path: Path
    height: int = 0
    size: int = 1
    broken: bool = False


@dataclass(slots=True, eq=False)
class Scalar(Node):
    """A leaf: `value` as YAML 1.2 reads it, `text` as it is written; `plain` means without quotes."""

    value: str | int | float | bool | None = None
    text: str = ""
    plain: bool = False


@dataclass(slots=True, eq=False)
class Entry:
    """A key of a mapping, where it stands, and its value."""

    position: Position
    node: Node


@dataclass(slots=True, eq=False)
class Mapping(Node):
    """Keys in the order of the file."""

    entries: dict[str, Entry] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Items(Node):
    """A list."""

    nodes: list[Node] = field(default_factory=list)


def plain(node: Node) -> Any:
    """The document as plain Python values."""
    if isinstance(node, Mapping):
        return {key: plain(entry.node) for key, entry in node.entries.items()}
    if isinstance(node, Items):
        return [plain(item) for item in node.nodes]
    return node.value if isinstance(node, Scalar) else None


def child(node: Node, part: str | int) -> Node | None:
    """What stands under a key or index, or None."""
    if isinstance(node, Mapping) and isinstance(part, str):
        entry = node.entries.get(part)
        return entry.node if entry else None
    if isinstance(node, Items) and isinstance(part, int) and 0 <= part < len(node.nodes):
        return node.nodes[part]
    return None


def called(node: Node) -> str:
    """What a node is, in a message."""
    if isinstance(node, Mapping):
        return "a group of keys"
    if isinstance(node, Items):
        return "a list"
    value = node.value if isinstance(node, Scalar) else None
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    return "text" if isinstance(value, str) else "a number"
