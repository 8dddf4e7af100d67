"""Wishes to a configuration file of ours. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import yaml

from exporters.imports.intervals import spoken
from exporters.imports.merging import merged
from exporters.imports.reading import Reading, Wish

UNKNOWN_TENANT = "00000000-0000-0000-0000-000000000000"


def document(reading: Reading, name: str, tenant: str = "") -> dict[str, Any]:
    """The configuration that `exporters.configuration.config.load` takes. What a file does not say of tenants
    is `tenant`, or a placeholder, which is noted.
    """
    wishes = merged(reading, reading.wishes)
    if any(not wish.tenant for wish in wishes):
        if not tenant:
            at = next(wish.at for wish in wishes if not wish.tenant)
            reading.left.append(
                f"{at}: the tenant is not in the file: nobody can sign in until yours stands for "
                f"{UNKNOWN_TENANT}, or --tenant is given"
            )
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
                f"{wish.at}: the tenant {wish.tenant} is said to be in the clouds {found[wish.tenant]} and "
                f"{wish.cloud}: the first is asked, and knows nothing of what is in the other"
            )
    return found


def _exporters(wishes: Sequence[Wish], name: str, subscriptions: dict[str, str]) -> dict[str, Any]:
    shapes: dict[Wish, list[str]] = {}
    for wish in wishes:
        shapes.setdefault(replace(wish, metric="", cloud=""), []).append(wish.metric)
    scopes: dict[tuple[Wish, tuple[str, ...]], list[str]] = {}
    for shape, metrics in shapes.items():
        key = (replace(shape, subscription=""), tuple(dict.fromkeys(metrics)))
        scopes.setdefault(key, []).append(subscriptions[shape.subscription])
    rows: dict[tuple[str, str, int, tuple[str, ...]], list[dict[str, Any]]] = {}
    for (shape, metrics_), scope in scopes.items():
        place = (shape.tenant, shape.identity, shape.poll, tuple(dict.fromkeys(scope)))
        rows.setdefault(place, []).append(_metric(shape, metrics_))
    return {
        name if number == 1 else f"{name}-{number}": {
            "kind": "azure",
            "scope": list(scope),
            "identity": identity,
            "interval": spoken(poll),
            "metrics": metrics,
        }
        for number, ((_, identity, poll, scope), metrics) in enumerate(rows.items(), start=1)
    }


def _metric(shape: Wish, names: tuple[str, ...]) -> dict[str, Any]:
    row: dict[str, Any] = {"type": shape.type, "names": list(names)}
    if shape.aggregations:
        row["aggregations"] = list(shape.aggregations)
    row["interval"] = shape.interval
    if shape.dimensions:
        row["dimensions"] = list(shape.dimensions)
    if select := shape.place.match():
        row["select"] = select
    if shape.without:
        row["exclude"] = [each.match() for each in shape.without]
    return row
