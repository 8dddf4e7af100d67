"""From a place in the document, as pydantic or a check names it, to the place in the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from estate.findings import Position
from estate.keys import EACH, Key, root
from estate.tree import Items, Mapping, Node, Path, child


@dataclass(frozen=True, slots=True)
class Spot:
    """A place: the deepest node that exists, its key in the model, and where its own key stands.

    `parent` is the key above; `missing` is the next step of the path, where there is no node for it.
    """

    node: Node
    key: Key | None
    key_position: Position
    path: Path
    parent: Key | None = None
    missing: str = ""


def locate(tree: Node, steps: Sequence[str | int]) -> Spot:
    """Follow the steps as far as the document goes.

    Steps that only pydantic knows are left out: which variant of a row it read, `<form>` of a value, and
    `[key]`.
    """
    spot = Spot(tree, root(), Position(tree.position.file, 1, 1), tree.path)
    for step in steps:
        if step == "[key]":
            continue
        if spot.key is not None and spot.key.variants and step in spot.key.variants:
            spot = replace(spot, key=spot.key.variants[str(step)])
            continue
        below = child(spot.node, step)
        if below is None:
            if isinstance(step, str) and step.startswith("<"):
                continue
            return replace(spot, missing=str(step))
        spot = Spot(
            below,
            _key_below(spot.key, step),
            _key_position(spot.node, step, below),
            below.path,
            parent=spot.key,
        )
    return spot


def _key_below(key: Key | None, step: str | int) -> Key | None:
    if key is None:
        return None
    return key.children.get(EACH) or key.children.get(str(step))


def _key_position(node: Node, step: str | int, below: Node) -> Position:
    if isinstance(node, Mapping):
        return node.entries[str(step)].position
    return below.position if isinstance(node, Items) else node.position
