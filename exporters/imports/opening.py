"""A YAML file of another program, with the places of its keys."""

from __future__ import annotations

from typing import Any

from estate.errors import EstateInvalid
from estate.parse import parse
from estate.tree import Mapping, Path, child, plain, spoken
from exporters.imports.reading import Reading


def opened(text: str, file: str) -> tuple[Reading, Any]:
    """A reading whose places have line and column, and the document. Raises EstateInvalid."""
    tree, found = parse(text, file)
    # 00:05:00 without quotes is how others write time spans; as text it is what they mean.
    errors = [each for each in found if each.severity == "error" and each.code != "ambiguous-word"]
    if tree is None or errors:
        raise EstateInvalid(errors or found)

    def where(path: Path) -> str:
        node, position = tree, tree.position
        for step in path:
            below = child(node, step)
            if below is None:
                break
            position = node.entries[str(step)].position if isinstance(node, Mapping) else below.position
            node = below
        return f"{position}: {spoken(path)}" if path else str(position)

    return Reading(where), plain(tree)
