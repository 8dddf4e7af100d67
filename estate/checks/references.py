"""Names that must be defined elsewhere in the estate."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from estate.model import AzureExporter, Estate, OneMaintenance, WeeklyMaintenance
from estate.problems import Problem
from estate.suggest import offer
from estate.tree import Path

# Comparing each of very many wrong names with very many right ones would take minutes.
MOST_COMPARED = 100
# Where they are defined, if not under the kind's plural.
WHERE = {"receiver": "alerts.receivers", "hours": "alerts.hours"}


def references(estate: Estate) -> Iterator[Problem]:
    """Every tenant, subscription, cluster and receiver that a row names must be there."""
    defined: dict[str, Collection[str]] = {
        "tenant": estate.tenants,
        "subscription": estate.subscriptions,
        "cluster": estate.clusters,
        "receiver": estate.alerts.receivers,
        "hours": estate.alerts.hours,
    }
    compared = 0
    for kind, name, path in _named(estate):
        # With none defined at all, that is what is said.
        if name is None or name in defined[kind] or (not defined[kind] and kind != "hours"):
            continue
        compared += 1
        where = WHERE.get(kind, f"{kind}s")
        fix = offer(name, defined[kind]) if compared <= MOST_COMPARED else ""
        what = "are no hours" if kind == "hours" else f"is no {kind}"
        yield Problem(f"unknown-{kind}", path, f"there {what} {name!r} under {where}", fix)


def _named(estate: Estate) -> Iterator[tuple[str, str | None, Path]]:
    """What is named: its kind, its name, and the path where it is named."""
    yield "cluster", estate.hub, ("hub",)
    for name, subscription in estate.subscriptions.items():
        yield "tenant", subscription.tenant, ("subscriptions", name, "tenant")
    for name, cluster in estate.clusters.items():
        yield "subscription", cluster.subscription, ("clusters", name, "subscription")
    for name, exporter in estate.exporters.items():
        for index, named in enumerate(exporter.clusters):
            yield "cluster", named, ("exporters", name, "clusters", index)
        if isinstance(exporter, AzureExporter) and isinstance(exporter.scope, list):
            for index, named in enumerate(exporter.scope):
                yield "subscription", named, ("exporters", name, "scope", index)
    if estate.grafana is not None and estate.grafana.entra is not None:
        yield "tenant", estate.grafana.entra.tenant, ("grafana", "entra", "tenant")
    for index, wave in enumerate(estate.rollout.waves):
        for place, named in enumerate(wave.clusters):
            yield "cluster", named, ("rollout", "waves", index, "clusters", place)
    for name, slo in estate.slos.items():
        for index, named in enumerate(slo.clusters):
            yield "cluster", named, ("slos", name, "clusters", index)
    yield from _of_alerts(estate)


def _of_alerts(estate: Estate) -> Iterator[tuple[str, str | None, Path]]:
    yield "receiver", estate.alerts.default, ("alerts", "default")
    yield "receiver", estate.alerts.heartbeat.receiver, ("alerts", "heartbeat", "receiver")
    for index, route in enumerate(estate.alerts.routes):
        yield "receiver", route.receiver, ("alerts", "routes", index, "receiver")
        yield "hours", route.hours, ("alerts", "routes", index, "hours")
        for place, named in enumerate(route.clusters):
            yield "cluster", named, ("alerts", "routes", index, "clusters", place)
    for name, window in estate.alerts.maintenance.items():
        if not isinstance(window, OneMaintenance | WeeklyMaintenance):
            continue  # Its kind is not known.
        for place, named in enumerate(window.clusters):
            yield "cluster", named, ("alerts", "maintenance", name, "clusters", place)
