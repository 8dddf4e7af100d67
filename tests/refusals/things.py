"""Objects that stand in the way, as somebody else made them."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator, Mapping

from tests.cluster.api import Object


def namespace(name: str, **labels: str) -> Object:
    """A namespace with labels."""
    named = {key.replace("_", "-"): value for key, value in labels.items()}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": named}}


def of(
    version: str, kind: str, name: str, spec: Mapping[str, object] | None = None, **metadata: object
) -> Object:
    """An object in the namespace `prod`."""
    made: Object = {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": name, "namespace": "prod", **metadata},
    }
    return {**made, "spec": spec} if spec is not None else made


def rbac(user: str, space: str, rules: Mapping[str, Mapping[str, str]]) -> Iterator[Object]:
    """A role with a binding for a user; without a namespace both are of the whole cluster.

    `rules` has resources and verbs, each as words, by API group.
    """
    if not rules:
        return
    version, kind = "rbac.authorization.k8s.io/v1", "Role" if space else "ClusterRole"
    metadata = {"name": user, **({"namespace": space} if space else {})}
    rows = [
        {"apiGroups": [group], "resources": resources.split(), "verbs": verbs.split()}
        for group, row in rules.items()
        for resources, verbs in row.items()
        if verbs
    ]
    yield {"apiVersion": version, "kind": kind, "metadata": metadata, "rules": rows}
    yield {
        "apiVersion": version,
        "kind": f"{kind}Binding",
        "metadata": metadata,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": user},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
    }


def revision(name: str, status: str, estate: str = "") -> Object:
    """A release as Helm keeps it, of an estate or of nobody we know."""
    labels = {"owner": "helm", "name": name, "version": "1", "status": status}
    if estate:
        labels |= {"singlepane.io/estate": estate, "singlepane.io/hash": "0123456789abcdef"}
    document = {"name": name, "chart": {"metadata": {"name": "workload"}}, "config": {"objects": []}}
    packed = base64.b64encode(base64.b64encode(gzip.compress(json.dumps(document).encode()))).decode()
    made = of("v1", "Secret", f"sh.helm.release.v1.{name}.v1", labels=labels)
    return {**made, "type": "helm.sh/release.v1", "data": {"release": packed}}
