"""The API of one cluster, as far as tests and the harness need it: objects as dictionaries over HTTP."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

from tests.cluster.errors import ClusterError

Object = dict[str, Any]

_PLURALS = {
    "NetworkPolicy": "networkpolicies",
    "StorageClass": "storageclasses",
    "Prometheus": "prometheuses",
}
_OF_THE_CLUSTER = {
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "Namespace",
    "PersistentVolume",
    "StorageClass",
}


class Api:
    """A client with the certificate of `client`. Raises httpx.HTTPError, for refusals HTTPStatusError."""

    def __init__(self, server: str, pki: Path, client: str = "admin") -> None:
        trust = ssl.create_default_context(cafile=str(pki / "ca.crt"))
        trust.load_cert_chain(str(pki / f"{client}.crt"), str(pki / f"{client}.key"))
        self._http = httpx.Client(base_url=server, verify=trust, trust_env=False, timeout=30)

    def get(self, path: str, **query: str) -> Any:
        """A document, or the text of an answer that is none."""
        return _body(self._http.get(path, params=query))

    def create(self, path: str, content: Object) -> Object:
        """Create an object in the collection at `path`."""
        return dict(_body(self._http.post(path, json=content)))

    def replace(self, path: str, content: Object) -> Object:
        """Replace what is at `path`."""
        return dict(_body(self._http.put(path, json=content)))

    def merge(self, path: str, change: Object) -> Object:
        """Change an object by a merge patch."""
        headers = {"content-type": "application/merge-patch+json"}
        return dict(_body(self._http.patch(path, content=json.dumps(change), headers=headers)))

    def apply(self, *objects: Object) -> None:
        """Server-side apply of these objects, in their order."""
        headers = {"content-type": "application/apply-patch+yaml"}
        for each in objects:
            reply = self._http.patch(
                path_of(each),
                params={"fieldManager": "tests", "force": "true"},
                content=json.dumps(each),
                headers=headers,
            )
            _body(reply)

    def delete(self, path: str) -> None:
        """Delete an object; one that is not there is fine."""
        reply = self._http.delete(path)
        if reply.status_code != httpx.codes.NOT_FOUND:
            _body(reply)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def path_of(content: Mapping[str, Any]) -> str:
    """The path of an object on the API server."""
    version, kind, metadata = content["apiVersion"], content["kind"], content["metadata"]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    plural = _PLURALS.get(kind, f"{kind.lower()}s")
    within = "" if kind in _OF_THE_CLUSTER else f"/namespaces/{metadata['namespace']}"
    return f"{root}{within}/{plural}/{metadata['name']}"


def until(holds: Callable[[], Any], what: str, seconds: float = 180, every: float = 0.5) -> Any:
    """The first true answer of `holds`; an HTTP error is none. Raises ClusterError after `seconds`."""
    deadline = time.monotonic() + seconds
    last = ""
    while time.monotonic() < deadline:
        try:
            if answer := holds():
                return answer
        except httpx.HTTPError as error:
            last = f" ({error})"
        time.sleep(every)
    raise ClusterError(f"{what} did not happen within {seconds:.0f} s{last}")


def _body(reply: httpx.Response) -> Any:
    if reply.is_error:
        message = f"{reply.request.method} {reply.request.url.path}: {reply.status_code} {reply.text[:2000]}"
        raise httpx.HTTPStatusError(message, request=reply.request, response=reply)
    return (
        reply.json() if reply.headers.get("content-type", "").startswith("application/json") else reply.text
    )
