"""Samples that were acknowledged, and whether Query still has every one of them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import httpx

# `up` of a target is written at every scrape, whether it answers or not; the counter is the shop's.
PROBES = '{__name__=~"up|shop_orders_total"}'
# (cluster, value of the replica label), then labels of a series, then time in milliseconds to value.
Replica = tuple[str, str]
Held = Mapping[Replica, Mapping[frozenset[tuple[str, str]], Mapping[int, str]]]


class Servers(Protocol):
    """A running estate, as far as samples need it."""

    def recorded(self) -> dict[str, Any]:
        """Under `components` a row of each with name, kind, cluster and replica."""
        ...

    def address(self, component: str, port: str = "http") -> str:
        """Where a component answers, as HOST:PORT."""
        ...


@dataclass(frozen=True, slots=True)
class Span:
    """A time in Unix seconds, both ends included."""

    start: float
    end: float


def replicas(estate: Servers) -> dict[Replica, str]:
    """The component of every Prometheus that runs."""
    return {
        (row["cluster"], str(row["replica"])): row["name"]
        for row in estate.recorded()["components"]
        if row["kind"] == "prometheus"
    }


def acknowledged(estate: Servers, span: Span) -> Held:
    """What each Prometheus itself holds of that time: these samples have been taken in for good."""
    return {
        replica: _samples(f"http://{estate.address(component)}", PROBES, span, {})
        for replica, component in replicas(estate).items()
    }


def visible(estate: Servers, span: Span) -> Held:
    """What Query has of that time, apart for each replica."""
    url = f"http://{estate.address('query')}"
    return {
        (cluster, label): _samples(
            url,
            f'{{__name__=~"up|shop_orders_total",cluster="{cluster}",prometheus_replica="{label}"}}',
            span,
            {"dedup": "false", "partial_response": "false"},
        )
        for cluster, label in replicas(estate)
    }


def merged_gap(estate: Servers, cluster: str, span: Span) -> float:
    """As `widest_gap`, of what people see: a cluster's replicas deduplicated."""
    held = _samples(
        f"http://{estate.address('query')}",
        f'up{{cluster="{cluster}"}}',
        span,
        {"dedup": "true", "partial_response": "false"},
    )
    return widest_gap({(cluster, ""): held}, (cluster, ""))


def _samples(
    url: str, selector: str, span: Span, params: Mapping[str, str]
) -> dict[frozenset[tuple[str, str]], dict[int, str]]:
    seconds = max(1, round(span.end - span.start))
    query = {"query": f"{selector}[{seconds}s]", "time": f"{span.end:.3f}", **params}
    reply = httpx.get(f"{url}/api/v1/query", params=query, timeout=60)
    reply.raise_for_status()
    return {
        _key(row["metric"]): {round(float(at) * 1000): value for at, value in row["values"]}
        for row in reply.json()["data"]["result"]
    }


def _key(labels: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """Labels as the Prometheus itself has them: without the external ones."""
    external = {"cluster", "environment", "prometheus_replica"}
    return frozenset((name, value) for name, value in labels.items() if name not in external)


def count(held: Held) -> int:
    """Samples in all."""
    return sum(len(samples) for series in held.values() for samples in series.values())


def missing(before: Held, after: Held) -> list[str]:
    """Samples of `before` that `after` does not have with the same value, in words."""
    out = []
    for (cluster, label), series in before.items():
        for key, samples in series.items():
            now = after.get((cluster, label), {}).get(key, {})
            lost = sorted(at for at, value in samples.items() if now.get(at) != value)
            if lost:
                name = dict(key).get("component", dict(key).get("__name__", ""))
                first, last = (
                    time.strftime("%H:%M:%S", time.gmtime(at / 1000)) for at in (lost[0], lost[-1])
                )
                out.append(f"{cluster}/{label} {name}: {len(lost)} samples from {first} to {last}")
    return out


def widest_gap(held: Held, replica: Replica) -> float:
    """Seconds of the longest time without a sample, over all targets of a replica (`up` alone)."""
    gaps = [0.0]
    for key, samples in held.get(replica, {}).items():
        if ("__name__", "up") in key:
            times = sorted(samples)
            gaps += [(later - earlier) / 1000 for earlier, later in pairwise(times)]
    return max(gaps)
