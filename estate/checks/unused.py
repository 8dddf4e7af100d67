"""Rows that nothing names: likely a typing error elsewhere, or something that was forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from estate.model import AzureExporter, Estate, EstateExporter, JsonExporter
from estate.problems import Problem
from estate.tree import Path


def unused(estate: Estate) -> Iterator[Problem]:
    """Warn of tenants, subscriptions, receivers and hours that no row names."""
    tenants = [subscription.tenant for subscription in estate.subscriptions.values()]
    if estate.grafana is not None and estate.grafana.entra is not None:
        tenants.append(estate.grafana.entra.tenant)
    yield from _unused("tenant", estate.tenants, tenants, ("tenants",), "no subscription is in it")
    subscriptions = [cluster.subscription for cluster in estate.clusters.values()]
    for exporter in estate.exporters.values():
        if isinstance(exporter, AzureExporter) and isinstance(exporter.scope, list):
            subscriptions += exporter.scope
        elif not isinstance(exporter, AzureExporter | JsonExporter | EstateExporter):
            return  # Its kind is not known, so neither is what it names.
    why = "no cluster lives in it and no exporter reads it"
    yield from _unused("subscription", estate.subscriptions, subscriptions, ("subscriptions",), why)
    routes = estate.alerts.routes
    receivers = [estate.alerts.default, estate.alerts.heartbeat.receiver, *(row.receiver for row in routes)]
    yield from _unused(
        "receiver", estate.alerts.receivers, receivers, ("alerts", "receivers"), "nothing is sent to it"
    )
    hours = [row.hours for row in routes if row.hours is not None]
    yield from _unused("hours", estate.alerts.hours, hours, ("alerts", "hours"), "no route names them")


def _unused(
    kind: str, defined: Mapping[str, object], named: list[str], path: Path, why: str
) -> Iterator[Problem]:
    # A name that is not known, or not there, may be meant for any of them.
    used = set(named)
    if not used <= set(defined):
        return
    for name in defined:
        if name not in used:
            yield Problem(
                f"unused-{kind}",
                (*path, name),
                f"the {kind} {name!r} {'are' if kind == 'hours' else 'is'} not used: {why}",
                "remove it",
                True,
            )
