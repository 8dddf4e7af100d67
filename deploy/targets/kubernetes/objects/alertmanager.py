"""The Alertmanagers of the hub, as one object of prometheus-operator: they gossip, so that one page is sent.

Contract: https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.Alertmanager
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deploy.targets.kubernetes.objects import images, names, pod, vaults
from deploy.targets.kubernetes.objects.monitors import matched, replaced
from deploy.targets.kubernetes.objects.of_workload import Object, account, balancer, claim
from deploy.targets.kubernetes.objects.place import EXPOSED, Place, secret_name
from estate.components import Component, File
from estate.stacks import adopted, selected_by
from thanos.alertmanager import CONFIG, retention_hours

CONFIG_SECRET = f"alertmanager-{names.ALERTMANAGER}-config"
# The only key that the operator takes the configuration from.
CONFIG_KEY = "alertmanager.yaml"


def objects(place: Place, managers: Sequence[Component]) -> Iterator[Object]:
    """The replicas as one object, their account, and a port of each for the other clusters."""
    labels = _labels()
    yield {**account(place, managers[0]), "name": "alertmanager", "labels": labels}
    spec = _spec(place, managers)
    yield {"kind": "Alertmanager", "name": names.ALERTMANAGER, "labels": labels, "spec": spec}
    if len(managers) > 1:
        budget = {"maxUnavailable": 1, "selector": {"matchLabels": _selector()}}
        yield {"kind": "PodDisruptionBudget", "name": "alertmanager", "labels": labels, "spec": budget}
    yield _monitor(place, labels, single=len(managers) == 1)
    # With TLS other clusters reach the gates before them.
    if len(place.estate.clusters) > 1 and place.estate.metrics.tls is None:
        number = EXPOSED["alertmanager", "http"]
        for each in managers:
            picked = {"statefulset.kubernetes.io/pod-name": names.pod(each, place.server)}
            port = {"name": "http", "port": number + (each.replica or 0), "targetPort": "web"}
            yield balancer(place, each.name, labels, picked, port)


def configuration(own: Component) -> tuple[File, ...]:
    """The configuration as the file of its Secret."""
    return tuple(File(CONFIG_KEY, file.content, True) for file in own.files if file.path == CONFIG)


def others(place: Place, own: Component) -> tuple[File, ...]:
    """The files that the configuration refers to and that are no secrets of a mounted vault."""
    return tuple(file for file in own.files if file.path != CONFIG and not place.mounted(file.references))


def _labels() -> dict[str, str]:
    own = "alertmanager"
    return {"app.kubernetes.io/name": own, "app.kubernetes.io/instance": own, **names.OURS}


def _selector() -> dict[str, str]:
    return {"alertmanager": names.ALERTMANAGER}


def _spec(place: Place, managers: Sequence[Component]) -> Object:
    own = managers[0]
    spec: Object = {
        "image": images.reference("alertmanager", place.estate.images),
        "version": images.tag("alertmanager", place.estate.images),
        "replicas": len(managers),
        "serviceAccountName": "alertmanager",
        "configSecret": CONFIG_SECRET,
        "retention": f"{retention_hours(place.estate)}h",
        # Else nobody could tell which receiver it is that notifications do not get to.
        "enableFeatures": ["receiver-name-in-metrics"],
        "resources": pod.resources(own.resources),
        "storage": {"volumeClaimTemplate": {"spec": claim(place, "data", own.storage)["spec"]}},
        "podMetadata": {"labels": _labels()},
        "securityContext": pod.security(own),
    }
    if others(place, own):
        spec["secrets"] = [secret_name(own)]
    if annotations := vaults.checksums(place, own):
        spec["podMetadata"]["annotations"] = annotations
        spec["volumes"] = vaults.volumes(place, own)
        spec["volumeMounts"] = vaults.mounts(place, own)
    if pull := place.estate.images.pull_secret:
        spec["imagePullSecrets"] = [{"name": pull}]
    return spec


def _monitor(place: Place, labels: Object, single: bool) -> Object:
    """On one machine the only one is called `alertmanager`; several are numbered.

    An installed stack has Alertmanagers of its own behind the same Service.
    """
    name = "alertmanager" if single else "alertmanager-$1"
    endpoint = {
        "port": "web",
        "path": "/metrics",
        "relabelings": [
            replaced("job", "alertmanager"),
            matched("__meta_kubernetes_pod_name", "alertmanager-.+-([0-9]+)", "component", name),
            *([_ours()] if adopted(place.estate, place.cluster) else []),
        ],
    }
    spec = {"selector": {"matchLabels": {"operated-alertmanager": "true"}}, "endpoints": [endpoint]}
    labels = {**labels, **selected_by(place.estate, place.cluster)}
    return {"kind": "ServiceMonitor", "name": "alertmanager", "labels": labels, "spec": spec}


def _ours() -> Object:
    pods = f"alertmanager-{names.ALERTMANAGER}-[0-9]+"
    return {"action": "keep", "sourceLabels": ["__meta_kubernetes_pod_name"], "regex": pods}
