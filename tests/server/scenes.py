"""Estates as the status page may meet them, each as a served application."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from estate.load import load
from singlepane.server.app import create
from singlepane.server.service import Service
from tests.server.estates import HOP_NAMES, NOW, alert, deployment, estate, parsed, verification, write
from tests.server.query import CLUSTERS, Query, all_up, view_of

HOSTILE = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
LONG = "a-very-long-cluster-name-in-production-x"


@dataclass(frozen=True, slots=True)
class Scene:
    """What to serve. `silent` is a cluster whose heartbeats stopped, sidecar gave up and data path broke."""

    clusters: tuple[str, ...] = ("hub-weu", "prod-weu", "prod-neu")
    silent: str = ""
    limping: str = ""
    written: bool = True
    verified: bool = True
    supervised: bool = True
    strays: tuple[str, ...] = ()
    alerts: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)
    truncated: int = 0


def _trouble(silent: str, limping: str) -> tuple[Mapping[str, Any], ...]:
    return (
        alert(
            "ThanosSidecarUploadStalled",
            silent,
            "critical",
            fingerprint="00000000000000a1",
            summary=f"No block of {silent} has reached the object store for 3 h.",
        ),
        alert(
            "ExporterStale",
            limping,
            "warning",
            fingerprint="00000000000000a2",
            summary="shop-orders has not fetched for 10 min.",
        ),
        alert("TargetDown", limping, "warning", "resolved", "00000000000000a3", summary="A target was down."),
    )


def _night(silent: str, burning: str) -> tuple[Mapping[str, Any], ...]:
    """A silent cluster whose alert was told as ended, critical alerts of three names, and 40 equal ones."""
    links = {
        "runbook_url": "http://127.0.0.1:21003/runbooks/TargetDown",
        "dashboard_url": f"http://127.0.0.1:21003/?cluster={burning}",
    }
    gone = alert(
        "ClusterSilent",
        silent,
        "critical",
        "resolved",
        "00000000000000c1",
        summary=f"Cluster {silent} (workload, northeurope) is silent.",
        **links,
    )
    rows = [gone]
    for number, name in enumerate(("ThanosSidecarUploadStalled", "ApiServerErrors", "VolumeFull")):
        rows.append(
            alert(
                name,
                burning,
                "critical",
                fingerprint=f"{0xD0 + number:016x}",
                summary=f"{name} in {burning}: users are hurt now.",
                **links,
            )
        )
    for number in range(40):
        row = alert(
            "TargetDown",
            burning,
            "warning",
            fingerprint=f"{0xE00 + number:016x}",
            summary="A component cannot be scraped.",
            **links,
        )
        row["labels"] |= {
            "namespace": "shop",
            "component": "orders",
            "instance": f"10.240.{number}.17:9102",
            "pod": f"orders-7d9f8b6c5d-{number:05}",
        }
        rows.append(row)
    return tuple(rows)


HOSTILE_ALERT = {
    **alert(HOSTILE, "prod-weu", "critical", fingerprint="00000000000000b1", summary=HOSTILE),
    "labels": {"alertname": HOSTILE, "cluster": HOSTILE, "severity": HOSTILE},
    "annotations": {"summary": HOSTILE, "runbook_url": "javascript:alert(1)"},
    "generatorURL": "javascript:document.title='owned'",
}

SCENES: Mapping[str, Scene] = {
    "well": Scene(),
    "broken": Scene(
        silent="prod-neu",
        limping="prod-weu",
        strays=("old-weu",),
        alerts=_trouble("prod-neu", "prod-weu"),
    ),
    "empty": Scene(written=False, verified=False),
    "fresh": Scene(verified=False),
    "left": Scene(supervised=False),
    "long": Scene(
        clusters=("hub-weu", LONG, "prod-neu"),
        silent=LONG,
        limping="prod-neu",
        alerts=_trouble(LONG, "prod-neu"),
    ),
    "many": Scene(
        clusters=("hub-weu", *(f"prod-{number:03d}" for number in range(499))),
        silent="prod-017",
        limping="prod-300",
        alerts=_trouble("prod-017", "prod-300"),
    ),
    "night": Scene(silent="prod-neu", alerts=_night("prod-neu", "prod-weu"), truncated=4_500),
    "hub": Scene(),
    "hostile": Scene(alerts=(HOSTILE_ALERT,), strays=(HOSTILE,)),
}


def hub(folder: Path) -> FastAPI:
    """The server in the hub of an estate in clusters: one of them out of sight, one component away."""
    shown = load(CLUSTERS).estate
    view = view_of(shown, lambda: NOW)
    told = {place: counts for place, counts in all_up(shown).items() if place[0] != "prod-neu"}
    told["prod-weu", "node-exporter-prod-weu"] = (2, 3)
    del told["hub-weu", "store"]

    async def look() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(Query(told))) as client:
            await view.look(client)

    asyncio.run(look())
    service = Service(shown, folder, folder, clock=lambda: NOW, view=view)
    service.started = NOW - 7_200
    service.journal.beat(list(shown.clusters), NOW - 8)
    return create(service, "0.1.0")


def application(name: str, folder: Path) -> FastAPI:
    """The application of a scene; its clock stands still, its files are 200 s old."""
    if name == "hub":
        return hub(folder)
    scene = SCENES[name]
    shown = estate(scene.clusters)
    changed: dict[str, dict[str, Any]] = {}
    if scene.silent:
        changed[f"sidecar-{scene.silent}-0"] = {
            "state": "failed",
            "restarts": 7,
            "last_error": 'level=error err="upload block: 403 AuthorizationFailure"\ngave up',
        }
    if scene.limping:
        changed[f"shop-orders-{scene.limping}"] = {
            "state": "backoff",
            "restarts": 3,
            "last_error": "connection refused",
        }
    more: dict[str, Any] = {} if scene.supervised else {"target": "local", "supervisor_pid": 2**22 - 1}
    broken = {scene.silent: HOP_NAMES[4]} if scene.silent else {}
    write(
        folder,
        deployment(shown, folder, changed, **more) if scene.written else None,
        verification(shown, broken) if scene.verified else None,
    )
    for path in folder.glob("*.json"):
        os.utime(path, (NOW - 200, NOW - 200))
    service = Service(shown, folder, folder / "data", 60.0, lambda: NOW)
    service.started = NOW - 7_200
    if scene.alerts:
        group = {"alertname": "TargetDown", "cluster": "prod-weu"}
        document = parsed(scene.alerts, truncatedAlerts=scene.truncated, groupLabels=group)
        service.journal.notify(document, NOW - 30)
    if scene.written:
        service.journal.beat([name for name in scene.clusters if name != scene.silent], NOW - 8)
        service.journal.beat([name for name in scene.clusters if name == scene.silent], NOW - 391)
    service.journal.beat(scene.strays, NOW - 3)
    return create(service, "0.1.0")
