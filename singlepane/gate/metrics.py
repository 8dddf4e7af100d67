"""Metrics of the gate, and whether it is ready: over plain HTTP, for the hub's own Prometheus."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from exporters.running.own import Counts
from singlepane.gate.app import Seen

_TEXT = "text/plain; version=0.0.4; charset=utf-8"


def create(hub: str, seen: Seen, counts: Counts) -> Starlette:
    """The application for Prometheus; `counts` knows the hub's own certificate."""
    own = CollectorRegistry()
    ProcessCollector(registry=own)
    PlatformCollector(registry=own)
    GCCollector(registry=own)
    own.register(_GateCollector(hub, seen, counts))

    def metrics(_: Request) -> Response:
        return Response(generate_latest(own), headers={"content-type": _TEXT})

    def ready(_: Request) -> Response:
        return PlainTextResponse("ready\n")

    return Starlette(routes=[Route("/metrics", metrics), Route("/readyz", ready)])


class _GateCollector(Collector):
    def __init__(self, hub: str, seen: Seen, counts: Counts) -> None:
        self._hub = hub
        self._seen = seen
        self._counts = counts

    def describe(self) -> Iterable[Metric]:
        """Nothing in advance."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """All families, of now."""
        requests = CounterMetricFamily(
            "alert_gate_requests", "Requests with alerts.", labels=("sender", "code")
        )
        for (cluster, code), count in sorted(self._seen.requests.items()):
            requests.add_metric((cluster, str(code)), count)
        yield requests
        refused = CounterMetricFamily(
            "alert_gate_refused", "Connections and requests that were turned away.", labels=("reason",)
        )
        for reason, count in sorted({**self._counts.refused, **self._seen.refused}.items()):
            refused.add_metric((reason,), count)
        yield refused
        times = {each.cluster: (each.begins, each.ends) for each in self._seen.peers.values()}
        begins, ends = self._counts.certificate_begins, self._counts.certificate_ends
        if begins is not None and ends is not None:
            times[self._hub] = (begins, ends)
        for index, (name, word) in enumerate((("valid_from", "begins"), ("expiry", "ends"))):
            family = GaugeMetricFamily(
                f"alert_gate_certificate_{name}_timestamp_seconds",
                f"When the certificate of a cluster {word}: of the hub the one that is served, of another "
                "the last one that it came with.",
                labels=("sender",),
            )
            for cluster, row in sorted(times.items()):
                family.add_metric((cluster,), row[index])
            yield family
