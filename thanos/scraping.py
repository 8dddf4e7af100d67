"""What a Prometheus scrapes: every component of its cluster that has metrics, one job for each kind.

Contract: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from estate.components import Component, text


def scrape_configs(components: Iterable[Component]) -> list[dict[str, Any]]:
    """One job for each kind, in the order of the components; a target bears its name as label `component`."""
    jobs: dict[str, dict[str, Any]] = {}
    for component in components:
        if component.metrics is None:
            continue
        job = jobs.setdefault(component.kind, {"job_name": component.kind, "static_configs": []})
        port, path = component.metrics
        labels = {"component": component.name}
        # The two labels through which one target differs from its job's path and scheme.
        if path != "/metrics":
            labels["__metrics_path__"] = path
        if component.ready is not None and component.ready.tls and component.ready.port == port:
            labels["__scheme__"] = "https"
            # As for the probe: on loopback or inside a pod there is no authority that could vouch for the
            # name.
            job["tls_config"] = {"insecure_skip_verify": True}
        if component.stamped:
            # Else a series that ended would be seen until its last sample is five minutes old. Samples
            # without a time of their own are not concerned.
            job["track_timestamps_staleness"] = True
        job["static_configs"].append({"targets": [text(component.address(port))], "labels": labels})
    return list(jobs.values())
