"""What a resource or a discovery group of Promitor is in Azure: type, name and dimensions.

Contract: https://docs.promitor.io/latest/scraping/providers/.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from estate.suggest import offer
from estate.tree import Path
from exporters.imports.filters import Clause, matcher
from exporters.imports.promitor_types import TYPES, Type
from exporters.imports.reading import Reading, identified

SHARED = ("subscriptionId", "resourceGroupName")


@dataclass(frozen=True, slots=True)
class Place:
    """Which resources: an empty name stands for all of the type."""

    type: str
    name: str = ""
    dimensions: tuple[str, ...] = ()


def resource(
    reading: Reading, kind: str, metric: str, found: Mapping[str, Any], path: Path, split: tuple[str, ...]
) -> Place:
    """One declared resource. Raises UsageError."""
    of = TYPES[kind]
    parts = [reading.text(found.get(key), (*path, key)) for key in of.fields]
    type = of.type
    read = (*SHARED, *of.fields, *of.part)
    if of.kinds:
        read = (*read, "type")
        type = _kind(reading, of, found, path)
    if type in of.retired:
        reading.leave(path, of.retired[type])
    if of.slot:
        read = (*read, "slotName")
        slot = str(found.get("slotName") or "").strip()
        if slot and slot.lower() != "production":
            type, parts = f"{type}/slots", [*parts, reading.text(slot, (*path, "slotName"))]
    narrowed = [key for key in of.part if found.get(key)]
    dimension = of.split(metric) if narrowed or of.always else ""
    if dimension:
        for key in narrowed:
            value = reading.text(found[key], (*path, key))
            picked = matcher(dimension, [Clause(dimension, "eq", value)])
            reading.leave(
                (*path, key),
                f"every value of {dimension!r} is a series, and counts on the budget: "
                f"this one is {{{picked}}} in a query",
            )
    elif narrowed:
        reading.leave((*path, narrowed[0]), f"{metric} has no such part: it is read for the whole resource")
    left = {"queueName": QUEUE, "sasToken": TOKEN} if kind == "StorageQueue" else {}
    reading.leave_rest(dict(found), path, read, left)
    return Place(type, "/".join([*parts, *of.end]), _with(split, dimension))


QUEUE = "not carried: Azure Monitor measures all queues of an account together"
TOKEN = "not carried: Azure Monitor is asked with the tenant's identity"  # noqa: S105 - a sentence


def generic(
    reading: Reading, found: Mapping[str, Any], group: str, path: Path, split: tuple[str, ...]
) -> Place:
    """A resource that is named by its URI, with a filter of its own. Raises UsageError."""
    uri = reading.text(found.get("resourceUri"), (*path, "resourceUri"))
    id = f"resourceGroups/{group}/providers/{uri.strip('/')}"
    _, _, type, name = identified(reading, id, (*path, "resourceUri"))
    reading.leave_rest(dict(found), path, (*SHARED, "resourceUri", "filter"))
    if found.get("filter"):
        filter = reading.text(found["filter"], (*path, "filter"))
        split = _with(split, *reading.split(filter, (*path, "filter")))
    return Place(type, name, split)


def groups(reading: Reading, kind: str, metric: str, path: Path, split: tuple[str, ...]) -> Iterable[Place]:
    """What a discovery group may hold: all resources of its types, for its criteria are in another file."""
    of = TYPES[kind]
    reading.leave(
        path,
        f"its criteria are in another file: all of {' and '.join(of.discovered)} are read, narrow them by "
        "select, or series and calls are more than Promitor's",
    )
    if of.slot:
        other = "function apps" if kind == "WebApp" else "web apps"
        reading.leave(path, f"{other} are of the same type, and are read, too: leave them out by exclude")
    if kind == "PostgreSql":
        reading.leave(
            path, "clusters (Hyperscale) have another type: add Microsoft.DBforPostgreSQL/serverGroupsv2"
        )
    dimension = of.split(metric) if of.always else ""
    return [Place(type, dimensions=_with(split, dimension)) for type in of.discovered]


def _kind(reading: Reading, of: Type, found: Mapping[str, Any], path: Path) -> str:
    said = found.get("type")
    if said is None:
        return of.type
    text = reading.text(said, (*path, "type"))
    for name, type in of.kinds.items():
        if name.lower() == text.lower():
            return type
    raise reading.wrong((*path, "type"), f"{text!r} is no type of server", offer(text, of.kinds, ""))


def _with(split: tuple[str, ...], *more: str) -> tuple[str, ...]:
    """Dimensions, each once whatever its case."""
    by_key: dict[str, str] = {}
    for each in (*split, *more):
        if each:
            by_key.setdefault(each.lower(), each)
    return tuple(by_key.values())
