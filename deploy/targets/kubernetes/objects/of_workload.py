"""From a workload to its objects, as `charts/workload` takes them: kind, name, labels and the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from deploy.targets.kubernetes.objects import files, names, pod, quantity
from deploy.targets.kubernetes.objects.monitors import monitor
from deploy.targets.kubernetes.objects.place import EXPOSED, Place
from deploy.targets.kubernetes.objects.workload import Workload
from estate import identities
from estate.components import Component
from estate.model import IssuedCertificate
from estate.stacks import selected_by
from thanos.objstore import IDENTITY

Object = dict[str, Any]


def objects(place: Place, workload: Workload) -> Iterator[Object]:
    """Its account and rights, files, pods, and how it is reached and watched."""
    own = workload.component
    yield account(place, own)
    if workload.rules:
        yield from rights(place, own.name, names.labels(own), workload.rules)
    config = files.config_map(place, own)
    if config is not None:
        yield config
    yield from files.apart(place, own)
    yield controller(place, workload, config["data"] if config else {})
    if own.ports:
        yield service(own)
        if not workload.on_node:
            yield network_policy(own)
        for port in outside(own):
            number = EXPOSED[own.kind, port] + (own.replica or 0)
            opened = {"name": port, "port": number, "targetPort": port}
            yield balancer(place, f"{own.name}-outside", names.labels(own), names.selector(own), opened)
    if own.metrics is not None:
        yield monitor(workload, selected_by(place.estate, place.cluster))


def account(place: Place, own: Component) -> Object:
    """The identity of its pods, towards the cluster and, with a client id, towards Azure."""
    made: Object = {"kind": "ServiceAccount", "name": own.name, "labels": names.labels(own)}
    # An exporter names the identity of each tenant in its own file.
    client = identities.of_store(place.estate, place.cluster) if own.identity == IDENTITY else None
    if client:
        made["annotations"] = {"azure.workload.identity/client-id": client}
    return {**made, "automountServiceAccountToken": False}


def rights(
    place: Place, account: str, labels: Object, rules: Iterable[Mapping[str, Any]]
) -> Iterator[Object]:
    """What a ServiceAccount may do in the whole cluster."""
    name = names.cluster_wide(account, place.namespace)
    yield {"kind": "ClusterRole", "name": name, "labels": labels, "rules": list(rules)}
    yield {
        "kind": "ClusterRoleBinding",
        "name": name,
        "labels": labels,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": place.namespace}],
    }


def controller(place: Place, workload: Workload, config: dict[str, str]) -> Object:
    """The Deployment, StatefulSet or DaemonSet."""
    own = workload.component
    spec: Object = {
        "selector": {"matchLabels": names.selector(own)},
        "template": pod.template(place, workload, config),
    }
    match workload.form:
        case "Deployment":
            spec |= {"replicas": 1, "revisionHistoryLimit": 3}
            # The new pod is ready before the old one goes: one that never gets ready replaces nothing.
            spec["strategy"] = {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
            }
        case "StatefulSet":
            spec |= {"replicas": 1, "revisionHistoryLimit": 3, "serviceName": own.name}
            spec["volumeClaimTemplates"] = [claim(place, "data", own.storage)]
        case "DaemonSet":
            spec["updateStrategy"] = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "10%"}}
    return {"kind": workload.form, "name": own.name, "labels": names.labels(own), "spec": spec}


def claim(place: Place, name: str, storage: str) -> Object:
    """A claim template, with everything written out that the API server would put in."""
    spec: Object = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": quantity.size(storage)}},
        "volumeMode": "Filesystem",
    }
    if storage_class := place.estate.clusters[place.cluster].kubernetes.storage_class:
        spec["storageClassName"] = storage_class
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}


def service(own: Component) -> Object:
    """Its name in the cluster."""
    spec = {"selector": names.selector(own), "ports": ports(own), "type": "ClusterIP"}
    return {"kind": "Service", "name": own.name, "labels": names.labels(own), "spec": spec}


def ports(own: Component) -> list[Object]:
    """Its ports as a Service lists them."""
    return [
        {"name": name, "port": number, "protocol": "TCP", "targetPort": name}
        for name, number in own.ports.items()
    ]


def network_policy(own: Component) -> Object:
    """Only pods of ours reach it, and only its ports; anybody what is guarded, or open to other clusters."""
    allowed = [{"port": number, "protocol": "TCP"} for number in own.ports.values()]
    opened = [{"port": own.ports[port], "protocol": "TCP"} for port in outside(own)]
    rule: Object = {"ports": allowed}
    if not own.guarded:
        rule = {"from": [{"podSelector": {"matchLabels": names.OURS}}], **rule}
    spec = {
        "podSelector": {"matchLabels": names.selector(own)},
        "policyTypes": ["Ingress"],
        "ingress": [rule, *([{"ports": opened}] if opened else [])],
    }
    return {"kind": "NetworkPolicy", "name": own.name, "labels": names.labels(own), "spec": spec}


def outside(own: Component) -> list[str]:
    """Its ports for other clusters."""
    return [port for port in own.ports if (own.kind, port) in EXPOSED]


def certificate(name: str, issuer: IssuedCertificate) -> Object:
    """What cert-manager is asked for. It renews a month before the end, and makes a new key each time.

    Contract: https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.Certificate
    """
    spec = {
        "secretName": names.CERTIFICATE,
        "duration": "2160h",
        "renewBefore": "720h",
        "dnsNames": [name],
        # It serves, and asks.
        "usages": ["digital signature", "server auth", "client auth"],
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
        "issuerRef": {"name": issuer.issuer, "kind": issuer.issuer_kind, "group": "cert-manager.io"},
    }
    return {"kind": "Certificate", "name": names.CERTIFICATE, "labels": names.OURS, "spec": spec}


def balancer(place: Place, name: str, labels: Object, selector: Object, port: Object) -> Object:
    """A port for other clusters, at the internal load balancer of this one.

    Services with one address share it, as long as their ports differ:
    https://kubernetes-sigs.github.io/cloud-provider-azure/topics/shared-ip
    """
    annotations = {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"}
    address = place.estate.clusters[place.cluster].kubernetes.address or ""
    if re.fullmatch(r"[0-9.]+", address):
        annotations["service.beta.kubernetes.io/azure-load-balancer-ipv4"] = address
    spec = {
        "type": "LoadBalancer",
        "externalTrafficPolicy": "Local",
        "selector": selector,
        "ports": [{**port, "protocol": "TCP"}],
    }
    return {"kind": "Service", "name": name, "labels": labels, "annotations": annotations, "spec": spec}
