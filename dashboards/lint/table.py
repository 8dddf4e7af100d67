"""The columns of numbers that a table shows, as far as they can be told from the document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dashboards.reading.values import Panel

# Transformations after which the names of columns are known. Compared one by one: what a document holds in
# the place of a name need not be a text.
_FOLLOWED = ("merge", "organize", "joinByField", "seriesToColumns", "sortBy", "filterByValue", "limit")


def columns(panel: Panel) -> tuple[str, ...] | None:
    """Names under which the results of queries are shown; None where transformations make others."""
    kinds = [each.get("id") if isinstance(each, dict) else None for each in panel.transformations]
    if not all(kind in _FOLLOWED for kind in kinds):
        return None
    letters = [target.ref_id for target in panel.targets if not target.hidden]
    names = ["Value"] if len(letters) == 1 else [f"Value #{letter}" for letter in letters]
    for each in panel.transformations:
        options = each.get("options")
        if each.get("id") != "organize" or not isinstance(options, dict):
            continue
        renamed, left_out = _mapping(options, "renameByName"), _mapping(options, "excludeByName")
        names = [str(renamed.get(name) or name) for name in names if left_out.get(name) is not True]
    return tuple(names)


def _mapping(options: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = options.get(key)
    return found if isinstance(found, dict) else {}


def properties(panel: Panel, column: str) -> dict[str, Any]:
    """What overrides say of a column, by the property's id."""
    return {
        row["id"]: row.get("value")
        for _, override in panel.overrides
        if _matches(override.get("matcher"), column)
        for row in _rows(override.get("properties"))
    }


def _rows(found: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(found, list):
        yield from (row for row in found if isinstance(row, dict) and isinstance(row.get("id"), str))


def _matches(matcher: Any, column: str) -> bool:
    if not isinstance(matcher, dict):
        return False
    options = matcher.get("options")
    match matcher.get("id"):
        case "byName":
            return bool(options == column)
        case "byRegexp":
            # A pattern of a stranger is not tried: one can be written that never comes to an end.
            return True
        case "byNames":
            names = options.get("names") if isinstance(options, dict) else None
            return isinstance(names, list) and column in names
        case "byFrameRefID":
            return column == f"Value #{options}"
        case "byType":
            return bool(options == "number")
        case _:
            return False
