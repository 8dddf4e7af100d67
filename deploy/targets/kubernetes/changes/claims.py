"""Claims that are there and smaller than what is asked for: nobody but us makes them grow.

Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims;
neither a StatefulSet nor prometheus-operator changes a claim that it has made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from deploy.targets.kubernetes.checks.amount import amount
from deploy.targets.kubernetes.checks.pods import pods
from deploy.targets.kubernetes.cluster import lists
from deploy.targets.kubernetes.cluster.api import MERGE, Api
from deploy.targets.kubernetes.cluster.paths import collection
from deploy.targets.kubernetes.cluster.refused import Refused


@dataclass(frozen=True, slots=True)
class Growth:
    """A claim with the size that it has and the one that is asked for, as quantities."""

    name: str
    has: str
    wanted: str


def growing(api: Api, manifests: Iterable[Mapping[str, Any]]) -> tuple[Growth, ...]:
    """Bound claims of these objects that are too small and can grow. Raises ClusterError.

    Whoever may not read claims or classes has none: checks say so little as well.
    """
    asked = {name: _size(spec) for each in pods(manifests) for name, spec in each.claims}
    try:
        there = lists.listed(api, "v1", "PersistentVolumeClaim", api.namespace) if asked else ()
        small = [
            (each, Growth(name, _size(each["spec"]), asked[name]))
            for each in there
            if (name := each["metadata"]["name"]) in asked
            and each.get("status", {}).get("phase") == "Bound"
            and amount(asked[name]) > amount(_size(each["spec"]))
        ]
        classes = lists.listed(api, "storage.k8s.io/v1", "StorageClass", None) if small else ()
    except Refused as error:
        if error.status in (403, 404):
            return ()
        raise
    can = {each["metadata"]["name"] for each in classes if each.get("allowVolumeExpansion")}
    return tuple(growth for each, growth in small if each["spec"].get("storageClassName") in can)


def grow(api: Api, growth: Growth) -> None:
    """Ask for the larger size; who provides the volume does the rest while pods run. Raises ClusterError."""
    place = f"{collection('v1', 'PersistentVolumeClaim', api.namespace)}/{growth.name}"
    body = {"spec": {"resources": {"requests": {"storage": growth.wanted}}}}
    api.request("PATCH", place, {"fieldManager": "singlepane"}, body, content_type=MERGE)


def _size(spec: Mapping[str, Any]) -> str:
    return str(spec["resources"]["requests"]["storage"])
