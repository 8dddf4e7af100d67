"""Requests to one API server: JSON in and out, answers as plain documents, refusals as one error."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import urllib3
from kubernetes.client import ApiClient

from deploy.targets.kubernetes.cluster.connection import Access, connect, ended_certificate
from deploy.targets.kubernetes.cluster.refused import Refused, refused
from estate.errors import ClusterError

SECONDS = 30.0
APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
# Metadata alone: the rest of a list of Secrets is no business of ours.
METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"


class Api:
    """One API server. Threads may share it."""

    def __init__(self, access: Access) -> None:
        self.access = access

    @cached_property
    def client(self) -> ApiClient:
        """Made at the first request. Raises what `connect` raises."""
        return connect(self.access)

    @property
    def server(self) -> str:
        """Its address. Raises what `connect` raises."""
        return str(self.client.configuration.host)

    @property
    def cluster(self) -> str:
        """Its name in the estate."""
        return self.access.cluster

    @property
    def namespace(self) -> str:
        """Where the objects of the estate are."""
        return self.access.namespace

    def get(self, path: str, **query: str) -> Any:
        """A document. Raises ClusterError."""
        return self.request("GET", path, query)

    def find(self, path: str) -> Any | None:
        """A document, or None where there is none. Raises ClusterError."""
        try:
            return self.request("GET", path)
        except Refused as error:
            if error.status == 404:
                return None
            raise

    def metadata(self, path: str, **query: str) -> list[Any]:
        """The objects of a list, of each its metadata alone."""
        document = self.request("GET", path, query, accept=METADATA)
        # An empty list of this form has null in the place of its items.
        return list(document["items"] or ())

    def post(self, path: str, body: Any) -> Any:
        """Create an object."""
        return self.request("POST", path, body=body)

    def put(self, path: str, body: Any) -> Any:
        """Replace an object; with a resourceVersion only if it is still the same."""
        return self.request("PUT", path, body=body)

    def delete(self, path: str, *, orphan: bool = False) -> None:
        """Delete an object, or do nothing where there is none. `orphan`: what it owns stays."""
        try:
            self.request("DELETE", path, {"propagationPolicy": "Orphan" if orphan else "Background"})
        except Refused as error:
            if error.status != 404:
                raise

    def apply(
        self, path: str, body: Mapping[str, Any], manager: str, *, force: bool = False, dry_run: bool = False
    ) -> Any:
        """Server-side apply under a field manager; the answer is the object as it is then, or would be.

        https://kubernetes.io/docs/reference/using-api/server-side-apply/
        """
        query = {"fieldManager": manager, "force": "true" if force else "false"}
        if dry_run:
            query["dryRun"] = "All"
        return self.request("PATCH", path, query, body, content_type=APPLY)

    def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        *,
        content_type: str = "application/json",
        accept: str = "application/json",
        seconds: float = SECONDS,
    ) -> Any:
        """The answer as a document. Raises ClusterError (nobody answers) and Refused (the answer is no)."""
        full = f"{path}?{urlencode(query)}" if query else path
        headers = {"Accept": accept}
        data = None
        if body is not None:
            headers["Content-Type"] = content_type
            data = json.dumps(body, separators=(",", ":")).encode()
        status, answer = self._send(method, full, headers, data, seconds)
        if status >= 300:
            ended = ended_certificate(self.client) if status == 401 else ""
            raise refused(self.cluster, method, path, status, answer, ended)
        return json.loads(answer) if answer else None

    def text(self, path: str, **query: str) -> str:
        """A text, such as the log of a container. Raises ClusterError."""
        status, answer = self._send("GET", f"{path}?{urlencode(query)}", {"Accept": "*/*"}, None, SECONDS)
        if status >= 300:
            raise refused(self.cluster, "GET", path, status, answer)
        return answer.decode(errors="replace")

    def _send(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None, seconds: float
    ) -> tuple[int, bytes]:
        try:
            _, url, signed, _, _ = self.client.param_serialize(
                method, path, header_params=headers, auth_settings=["BearerToken"]
            )
            for _ in range(_PATIENCE):
                answer = self.client.rest_client.pool_manager.request(
                    method, url, headers=signed, body=body, timeout=seconds, retries=_RETRIES, redirect=False
                )
                if answer.status != 429 or "Retry-After" not in answer.headers:
                    break
                # It has done nothing: it is busy, or makes a new kind ready.
                time.sleep(min(float(answer.headers["Retry-After"]), _LONGEST))
        except urllib3.exceptions.HTTPError as error:
            raise ClusterError(
                f"{self.cluster}: its API server {self.server} does not answer: {_why(error)}",
                f"Is the context {self.access.context} right, and is it reached from this network?"
                if not isinstance(getattr(error, "reason", error), urllib3.exceptions.SSLError)
                else f"Is the authority's certificate of context {self.access.context} that of this cluster? "
                "`az aks get-credentials --overwrite-existing` writes it anew.",
            ) from None
        return answer.status, answer.data


class Moment(Api):
    """An API server as it is now: what was read once is not asked again. Made for one plan."""

    def __init__(self, api: Api) -> None:
        super().__init__(api.access)
        self._api, self._read = api, dict[tuple[object, ...], Any]()

    @cached_property
    def client(self) -> ApiClient:
        """That of the API server itself, with its connections."""
        return self._api.client

    def get(self, path: str, **query: str) -> Any:
        """As `Api.get`. Who changes the document changes it for all."""
        key = (path, *sorted(query.items()))
        if key not in self._read:
            self._read[key] = super().get(path, **query)
        return self._read[key]

    def metadata(self, path: str, **query: str) -> list[Any]:
        """As `Api.metadata`, and as `get` here."""
        key = (METADATA, path, *sorted(query.items()))
        if key not in self._read:
            self._read[key] = super().metadata(path, **query)
        return list(self._read[key])


# A connection that was closed while nobody used it is opened anew; what was sent is never sent twice.
_RETRIES = urllib3.Retry(
    total=2,
    connect=2,
    read=0,
    redirect=0,
    status=0,
    other=0,
    backoff_factor=0.2,
    respect_retry_after_header=False,
)
# How often a request is sent that is asked to come again, as often as kubectl does, and seconds in between.
_PATIENCE, _LONGEST = 10, 10.0


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    if isinstance(reason, urllib3.exceptions.NewConnectionError):
        return re.sub(r"^\[Errno -?\d+\] ", "", str(reason).rpartition(": ")[2])
    # Where in Python's own source it was noticed tells nobody anything.
    return re.sub(r" \(_ssl\.c:\d+\)", "", str(reason))
