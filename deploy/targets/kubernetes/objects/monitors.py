"""What Prometheus scrapes in a cluster, as objects of prometheus-operator.

Every job is named after the kind, and every target bears the name of its component, as on one machine: rules
and dashboards are the same for both.

Contract: https://prometheus-operator.dev/docs/api-reference/api/ (ServiceMonitor, PodMonitor)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy.targets.kubernetes.objects import names
from deploy.targets.kubernetes.objects.workload import Workload


def monitor(workload: Workload, selected: Mapping[str, str]) -> dict[str, Any]:
    """The ServiceMonitor of a workload that has metrics; `selected` are labels that Prometheus asks for."""
    own = workload.component
    if own.metrics is None:
        raise ValueError(f"{own.name} has no metrics")
    port, path = own.metrics
    fixed = (replaced("job", own.kind), replaced("component", own.name))
    endpoint: dict[str, Any] = {"port": port, "path": path, "relabelings": [*fixed, *workload.relabelings]}
    if own.stamped:
        # Else a series that ended would be seen until its last sample is five minutes old.
        endpoint["trackTimestampsStaleness"] = True
    if workload.honor_labels:
        endpoint["honorLabels"] = True
    spec = {"selector": {"matchLabels": names.selector(own)}, "endpoints": [endpoint]}
    return {
        "kind": "ServiceMonitor",
        "name": own.name,
        "labels": {**names.labels(own), **selected},
        "spec": spec,
    }


def replaced(label: str, value: str) -> dict[str, str]:
    """A target's label with a fixed value."""
    return {"action": "replace", "targetLabel": label, "replacement": value}


def matched(source: str, pattern: str, label: str, value: str) -> dict[str, Any]:
    """A target's label out of another one; `pattern` is anchored, as all of Prometheus'."""
    return {
        "action": "replace",
        "sourceLabels": [source],
        "regex": pattern,
        "targetLabel": label,
        "replacement": value,
    }
