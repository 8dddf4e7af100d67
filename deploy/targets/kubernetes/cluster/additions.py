"""Fields of ours in objects of others: applied beside theirs under our own name, never forced.

What another manager holds with another value stays as it is, and is said. What we hold is found by our name
in `metadata.managedFields`, so that it can be taken away again whatever was written about it elsewhere.

Contract: https://kubernetes.io/docs/reference/using-api/server-side-apply/. Measured on Kubernetes 1.36.3: an
apply of nothing takes away what we held alone, and what is held by others too stays theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from deploy.targets.kubernetes.cluster import lists
from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.definitions import MANAGER
from deploy.targets.kubernetes.cluster.paths import path
from deploy.targets.kubernetes.cluster.refused import Refused
from estate.errors import ClusterError

Manifest = Mapping[str, Any]
# The kinds of objects that get fields, with their versions.
KINDS = {"Prometheus": "monitoring.coreos.com/v1", "ServiceAccount": "v1"}
REMEDY = (
    "singlepane takes no field of an installed stack over. Give it the same value in the values of the "
    "stack, or take it out there."
)


def apply(api: Api, wanted: Manifest, before: Manifest, *, dry_run: bool = False) -> Any:
    """Our fields of an object that is there; the answer is the object as it is then, or would be.

    Raises ClusterError where another manager holds one of them with another value, or where the object was
    deleted meanwhile: it is never made.
    """
    metadata = {**wanted["metadata"], "uid": before["metadata"]["uid"]}
    try:
        return api.apply(path(wanted), {**wanted, "metadata": metadata}, MANAGER, dry_run=dry_run)
    except Refused as error:
        if error.status != 409:
            raise
        raise ClusterError(held(api.cluster, wanted, error), REMEDY) from None


def held(cluster: str, wanted: Manifest, error: Refused) -> str:
    """Whose fields they are, in words."""
    what = f"{wanted['kind']} {wanted['metadata']['name']}"
    causes = "; ".join(f"{each.field.removeprefix('.')}: {each.message}" for each in error.causes)
    return f"{cluster}: {what} is held by others: {causes or error.message}"


def nothing(before: Manifest, kind: str) -> dict[str, Any]:
    """What is applied in order to take our fields away."""
    metadata = {name: before["metadata"][name] for name in ("name", "namespace")}
    return {"apiVersion": KINDS[kind], "kind": kind, "metadata": metadata}


def left_over(api: Api, wanted: Iterable[Manifest]) -> list[dict[str, Any]]:
    """Objects that hold fields of ours and should not, as an apply of nothing. Raises ClusterError."""
    kept = {(each["kind"], each["metadata"]["name"]) for each in wanted}
    found = []
    for kind, version in KINDS.items():
        try:
            rows = lists.listed(api, version, kind, api.namespace)
        except Refused as error:
            # The kind is not known there, or this person may not list it, and has applied none then.
            if error.status not in (403, 404):
                raise
            continue
        found += [
            nothing(each, kind)
            for each in rows
            if _ours(each["metadata"]) and (kind, each["metadata"]["name"]) not in kept
        ]
    return found


def bring(api: Api, wanted: tuple[Manifest, ...]) -> tuple[str, ...]:
    """Add what is wanted, take away what is not; the objects that changed. Raises ClusterError."""
    changed = []
    for each in (*wanted, *left_over(api, wanted)):
        before = api.find(path(each))
        what = f"{each['kind']} {each['metadata']['name']}"
        if before is None:
            raise ClusterError(
                f"{api.cluster}: {what} is not there, and is not ours to make",
                "Is the stack installed, and is it called as the estate says?",
            )
        after = apply(api, each, before)
        if after["metadata"]["resourceVersion"] != before["metadata"]["resourceVersion"]:
            changed.append(what)
    return tuple(changed)


def _ours(metadata: Manifest) -> bool:
    rows = metadata.get("managedFields") or ()
    return any(row.get("manager") == MANAGER and row.get("operation") == "Apply" for row in rows)
