"""A YAML file of another program, with the places of its keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from estate.errors import EstateInvalid
from estate.findings import Finding, Position
from estate.parse import parse
from estate.tree import Items, Mapping, Node, Path, child, plain, spoken
from exporters.imports.reading import Reading

_MARKER = re.compile(r"(---|\.\.\.)(\s|$)")


def opened(text: str, file: str, several: bool = False) -> tuple[Reading, Any]:
    """A reading whose places have line and column, and the document; of `several` a list, where there is more
    than one. Raises EstateInvalid.
    """
    roots: list[Node] = []
    found: list[Finding] = []
    for document in _documents(text) if several else [text]:
        tree, said = parse(document, file)
        # 00:05:00 without quotes is how others write time spans; as text it is what they mean. A document
        # without anything in it is between two markers.
        found += [each for each in said if each.code != "ambiguous-word" and not (several and _empty(each))]
        # Nothing stands between two markers, or after the last one.
        roots += [tree] if tree is not None and not (several and plain(tree) is None) else []
    errors = [each for each in found if each.severity == "error"]
    if errors or not roots:
        raise EstateInvalid(errors or found or parse("", file)[1])
    root = roots[0] if len(roots) == 1 else Items(Position(file, 1, 1), (), nodes=roots)

    def where(path: Path) -> str:
        node, position = root, root.position
        for step in path:
            below = child(node, step)
            if below is None:
                break
            position = node.entries[str(step)].position if isinstance(node, Mapping) else below.position
            node = below
        return f"{position}: {spoken(path)}" if path else str(position)

    return Reading(where), plain(root)


def _empty(found: Finding) -> bool:
    return found.code == "file-empty"


def _documents(text: str) -> Iterator[str]:
    """The documents of a file, each with as many empty lines before it as stand above it."""
    lines = text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if _MARKER.match(line)]
    for start, end in zip([0, *starts], [*starts, len(lines)], strict=True):
        body = "".join(lines[start:end])
        if not body.startswith("...") and body.strip().strip("-").strip():
            yield "\n" * start + body
