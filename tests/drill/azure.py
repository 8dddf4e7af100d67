"""The Azure simulator's side door, and what its exporters say of themselves."""

from __future__ import annotations

from typing import Any

import httpx

from tests.verify.running import RunningEstate


def simulator(estate: RunningEstate, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """A call under /sim. Raises httpx.HTTPError when it is refused."""
    url = f"https://{estate.address('azure-simulator', 'https')}{path}"
    # Loopback, and a CA that the simulator made for itself.
    reply = httpx.request(method, url, json=body, verify=False, timeout=10)  # noqa: S501
    reply.raise_for_status()
    document: dict[str, Any] = reply.json()
    return document


def refused_calls(estate: RunningEstate) -> int:
    """Calls that the simulator answered with 401 so far."""
    calls = simulator(estate, "GET", "/sim/calls")["calls"]
    return sum(call["count"] for call in calls if call["status"] == 401)


def last_reads(estate: RunningEstate) -> dict[str, float]:
    """For each cluster, when its Azure exporter last read something (Unix seconds)."""
    rows = estate.query("max by (cluster) (azure_metrics_last_success_timestamp_seconds)")
    return {row["metric"]["cluster"]: float(row["value"][1]) for row in rows}


def read_on(estate: RunningEstate, since: dict[str, float]) -> bool:
    """Whether every Azure exporter has read something after `since`, a result of `last_reads`."""
    reads = last_reads(estate)
    return set(reads) == set(since) and all(reads[cluster] > since[cluster] for cluster in since)
