"""Estates and what runs of them, made up for the server's tests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.verify.results import HopResult, Verification
from estate.model import Estate
from estate.running import Deployment, Running, State
from singlepane.server.webhook import Notification

# 2026-11-23 12:00:00 UTC: a moment that no clock of a test machine is asked for.
NOW = 1_795_435_200.0
# Ten hops, as a verification may name them; the page takes what it is given.
HOP_NAMES = (
    "exporter-answers",
    "scraped",
    "external-labels",
    "visible-through-sidecar",
    "block-in-bucket",
    "served-by-store",
    "deduplicated",
    "rule-evaluated",
    "alert-at-receiver",
    "heartbeat",
)
DATA = Path(__file__).parents[1] / "data" / "server"


def estate(clusters: Iterable[str] = ("hub-weu", "prod-weu", "prod-neu"), every: str = "1m") -> Estate:
    """An estate of these clusters; the first is the hub."""
    names = tuple(clusters)
    return Estate.model_validate(
        {
            "apiVersion": "singlepane/v1",
            "name": "shop",
            "tenants": {"main": {"id": "00000000-0000-0000-0000-000000000001"}},
            "subscriptions": {
                "main": {"id": "00000000-0000-0000-0000-000000000002", "tenant": "main"},
            },
            "hub": names[0],
            "clusters": {
                name: {
                    "subscription": "main",
                    "region": "northeurope" if name.endswith("neu") else "westeurope",
                    "version": "1.36",
                }
                for name in names
            },
            "metrics": {"store": {"account": "shopmetrics", "container": "thanos"}},
            "alerts": {
                "receivers": {"oncall": {"kind": "singlepane"}},
                "default": "oncall",
                "heartbeat": {"receiver": "oncall", "every": every},
            },
        }
    )


def deployment(
    shown: Estate, state_folder: Path, changed: Mapping[str, Mapping[str, Any]] | None = None, **more: Any
) -> Deployment:
    """What runs of the estate; `changed` gives a component by name other values."""
    rows = [
        _running(number, *row, **(changed or {}).get(row[0], {}))
        for number, row in enumerate(_components(shown))
    ]
    values: dict[str, Any] = {
        "estate": shown.name,
        "estate_file": "estate.yaml",
        "target": "kubernetes",
        "state_folder": str(state_folder),
        "started": NOW - 7_200,
        "supervisor_pid": 4711,
        "supervisor_started": NOW - 7_200,
        "components": tuple(rows),
    }
    return Deployment(**{**values, **more})


def _components(shown: Estate) -> list[tuple[str, str, str]]:
    rows = [
        (name, name, shown.hub)
        for name in (
            "azurite",
            "azure-simulator",
            "shop",
            "store",
            "query",
            "query-frontend",
            "compact",
            "rule",
        )
    ]
    for cluster in shown.clusters:
        rows += [
            (f"node-exporter-{cluster}", "node-exporter", cluster),
            (f"prometheus-{cluster}-0", "prometheus", cluster),
            (f"sidecar-{cluster}-0", "sidecar", cluster),
        ]
        if cluster != shown.hub:
            rows += [
                (f"azure-platform-{cluster}", "exporter", cluster),
                (f"shop-orders-{cluster}", "exporter", cluster),
            ]
    return [*rows, ("alertmanager", "alertmanager", shown.hub), ("server", "server", shown.hub)]


def _running(number: int, name: str, kind: str, cluster: str, **more: Any) -> Running:
    state: State = "ready"
    values: dict[str, Any] = {
        "name": name,
        "kind": kind,
        "cluster": cluster,
        "state": state,
        "addresses": {"http": f"127.0.0.1:{21_000 + number}"},
        "pid": 5_000 + number,
        "since": NOW - 7_190 + number,
    }
    return Running(**{**values, **more})


def verification(
    shown: Estate, broken: Mapping[str, str] | None = None, replicas: int = 1, **more: Any
) -> Verification:
    """A verification 12 s ago; `broken` maps a cluster to the hop that does not hold there."""
    results = []
    for cluster in shown.clusters:
        for replica in range(replicas):
            cut = (broken or {}).get(cluster, "")
            reached = True
            for hop in HOP_NAMES:
                ok = reached and hop != cut
                results.append(
                    HopResult(
                        hop=hop,
                        cluster=cluster,
                        replica=replica,
                        ok=ok,
                        detail="" if ok else "broken" if reached else "not reached",
                        cause="" if ok or not reached else f"nothing of {cluster} came within 20 s",
                        remedy="" if ok or not reached else f"See `singlepane logs sidecar-{cluster}-0`.",
                        seconds=0.2,
                        reached=reached,
                        proven=reached and not ok,
                    )
                )
                reached = reached and ok
    values: dict[str, Any] = {
        "estate": shown.name,
        "started": NOW - 15,
        "seconds": 3.0,
        "timeout": 20.0,
        "hops": HOP_NAMES,
        "results": tuple(results),
    }
    return Verification(**{**values, **more})


def alert(
    name: str,
    cluster: str,
    severity: str = "critical",
    status: str = "firing",
    fingerprint: str = "00000000000000aa",
    **annotations: str,
) -> dict[str, Any]:
    """One alert as Alertmanager writes it."""
    return {
        "status": status,
        "labels": {"alertname": name, "cluster": cluster, "severity": severity},
        "annotations": annotations,
        "startsAt": "2026-11-23T11:45:00Z",
        "endsAt": "2026-11-23T11:58:00Z" if status == "resolved" else "0001-01-01T00:00:00Z",
        "generatorURL": "http://127.0.0.1:21005/graph?g0.expr=up",
        "fingerprint": fingerprint,
    }


def notification(alerts: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    """A webhook document around these alerts."""
    return {
        "version": "4",
        "receiver": "oncall",
        "status": "firing",
        "alerts": list(alerts),
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://127.0.0.1:21009",
        "groupKey": "{}:{}",
        "truncatedAlerts": 0,
        **more,
    }


def parsed(alerts: Sequence[Mapping[str, Any]], **more: Any) -> Notification:
    """The same as a value."""
    return Notification.model_validate(notification(alerts, **more))


def write(folder: Path, running: Deployment | None, proof: Verification | None) -> None:
    """The state folder as the supervisor and `verify` leave it."""
    for name, value in (("status.json", running), ("verification.json", proof)):
        if value is not None:
            (folder / name).write_text(json.dumps(value.document()), encoding="utf-8")
