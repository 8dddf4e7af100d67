"""What differs between two documents, key by key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MISSING: Any = object()
# What a row of a list is called, so that rows are compared by name; None where it has no name.
Naming = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One key that differs. `before` or `after` is None where it was or will be missing."""

    path: str
    before: Any
    after: Any


def differing(before: Any, after: Any, naming: Naming, path: str = "") -> Iterator[Field]:
    """Fields that differ, in the order of the keys of `after`."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*after, *(key for key in before if key not in after)]:
            left, right = before.get(key, MISSING), after.get(key, MISSING)
            yield from differing(left, right, naming, _below(path, str(key)))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(before, after, naming, path)
    elif before != after or (before is MISSING) != (after is MISSING):
        yield Field(path, None if before is MISSING else before, None if after is MISSING else after)


def _below(path: str, key: str) -> str:
    shown = f"[{key}]" if "." in key or "/" in key else key
    return f"{path}.{shown}" if path and not shown.startswith("[") else f"{path}{shown}"


def _lists(before: list[Any], after: list[Any], naming: Naming, path: str) -> Iterator[Field]:
    """Rows with names are compared by name: one that is put in front moves nothing behind it."""
    old, new = _named(before, naming), _named(after, naming)
    if old is None or new is None:
        for index in range(max(len(before), len(after))):
            left = before[index] if index < len(before) else MISSING
            right = after[index] if index < len(after) else MISSING
            yield from differing(left, right, naming, f"{path}[{index}]")
        return
    for name in [*new, *(name for name in old if name not in new)]:
        yield from differing(old.get(name, MISSING), new.get(name, MISSING), naming, f"{path}[{name}]")
    if list(old) != list(new) and set(old) == set(new):
        yield Field(path, list(old), list(new))


def _named(rows: list[Any], naming: Naming) -> dict[str, Any] | None:
    names = [naming(row) for row in rows if isinstance(row, Mapping)]
    if len(names) != len(rows) or None in names or len(set(names)) != len(names):
        return None
    return {str(name): row for name, row in zip(names, rows, strict=True)}
