"""Prometheus with its sidecar in a cluster, as one object of prometheus-operator.

Contract: https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.Prometheus
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deploy.targets.kubernetes.objects import files, images, names, pod, vaults
from deploy.targets.kubernetes.objects.monitors import matched, replaced
from deploy.targets.kubernetes.objects.of_workload import Object, account, balancer, claim, rights
from deploy.targets.kubernetes.objects.place import EXPOSED, FILES, Place, secret_name
from estate.components import Component, File, RuleFile
from estate.stacks import selected_by
from thanos import prometheus as server
from thanos import tls
from thanos.timing import DEMONSTRATION, PRODUCTION

# Names the hub's Alertmanagers. It holds no secret: the operator reads such a list from a Secret alone.
ALERTMANAGERS = "prometheus-alertmanagers"
ALERTMANAGERS_KEY = "alertmanagers.yaml"
MOUNT = {"name": "files", "mountPath": FILES, "readOnly": True}
RIGHTS: tuple[Mapping[str, Any], ...] = (
    {
        "apiGroups": [""],
        "resources": ["nodes", "nodes/metrics", "services", "endpoints", "pods"],
        "verbs": ["get", "list", "watch"],
    },
    {
        "apiGroups": ["discovery.k8s.io"],
        "resources": ["endpointslices"],
        "verbs": ["get", "list", "watch"],
    },
    {"nonResourceURLs": ["/metrics", "/metrics/cadvisor"], "verbs": ["get"]},
)


def objects(place: Place, servers: Sequence[Component], sidecars: Sequence[Component]) -> Iterator[Object]:
    """The replicas of a cluster as one object, their account, and a port of each sidecar for the hub."""
    first, beside = servers[0], sidecars[0]
    labels = labels_of(place)
    yield {**account(place, beside), "name": "prometheus", "labels": labels}
    yield from rights(place, "prometheus", labels, RIGHTS)
    yield {"kind": "Prometheus", "name": place.cluster, "labels": labels, "spec": _spec(place, first, beside)}
    if len(servers) > 1:
        spec = {"maxUnavailable": 1, "selector": {"matchLabels": _selector(place)}}
        yield {"kind": "PodDisruptionBudget", "name": "prometheus", "labels": labels, "spec": spec}
    yield _monitor(place, labels)
    yield _sidecar_monitor(place, labels)
    yield from reached(place, sidecars)


def reached(place: Place, sidecars: Sequence[Component]) -> Iterator[Object]:
    """A port of each sidecar for the hub."""
    if place.cluster != place.estate.hub:
        number = EXPOSED["sidecar", "grpc"]
        for each in sidecars:
            picked = {"statefulset.kubernetes.io/pod-name": names.pod(each, place.server)}
            port = {"name": "grpc", "port": number + (each.replica or 0), "targetPort": "grpc"}
            yield balancer(place, each.name, labels_of(place), picked, port)


def labels_of(place: Place) -> dict[str, str]:
    """Labels of all that belongs to the Prometheus of a cluster."""
    instance = f"prometheus-{place.cluster}"
    return {"app.kubernetes.io/name": "prometheus", "app.kubernetes.io/instance": instance, **names.OURS}


def _selector(place: Place) -> dict[str, str]:
    """What the operator writes on the pods of this object itself."""
    return {"operator.prometheus.io/name": place.cluster}


def _spec(place: Place, own: Component, beside: Component) -> Object:
    estate = place.estate
    settings = estate.clusters[place.cluster].prometheus
    labels = server.external_labels(estate, place.cluster, 0)
    # The operator writes the name of the pod in its place.
    del labels[estate.metrics.replica_label]
    timing = DEMONSTRATION if estate.metrics.timing == "demonstration" else PRODUCTION
    kept = server.retention(settings, timing)
    spec: Object = {
        "image": images.reference("prometheus", estate.images),
        "version": images.tag("prometheus", estate.images),
        "replicas": settings.replicas,
        "serviceAccountName": "prometheus",
        "externalLabels": labels,
        # Query merges series that differ in this label alone. The other label would tell nothing more.
        "replicaExternalLabelName": estate.metrics.replica_label,
        "prometheusExternalLabelName": "",
        "scrapeInterval": settings.scrape_interval,
        "evaluationInterval": settings.scrape_interval,
        "retention": kept["time"],
        "retentionSize": kept["size"],
        "resources": pod.resources(own.resources),
        "storage": {"volumeClaimTemplate": {"spec": claim(place, "data", own.storage)["spec"]}},
        "podMetadata": {"labels": labels_of(place)},
        "securityContext": pod.security(own),
        # All that the cluster's people define. One selector at least must be there: without any, the operator
        # leaves the configuration empty, and external labels with it.
        "serviceMonitorSelector": {},
        "serviceMonitorNamespaceSelector": {},
        "podMonitorSelector": {},
        "podMonitorNamespaceSelector": {},
        "probeSelector": {},
        "probeNamespaceSelector": {},
        "scrapeConfigSelector": {},
        "scrapeConfigNamespaceSelector": {},
        "ruleSelector": {},
        "ruleNamespaceSelector": {},
        "thanos": thanos(place, beside),
    }
    spec |= secured(place, beside)
    if annotations := vaults.checksums(place, beside):
        spec["podMetadata"]["annotations"] = annotations
    if beside.identity:
        spec["podMetadata"]["labels"]["azure.workload.identity/use"] = "true"
    if place.cluster == estate.hub:
        # By name in the Service without an address of its own: each of them, never one behind a balancer.
        known = {"namespace": place.namespace, "name": names.ALERTMANAGER_SERVICE, "port": "web"}
        spec["alerting"] = {"alertmanagers": [{**known, "apiVersion": "v2"}]}
    else:
        spec["additionalAlertManagerConfigs"] = {"name": ALERTMANAGERS, "key": ALERTMANAGERS_KEY}
    if timing is DEMONSTRATION:
        # In production the operator leaves compaction to Prometheus, and has it wait for the upload.
        lengths = ("min", "max")
        spec["additionalArgs"] = [
            {"name": f"storage.tsdb.{which}-block-duration", "value": timing.block} for which in lengths
        ]
    if pull := estate.images.pull_secret:
        spec["imagePullSecrets"] = [{"name": pull}]
    return spec


def thanos(place: Place, beside: Component) -> Object:
    """The sidecar, as a part of the object."""
    spec: Object = {
        "image": images.reference("thanos", place.estate.images),
        "version": images.tag("thanos", place.estate.images),
        "objectStorageConfig": {"name": secret_name(beside), "key": "objstore.yaml"},
        "resources": pod.resources(beside.resources),
    }
    if _secured(beside):
        named = {"certFile": tls.CERTIFICATE, "keyFile": tls.KEY, "caFile": tls.AUTHORITY}
        spec["grpcServerTlsConfig"] = {key: place.file(beside, file) for key, file in named.items()}
        spec["volumeMounts"] = _mounts(place, beside)
    return spec


def secured(place: Place, beside: Component) -> Object:
    """What the object gets with TLS: certificates for Prometheus, which sends alerts with them, and for the
    sidecar, which serves with them. The latter mounts them itself.
    """
    if not _secured(beside):
        return {}
    volume = files.volume(place, beside, tls.FOLDER)
    return {
        "volumes": [*([volume] if volume else []), *vaults.volumes(place, beside)],
        "volumeMounts": _mounts(place, beside),
    }


def _secured(beside: Component) -> bool:
    return any(file.path == tls.CERTIFICATE for file in beside.files)


def _mounts(place: Place, beside: Component) -> list[Object]:
    """Where certificates are, in the container of Prometheus and in that of the sidecar."""
    made = [MOUNT] if files.volume(place, beside, tls.FOLDER) else []
    return [*made, *vaults.mounts(place, beside)]


def alertmanagers(own: Component, **more: Any) -> File:
    """Where a cluster sends its alerts, as its Prometheus itself would be told; `more` is said of all."""
    document = next(file.content for file in own.files if file.path == server.CONFIG)
    if not isinstance(document, Mapping):
        raise TypeError(f"the configuration of {own.name} is no document")
    rows = [{"api_version": "v2", **each, **more} for each in document["alerting"]["alertmanagers"]]
    return File(ALERTMANAGERS_KEY, rows, True)


def _monitor(place: Place, labels: Object) -> Object:
    endpoint = {
        "port": "web",
        "path": "/metrics",
        "relabelings": [
            replaced("job", "prometheus"),
            matched("__meta_kubernetes_pod_name", "(.+)", "component", "$1"),
        ],
    }
    selector = {"matchLabels": {"operated-prometheus": "true"}}
    spec = {"selector": selector, "endpoints": [endpoint]}
    return {"kind": "ServiceMonitor", "name": "prometheus", "labels": labels, "spec": spec}


def _sidecar_monitor(place: Place, labels: Object) -> Object:
    """By pod: the Service that the operator makes does not list the sidecar's port of metrics."""
    endpoint = {
        "port": "http",
        "path": "/metrics",
        "relabelings": [
            replaced("job", "sidecar"),
            matched("__meta_kubernetes_pod_name", "prometheus-(.+)", "component", "sidecar-$1"),
        ],
    }
    spec = {"selector": {"matchLabels": _selector(place)}, "podMetricsEndpoints": [endpoint]}
    return {"kind": "PodMonitor", "name": "sidecar", "labels": labels, "spec": spec}


def rule(place: Place, of: RuleFile) -> Object:
    """A rule file as an object; the operator checks it and hands it to every Prometheus of the cluster."""
    return {
        "kind": "PrometheusRule",
        "name": f"singlepane-{of.name}",
        "labels": {**labels_of(place), **selected_by(place.estate, place.cluster)},
        "spec": of.document,
    }
