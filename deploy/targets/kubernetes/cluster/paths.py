"""Where objects are on an API server.

Contract: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

# Names of resources that are not the kind in lower case with an s.
_PLURALS = {
    "NetworkPolicy": "networkpolicies",
    "Prometheus": "prometheuses",
    "Ingress": "ingresses",
    "StorageClass": "storageclasses",
    "SecretProviderClass": "secretproviderclasses",
}


@lru_cache(maxsize=1024)
def collection(version: str, kind: str, namespace: str | None) -> str:
    """The path of all objects of a kind, in a namespace or of the whole cluster."""
    root = "/api" if "/" not in version else "/apis"
    inside = f"/namespaces/{quote(namespace)}" if namespace else ""
    return f"{root}/{version}{inside}/{plural(kind)}"


def plural(kind: str) -> str:
    """The resource of a kind, as paths and roles have it."""
    return _PLURALS.get(kind) or f"{kind.lower()}s"


def path(manifest: Mapping[str, Any]) -> str:
    """The path of an object."""
    metadata = manifest["metadata"]
    of_kind = collection(manifest["apiVersion"], manifest["kind"], metadata.get("namespace"))
    return f"{of_kind}/{quote(metadata['name'])}"
