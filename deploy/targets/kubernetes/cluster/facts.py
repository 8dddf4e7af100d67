"""What a cluster says of itself, for the checks before anything is touched.

What a person may not read is not known, and nothing is said about it: who may change one namespace often may
not list nodes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from deploy.targets.kubernetes.checks.inputs import Facts, Object
from deploy.targets.kubernetes.cluster import lists, releases
from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.paths import collection
from deploy.targets.kubernetes.cluster.refused import Refused

PULLING = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")
TLS = "kubernetes.io/tls"
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")


def facts(api: Api) -> Facts:
    """Asks for all of it. Raises ClusterError where the API server does not answer."""
    own = api.namespace
    return Facts(
        now=datetime.now(UTC),
        version=str(api.get("/version")["gitVersion"]),
        namespace=next(iter(_allowed(lambda: (api.get(f"/api/v1/namespaces/{own}"),)) or ()), None),
        nodes=_listed(api, "v1", "Node") or (),
        pods=_listed(api, "v1", "Pod") or (),
        storage_classes=_listed(api, "storage.k8s.io/v1", "StorageClass"),
        quotas=_listed(api, "v1", "ResourceQuota", own) or (),
        limit_ranges=_listed(api, "v1", "LimitRange", own) or (),
        claims=_listed(api, "v1", "PersistentVolumeClaim", own) or (),
        secrets=_allowed(lambda: _secrets(api)),
        crds=_allowed(lambda: _definitions(api)) or (),
        live=tuple(each for kind in WORKLOADS for each in _ours(api, "apps/v1", kind))
        + tuple(each for kind in lists.OPERATED for each in _ours(api, lists.OPERATOR, kind)),
        releases=_allowed(lambda: _releases(api)) or (),
    )


def _allowed(ask: Callable[[], tuple[Object, ...]]) -> tuple[Object, ...] | None:
    """What it gives; None where this person may not read it, or where there is no such kind."""
    try:
        return ask()
    except Refused as error:
        if error.status in (403, 404):
            return None
        raise


def _listed(api: Api, version: str, kind: str, namespace: str | None = None) -> tuple[Object, ...] | None:
    return _allowed(lambda: lists.listed(api, version, kind, namespace))


def _ours(api: Api, version: str, kind: str) -> tuple[Object, ...]:
    return _allowed(lambda: lists.ours(api, version, kind, api.namespace)) or ()


def _secrets(api: Api) -> tuple[Object, ...]:
    """Names and types of those that pull images; of certificates what is public. No key is kept."""
    path = collection("v1", "Secret", api.namespace)
    found: list[Object] = []
    for kind in PULLING:
        rows = api.metadata(path, fieldSelector=f"type={kind}")
        found += [{"kind": "Secret", "metadata": each["metadata"], "type": kind} for each in rows]
    for secret in api.get(path, fieldSelector=f"type={TLS}")["items"]:
        public = {"tls.crt": (secret.get("data") or {}).get("tls.crt", "")}
        found.append({"kind": "Secret", "metadata": secret["metadata"], "type": TLS, "data": public})
    return tuple(found)


def _definitions(api: Api) -> tuple[Object, ...]:
    """Definitions by their metadata: the rest are megabytes. The name ends in the group."""
    path = collection("apiextensions.k8s.io/v1", "CustomResourceDefinition", None)
    rows: list[Any] = api.metadata(path)
    return tuple(
        {"metadata": each["metadata"], "spec": {"group": each["metadata"]["name"].partition(".")[2]}}
        for each in rows
    )


def _releases(api: Api) -> tuple[Object, ...]:
    return tuple(
        {"name": name, "status": rows[0].status, "estate": rows[0].estate}
        for name, rows in releases.revisions(api).items()
        if rows
    )
