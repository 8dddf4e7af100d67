"""What differs between two objects, key by key.

What the API server itself counts is left out. Contract: measured on Kubernetes 1.36 with all kinds that we
render; a NetworkPolicy with empty lists gets a new `generation` in every dry run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Of metadata: what changes without anybody's wish.
_COUNTED = ("managedFields", "resourceVersion", "generation", "creationTimestamp", "uid", "selfLink")
_MISSING: Any = object()


@dataclass(frozen=True, slots=True)
class Field:
    """One key that differs. `before` or `after` is None where it was or will be missing."""

    path: str
    before: Any
    after: Any


def plain(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """An object without status and without what is counted."""
    kept = {key: value for key, value in manifest.items() if key != "status"}
    metadata = kept.get("metadata", {})
    kept["metadata"] = {key: value for key, value in metadata.items() if key not in _COUNTED}
    return kept


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Field, ...]:
    """Fields that differ, in the order of the keys of `after`."""
    return tuple(_differ(plain(before), plain(after), ""))


def asked(before: Mapping[str, Any], wanted: Mapping[str, Any]) -> tuple[Field, ...]:
    """Fields of `wanted` that differ; what it does not speak of is left as it is.

    For a change that the API server refuses, and so fills no defaults into.
    """
    return tuple(each for each in differences(before, wanted) if each.after is not None)


def _differ(before: Any, after: Any, path: str) -> Iterator[Field]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*after, *(key for key in before if key not in after)]:
            yield from _differ(before.get(key, _MISSING), after.get(key, _MISSING), _below(path, str(key)))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(before, after, path)
    elif before != after or (before is _MISSING) != (after is _MISSING):
        yield Field(path, None if before is _MISSING else before, None if after is _MISSING else after)


def _below(path: str, key: str) -> str:
    shown = f"[{key}]" if "." in key or "/" in key else key
    return f"{path}.{shown}" if path and not shown.startswith("[") else f"{path}{shown}"


def _lists(before: list[Any], after: list[Any], path: str) -> Iterator[Field]:
    """Rows with names are compared by name: one that is put in front moves nothing behind it."""
    old, new = _named(before), _named(after)
    if old is None or new is None:
        for index in range(max(len(before), len(after))):
            left = before[index] if index < len(before) else _MISSING
            right = after[index] if index < len(after) else _MISSING
            yield from _differ(left, right, f"{path}[{index}]")
        return
    for name in [*new, *(name for name in old if name not in new)]:
        yield from _differ(old.get(name, _MISSING), new.get(name, _MISSING), f"{path}[{name}]")
    if list(old) != list(new) and set(old) == set(new):
        yield Field(path, list(old), list(new))


def _named(rows: list[Any]) -> dict[str, Any] | None:
    names = [_called(row) for row in rows if isinstance(row, Mapping)]
    if len(names) != len(rows) or None in names or len(set(names)) != len(names):
        return None
    return {str(name): row for name, row in zip(names, rows, strict=True)}


def _called(row: Mapping[str, Any]) -> Any:
    """Rules are named by their alert or record."""
    return row.get("name") or row.get("alert") or row.get("record")
