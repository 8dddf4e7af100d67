"""Names that must be defined elsewhere in the estate."""

from __future__ import annotations

from collections.abc import Iterator

from estate.model import AzureExporter, Estate
from estate.problems import Problem
from estate.suggest import offer
from estate.tree import Path


def references(estate: Estate) -> Iterator[Problem]:
    """Every tenant, subscription, cluster and receiver that a row names must be there."""
    subscriptions = tuple(estate.subscriptions)
    clusters = tuple(estate.clusters)
    receivers = tuple(estate.alerts.receivers)
    yield from _check("cluster", estate.hub, clusters, ("hub",))
    for name, subscription in estate.subscriptions.items():
        yield from _check(
            "tenant", subscription.tenant, tuple(estate.tenants), ("subscriptions", name, "tenant")
        )
    for name, cluster in estate.clusters.items():
        yield from _check(
            "subscription", cluster.subscription, subscriptions, ("clusters", name, "subscription")
        )
    for name, exporter in estate.exporters.items():
        for index, cluster_name in enumerate(exporter.clusters):
            yield from _check("cluster", cluster_name, clusters, ("exporters", name, "clusters", index))
        if isinstance(exporter, AzureExporter) and isinstance(exporter.scope, list):
            for index, subscription_name in enumerate(exporter.scope):
                path = ("exporters", name, "scope", index)
                yield from _check("subscription", subscription_name, subscriptions, path)
    yield from _check("receiver", estate.alerts.default, receivers, ("alerts", "default"))
    yield from _check(
        "receiver", estate.alerts.heartbeat.receiver, receivers, ("alerts", "heartbeat", "receiver")
    )


def _check(kind: str, name: str, defined: tuple[str, ...], path: Path) -> Iterator[Problem]:
    # With none defined at all, that is what is said.
    if name is not None and defined and name not in defined:
        where = "alerts.receivers" if kind == "receiver" else f"{kind}s"
        yield Problem(
            f"unknown-{kind}", path, f"there is no {kind} {name!r} under {where}", offer(name, defined)
        )
