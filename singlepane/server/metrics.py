"""The server's own metrics, out of the same facts as the page. They never call out: files and memory only."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from singlepane.server.facts import Facts
from singlepane.server.health import LEVELS, clusters
from singlepane.server.service import Service

REFUSALS = ("host", "site", "type", "size", "slow", "shape", "store", "busy")
SHED = ("idle", "head", "body", "reading", "leaving", "room", "full", "descriptors", "malformed")
STATES = ("waiting", "starting", "ready", "backoff", "failed", "stopped", "unknown")


def registry(service: Service, version: str) -> CollectorRegistry:
    """A registry of its own, with the process beside what the service knows."""
    own = CollectorRegistry()
    ProcessCollector(registry=own)
    PlatformCollector(registry=own)
    GCCollector(registry=own)
    own.register(_ServiceCollector(service, version))
    return own


class _ServiceCollector(Collector):
    def __init__(self, service: Service, version: str) -> None:
        self._service = service
        self._version = version

    def describe(self) -> Iterable[Metric]:
        """Nothing in advance: registering must not read files."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """All families, computed now."""
        facts = self._service.facts()
        info = InfoMetricFamily("singlepane", "The server's version and the estate it serves.")
        info.add_metric((), {"version": self._version, "estate": facts.estate.name})
        yield info
        yield from _heartbeats(facts)
        yield from _status(facts)
        yield from _verification(facts)
        firing = GaugeMetricFamily("singlepane_alerts_firing", "Alerts that fire.", labels=("severity",))
        severities = [known.alert.labels.get("severity", "") for known in facts.firing()]
        for severity in sorted({"critical", "warning", "info", *severities}):
            firing.add_metric((severity,), severities.count(severity))
        yield firing
        yield GaugeMetricFamily(
            "singlepane_alerts_truncated",
            "Alerts that the last notification of their group left out.",
            value=sum(group.truncated for group in facts.left_out()),
        )
        counters = (
            ("singlepane_notifications_received", "Notifications kept.", "status", self._service.received),
            ("singlepane_requests_refused", "Requests refused.", "reason", self._service.refused),
            (
                "singlepane_connections_shed",
                "Connections ended or refused to keep the server answering.",
                "reason",
                self._service.crowd.shed,
            ),
            (
                "singlepane_verifications",
                "Verifications run by the server.",
                "result",
                self._service.verifications,
            ),
        )
        known = {
            "singlepane_notifications_received": ("firing", "resolved"),
            "singlepane_requests_refused": REFUSALS,
            "singlepane_connections_shed": SHED,
            "singlepane_verifications": ("ok", "broken", "error"),
        }
        yield GaugeMetricFamily(
            "singlepane_connections_open", "HTTP connections to this server.", value=len(self._service.crowd)
        )
        for name, text, label, counter in counters:
            family = CounterMetricFamily(name, text, labels=(label,))
            for value in known[name]:
                family.add_metric((value,), counter[value])
            yield family


def _heartbeats(facts: Facts) -> Iterable[Metric]:
    last = GaugeMetricFamily(
        "singlepane_heartbeat_last_timestamp_seconds",
        "When the last heartbeat of a cluster came; 0 when none ever did.",
        labels=("expected_cluster",),
    )
    total = CounterMetricFamily(
        "singlepane_heartbeats_received", "Heartbeats of a cluster.", labels=("expected_cluster",)
    )
    for cluster in facts.estate.clusters:
        beat = facts.heartbeats.get(cluster)
        last.add_metric((cluster,), beat.last if beat else 0.0)
        total.add_metric((cluster,), beat.count if beat else 0)
    yield last
    yield total
    yield GaugeMetricFamily(
        "singlepane_heartbeat_clusters_unexpected",
        "Clusters that send heartbeats and are not in the estate.",
        value=len(facts.unexpected()),
    )
    levels = GaugeMetricFamily("singlepane_clusters", "Clusters by how they are.", labels=("level",))
    found = [row.level for row in clusters(facts)]
    for level in LEVELS:
        levels.add_metric((level,), found.count(level))
    yield levels


def _status(facts: Facts) -> Iterable[Metric]:
    states = GaugeMetricFamily("singlepane_components", "Components by state.", labels=("state",))
    rows = facts.status.value.components if facts.status.value else ()
    for state in STATES:
        states.add_metric((state,), sum(row.state == state for row in rows))
    yield states
    yield GaugeMetricFamily(
        "singlepane_supervisor_up",
        "1 when the supervisor that wrote the status runs; in clusters, when the global view answers.",
        value=facts.alive,
    )
    yield GaugeMetricFamily(
        "singlepane_status_changed_timestamp_seconds",
        "When the status last changed, or was last told by the global view; 0 when there is none.",
        value=facts.status.changed,
    )


def _verification(facts: Facts) -> Iterable[Metric]:
    proof = facts.verification.value
    yield GaugeMetricFamily(
        "singlepane_verification_ok",
        "1 when every hop held in the last verification, 0 when one did not or none ran.",
        value=bool(proof and proof.ok),
    )
    yield GaugeMetricFamily(
        "singlepane_verification_timestamp_seconds",
        "When the last verification ended; 0 when none ran.",
        value=proof.started + proof.seconds if proof else 0.0,
    )
    hops = GaugeMetricFamily(
        "singlepane_verification_hops", "Hops of the last verification.", labels=("result",)
    )
    results = proof.results if proof else ()
    hops.add_metric(("held",), sum(row.ok for row in results))
    hops.add_metric(("broken",), sum(row.reached and not row.ok for row in results))
    hops.add_metric(("not_reached",), sum(not row.reached for row in results))
    yield hops
