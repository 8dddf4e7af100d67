"""All files of an estate as one tree: the file itself, and those that it includes, at any depth.

Maps of named rows (`clusters`, `exporters` …) may be spread over files; every other key stands in one
file. No row overrides another: a second one is a finding.
"""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path

from estate.findings import Finding, Position
from estate.model import API_VERSION
from estate.parse import parse
from estate.problems import finding
from estate.source import LIMIT_BYTES, Unreadable, named, read
from estate.spelling import shown
from estate.tree import Items, Mapping, Node, Scalar, called

UNKNOWN_VERSION = "is not a version of the format that this singlepane knows"
# Top-level maps whose rows may come from several files.
SPREAD = ("tenants", "subscriptions", "clusters", "exporters")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A file to read: its path, its name in findings, who asked for it, and the files that led to it.

    `chain` holds each file's real path and its name in findings, the estate file first.
    """

    path: Path
    shown: str
    chain: tuple[tuple[str, str], ...] = ()
    asked: Node | None = None


@dataclass(slots=True)
class Gathered:
    """The tree of all files, and what was found on the way.

    `tree` is None where the estate file itself cannot be read; `whole` is False where any part is missing
    from it.
    """

    tree: Mapping | None = None
    whole: bool = True
    found: list[Finding] = field(default_factory=list)


def gather(path: Path) -> Gathered:
    """Read an estate file and what it includes, in the order of the `include` lists."""
    gathered = Gathered()
    queue = deque([_Wanted(path, named(path))])
    seen: set[str] = set()
    room = LIMIT_BYTES
    while queue:
        wanted = queue.popleft()
        try:
            text, warnings = read(wanted.path, wanted.shown, room)
        except Unreadable as error:
            gathered.found.append(_asked_for(error.found, wanted))
            gathered.whole = False
            continue
        room -= len(text.encode())
        seen.add(os.path.realpath(wanted.path))
        tree, found = parse(text, wanted.shown)
        gathered.found += [*warnings, *found]
        if not isinstance(tree, Mapping):
            gathered.whole = False
            if tree is not None:
                gathered.found.append(_no_mapping(tree))
            continue
        queue.extend(_included(tree, wanted, seen, gathered))
        if gathered.tree is None:
            gathered.tree = tree
        else:
            _merge(gathered.tree, tree, gathered)
    return gathered


def _no_mapping(tree: Node) -> Finding:
    message = f"the file is {called(tree)}, not a group of keys"
    return finding("not-a-mapping", tree.position, message, f"begin with apiVersion: {API_VERSION}")


def _asked_for(found: Finding, wanted: _Wanted) -> Finding:
    """A finding about a file as a whole, moved to the line that includes the file."""
    if wanted.asked is None or found.position.line:
        return found
    message = f"{shown(wanted.shown)} is included, but {found.message}"
    return finding(found.code, wanted.asked.position, message, found.fix, wanted.asked.path)


def _included(tree: Mapping, wanted: _Wanted, seen: set[str], gathered: Gathered) -> list[_Wanted]:
    """The files that a file includes. What is not a list of paths is left for the model to refuse."""
    entry = tree.entries.get("include")
    if entry is None:
        return []
    if not isinstance(entry.node, Items):
        gathered.whole = False
        return []
    chain = (*wanted.chain, (os.path.realpath(wanted.path), wanted.shown))
    more = []
    for node in entry.node.nodes:
        if not isinstance(node, Scalar) or not isinstance(node.value, str) or not node.value or node.broken:
            gathered.whole = False
            continue
        path = wanted.path.parent / node.value
        real = os.path.realpath(path)
        name = os.path.normpath(Path(wanted.shown).parent / node.value)
        above = [link for link, _ in chain]
        if real in above:
            circle = [link_name for _, link_name in chain[above.index(real) :]]
            message = f"files include each other: {' -> '.join([*circle, circle[0]])}"
            _say(gathered, "include-cycle", node, message, "remove one of the includes")
        elif real in seen:
            _say(gathered, "include-twice", node, f"{shown(node.value)} is included already", "remove it")
        else:
            seen.add(real)
            more.append(_Wanted(path, name, chain, node))
    return more


def _say(gathered: Gathered, code: str, node: Node, message: str, fix: str) -> None:
    gathered.found.append(finding(code, node.position, message, fix, node.path))


def _merge(into: Mapping, tree: Mapping, gathered: Gathered) -> None:
    """Add the rows and keys of an included file."""
    for name, entry in tree.entries.items():
        first = into.entries.get(name)
        if name == "include":
            continue
        if name == "apiVersion":
            _same_version(entry.node, gathered)
        elif first is None:
            into.entries[name] = entry
        elif name not in SPREAD:
            gathered.found.append(_twice(name, entry.position, first.position, entry.node.path))
        elif isinstance(first.node, Mapping) and isinstance(entry.node, Mapping):
            merged = replace(first.node, entries=dict(first.node.entries))
            into.entries[name] = replace(first, node=merged)
            for row, value in entry.node.entries.items():
                there = merged.entries.get(row)
                if there is None:
                    merged.entries[row] = value
                else:
                    gathered.found.append(_twice(row, value.position, there.position, value.node.path))
        elif isinstance(first.node, Mapping):
            fix = "write the rows with their names as keys"
            _say(gathered, "wrong-type", entry.node, f"this is {called(entry.node)}", fix)


def _twice(name: str, second: Position, first: Position, path: tuple[str | int, ...]) -> Finding:
    return finding("row-twice", second, f"{shown(name)} stands in {first} already", "keep one of them", path)


def _same_version(node: Node, gathered: Gathered) -> None:
    if isinstance(node, Scalar) and node.value == API_VERSION:
        return
    written = shown(node.text) if isinstance(node, Scalar) else f"this is {called(node)}, which"
    _say(gathered, "api-version-unknown", node, f"{written} {UNKNOWN_VERSION}", f"write {API_VERSION}")
