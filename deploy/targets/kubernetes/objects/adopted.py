"""What an installed Prometheus gets to be part of the estate, and nothing of what it has already.

Its object belongs to the stack's own Helm release. We apply the fields that are missing in it, server-side
under a manager of our own: so each side changes and takes away its own fields alone. They are kept as text in
a ConfigMap of our release: so Helm's history has them too, and a rollback brings back those of then.

Contracts: https://kubernetes.io/docs/reference/using-api/server-side-apply/,
prometheus-community/helm-charts, charts/kube-prometheus-stack.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from deploy.targets.kubernetes.objects import names, prometheus
from deploy.targets.kubernetes.objects.monitors import matched, replaced
from deploy.targets.kubernetes.objects.of_workload import Object
from deploy.targets.kubernetes.objects.place import Place
from estate import identities
from estate.components import Component, File
from estate.stacks import account_of, selected_by
from thanos.prometheus import external_labels

# Holds the fields that we add to objects of others.
KEPT = "singlepane-adopted"
WEB_PORT = 9090
# Alerts of the stack that always fire: they are for its own Alertmanager. Ours bear a team.
SIGNALS = {"action": "drop", "source_labels": ["alertname", "team"], "regex": "(Watchdog|InfoInhibitor);"}


def objects(place: Place, sidecars: Sequence[Component]) -> Iterator[Object]:
    """What is ours beside the installed Prometheus, and the fields that it gets, kept in a ConfigMap."""
    labels = prometheus.labels_of(place)
    kept = {
        f"{each['kind']}.{each['metadata']['name']}": json.dumps(each, indent=2, sort_keys=True) + "\n"
        for each in _additions(place, sidecars[0])
    }
    yield {"kind": "ConfigMap", "name": KEPT, "labels": labels, "data": kept}
    yield _monitor(place, "prometheus", {"portNumber": WEB_PORT})
    yield _monitor(place, "sidecar", {"port": "http"})
    yield from prometheus.reached(place, sidecars)


def additions(given: Iterable[Mapping[str, Any]]) -> tuple[Object, ...]:
    """The partial objects that a release keeps, out of its objects in the form of the chart or complete."""
    named = (each for each in given if each["kind"] == "ConfigMap")
    kept = [each for each in named if KEPT in (each.get("name"), each.get("metadata", {}).get("name"))]
    return tuple(json.loads(each["data"][key]) for each in kept for key in sorted(each["data"]))


def alertmanagers(own: Component) -> File:
    """The list of the hub's Alertmanagers, to which not all alerts of the stack are sent."""
    return prometheus.alertmanagers(own, alert_relabel_configs=[SIGNALS])


def _additions(place: Place, beside: Component) -> Iterator[Object]:
    estate = place.estate
    labels = external_labels(estate, place.cluster, 0)
    # The operator writes the name of the pod in its place.
    replica = estate.metrics.replica_label
    del labels[replica]
    pods = dict(names.OURS)
    if beside.identity:
        pods["azure.workload.identity/use"] = "true"
    spec = {
        "externalLabels": labels,
        "replicaExternalLabelName": replica,
        # Exporters let in pods of ours alone.
        "podMetadata": {"labels": pods},
        # Beside `alerting`, which names the Alertmanagers of the stack.
        "additionalAlertManagerConfigs": {
            "name": prometheus.ALERTMANAGERS,
            "key": prometheus.ALERTMANAGERS_KEY,
        },
        "thanos": prometheus.thanos(place, beside),
        **prometheus.secured(place, beside),
    }
    metadata: Object = {"name": place.server, "namespace": place.namespace}
    yield {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "Prometheus",
        "metadata": metadata,
        "spec": spec,
    }
    if beside.identity and (client := identities.of_store(estate, place.cluster)):
        metadata = {
            "name": account_of(estate, place.cluster),
            "namespace": place.namespace,
            "annotations": {"azure.workload.identity/client-id": client},
        }
        yield {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}


def _monitor(place: Place, kind: str, port: Mapping[str, Any]) -> Object:
    """By pod: what the stack calls the port of its Prometheus is for its values to say."""
    pods = f"prometheus-{place.server}-([0-9]+)"
    endpoint = {
        **port,
        "path": "/metrics",
        "relabelings": [
            replaced("job", kind),
            matched("__meta_kubernetes_pod_name", pods, "component", f"{kind}-{place.cluster}-$1"),
        ],
    }
    spec = {
        "selector": {"matchLabels": {"operator.prometheus.io/name": place.server}},
        "podMetricsEndpoints": [endpoint],
    }
    labels = {**prometheus.labels_of(place), **selected_by(place.estate, place.cluster)}
    return {"kind": "PodMonitor", "name": kind, "labels": labels, "spec": spec}
