"""The lines of a TOML file's keys, which Python's reader does not tell. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from estate.tree import Path
from exporters.imports.placeholders import blanked

_TABLE = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")


def lines(toml: str) -> Mapping[Path, int]:
    """The line of each table and of each key that begins a line, counted from 1; tables of a list by their
    number in it.
    """
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    here: Path = ()
    for number, line in enumerate(blanked(toml).split("\n"), start=1):
        if table := _TABLE.match(line):
            here = _placed(table[2].split("."), counts, listed=table[1] == "[[")
            found.setdefault(here, number)
        elif key := _KEY.match(line):
            found.setdefault((*here, key[1]), number)
    return found


def _placed(parts: list[str], counts: dict[Path, int], listed: bool) -> Path:
    """The path of a table, through the last one of each list on the way."""
    path: Path = ()
    for depth, part in enumerate(parts, start=1):
        path = (*path, part.strip())
        if depth == len(parts) and listed:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def line(found: Mapping[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest thing that holds it; 1 for the file."""
    while path:
        if path in found:
            return found[path]
        path = path[:-1]
    return 1
