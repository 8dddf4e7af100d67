"""Wishes to a configuration file of ours. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import yaml

from exporters.imports.reading import AGGREGATIONS, Reading, Wish

UNKNOWN_TENANT = "00000000-0000-0000-0000-000000000000"


def document(reading: Reading, name: str, tenant: str = "") -> dict[str, Any]:
    """The configuration that `exporters.configuration.config.load` takes. What a file does not say of tenants
    is `tenant`, or a placeholder, which is noted.
    """
    wishes = _merged(reading, _spelt(reading.wishes))
    if any(not wish.tenant for wish in wishes):
        if not tenant:
            reading.left.append(f"the file names no tenant: put yours for {UNKNOWN_TENANT}, or give --tenant")
        wishes = [replace(wish, tenant=wish.tenant or tenant.lower() or UNKNOWN_TENANT) for wish in wishes]
    tenants = {id: f"tenant-{n}" for n, id in enumerate(dict.fromkeys(w.tenant for w in wishes), start=1)}
    if len(tenants) == 1:
        tenants = dict.fromkeys(tenants, "main")
    clouds = _clouds(reading, wishes)
    home = {wish.subscription: wish.tenant for wish in wishes}
    subscriptions = {id: f"subscription-{n}" for n, id in enumerate(home, start=1)}
    return {
        "apiVersion": "singlepane/v1",
        "name": name,
        "tenants": {
            label: {"id": id, **({} if clouds[id] == "public" else {"cloud": clouds[id]})}
            for id, label in tenants.items()
        },
        "subscriptions": {
            label: {"id": id, "tenant": tenants[home[id]]} for id, label in subscriptions.items()
        },
        **({"azure": reading.azure} if reading.azure else {}),
        "exporters": _exporters(wishes, name, subscriptions),
    }


def written(document: dict[str, Any], source: str) -> str:
    """The file as text."""
    return f"# Made out of a configuration of {source}.\n" + yaml.safe_dump(
        document, sort_keys=False, width=110, allow_unicode=True
    )


def _clouds(reading: Reading, wishes: Iterable[Wish]) -> dict[str, str]:
    """The cloud of each tenant: it lives in one."""
    found: dict[str, str] = {}
    for wish in wishes:
        if found.setdefault(wish.tenant, wish.cloud) != wish.cloud:
            reading.left.append(
                f"the tenant {wish.tenant} is said to be in the clouds {found[wish.tenant]} and "
                f"{wish.cloud}: the first is carried"
            )
    return found


def _spelt(wishes: Iterable[Wish]) -> list[Wish]:
    """Azure compares types and metrics without case: each in the spelling that came first."""
    types: dict[str, str] = {}
    metrics: dict[str, str] = {}
    return [
        replace(
            wish,
            type=types.setdefault(wish.type.lower(), wish.type),
            metric=metrics.setdefault(wish.metric.lower(), wish.metric),
        )
        for wish in wishes
    ]


def _merged(reading: Reading, wishes: Iterable[Wish]) -> list[Wish]:
    """One wish for a metric of the same resources: aggregations, then names of resources, put together."""
    first: dict[tuple[str, str, str], Wish] = {}
    by_place: dict[Wish, set[str]] = {}
    for wish in wishes:
        if not wish.names and not wish.groups and not wish.regions:
            kept = first.setdefault((wish.subscription, wish.type, wish.metric), wish)
            same = (kept.interval, kept.dimensions, kept.poll, kept.identity, bool(kept.aggregations))
            if same != (wish.interval, wish.dimensions, wish.poll, wish.identity, bool(wish.aggregations)):
                reading.left.append(
                    f"{wish.type} {wish.metric}: asked for twice in different ways; the first is carried"
                )
                continue
        by_place.setdefault(replace(wish, aggregations=()), set()).update(wish.aggregations)
    by_names: dict[Wish, list[str]] = {}
    for wish, found in by_place.items():
        full = replace(wish, aggregations=tuple(each for each in AGGREGATIONS if each in found))
        # Only names are put together where all else is equal: groups and names are both asked for at once.
        key = replace(full, names=("",)) if full.names else full
        by_names.setdefault(key, []).extend(full.names)
    return [
        replace(key, names=tuple(dict.fromkeys(names))) if key.names else key
        for key, names in by_names.items()
    ]


def _exporters(wishes: Sequence[Wish], name: str, subscriptions: dict[str, str]) -> dict[str, Any]:
    shapes: dict[Wish, list[str]] = {}
    for wish in wishes:
        shapes.setdefault(replace(wish, metric="", cloud=""), []).append(wish.metric)
    scopes: dict[tuple[Wish, tuple[str, ...]], list[str]] = {}
    for shape, metrics in shapes.items():
        key = (replace(shape, subscription=""), tuple(dict.fromkeys(metrics)))
        scopes.setdefault(key, []).append(subscriptions[shape.subscription])
    rows: dict[tuple[str, str, str, tuple[str, ...]], list[dict[str, Any]]] = {}
    for (shape, metrics_), scope in scopes.items():
        place = (shape.tenant, shape.identity, shape.poll, tuple(dict.fromkeys(scope)))
        rows.setdefault(place, []).append(_metric(shape, metrics_))
    return {
        name if number == 1 else f"{name}-{number}": {
            "kind": "azure",
            "scope": list(scope),
            "identity": identity,
            "interval": poll,
            "metrics": metrics,
        }
        for number, ((_, identity, poll, scope), metrics) in enumerate(rows.items(), start=1)
    }


def _metric(shape: Wish, names: tuple[str, ...]) -> dict[str, Any]:
    select = {
        key: list(values)
        for key, values in (
            ("resource_groups", shape.groups),
            ("regions", shape.regions),
            ("names", shape.names),
        )
        if values
    }
    row: dict[str, Any] = {"type": shape.type, "names": list(names)}
    if shape.aggregations:
        row["aggregations"] = list(shape.aggregations)
    row["interval"] = shape.interval
    if shape.dimensions:
        row["dimensions"] = list(shape.dimensions)
    if select:
        row["select"] = select
    return row
