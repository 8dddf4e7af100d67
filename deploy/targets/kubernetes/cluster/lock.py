"""The lock of a cluster: a Lease, so that of two applies at once the second is refused and says who is first.

Contract: https://kubernetes.io/docs/concepts/architecture/leases/
"""

from __future__ import annotations

import getpass
import os
import re
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil

from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.paths import collection
from deploy.targets.kubernetes.cluster.refused import Refused
from estate.errors import ClusterError

NAME = "singlepane"
# Whoever does not renew it for so long is taken to be gone.
SECONDS = 60
RENEW_SECONDS = 15
_FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


def holder() -> str:
    """Who holds it: a person can find the process by it."""
    return f"{getpass.getuser()}@{socket.gethostname()}, process {os.getpid()}, {secrets.token_hex(3)}"


@contextmanager
def held(api: Api, by: str) -> Iterator[None]:
    """Hold the lock of the cluster's namespace, renewed in the background.

    Raises ClusterError where another process holds it.
    """
    lease = _take(api, by)
    ended = threading.Event()
    renewing = threading.Thread(target=_renew, args=(api, by, lease, ended), name="lock", daemon=True)
    renewing.start()
    try:
        yield
    finally:
        ended.set()
        renewing.join()
        _release(api, by)


def _path(api: Api) -> str:
    return f"{collection('coordination.k8s.io/v1', 'Lease', api.namespace)}/{NAME}"


def _take(api: Api, by: str) -> Any:
    found = api.find(_path(api))
    if found is None:
        try:
            return api.post(_path(api).rpartition("/")[0], _lease(api, by, None))
        except Refused as error:
            if error.status != 409:
                raise
            found = api.get(_path(api))
    spec = found["spec"]
    if spec.get("holderIdentity") and not _expired(spec) and not _died_here(spec["holderIdentity"]):
        raise _taken(api, spec)
    try:
        return api.put(_path(api), _lease(api, by, found))
    except Refused as error:
        if error.status != 409:
            raise
        raise _taken(api, api.get(_path(api))["spec"]) from None


def _taken(api: Api, spec: dict[str, Any]) -> ClusterError:
    since = spec.get("acquireTime", "?")[:19]
    return ClusterError(
        f"{api.cluster}: {spec.get('holderIdentity') or 'somebody'} changes it since {since} (UTC)",
        f"Wait until it is done. One that died lets go {SECONDS} seconds after its last sign of life.",
    )


def _lease(api: Api, by: str, before: Any) -> dict[str, Any]:
    now = datetime.now(UTC).strftime(_FORM)
    metadata = {"name": NAME, "namespace": api.namespace}
    if before is not None:
        metadata["resourceVersion"] = before["metadata"]["resourceVersion"]
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": metadata,
        "spec": {
            "holderIdentity": by,
            "leaseDurationSeconds": SECONDS,
            "acquireTime": now,
            "renewTime": now,
        },
    }


def _expired(spec: dict[str, Any]) -> bool:
    renewed = datetime.strptime(spec["renewTime"], _FORM).replace(tzinfo=UTC)
    return datetime.now(UTC) - renewed > timedelta(seconds=spec["leaseDurationSeconds"])


def _died_here(by: str) -> bool:
    """Whether the holder was a process of this machine that is there no more."""
    match = re.fullmatch(rf".*@{re.escape(socket.gethostname())}, process (\d+), \w+", by)
    return match is not None and not psutil.pid_exists(int(match[1]))


def _renew(api: Api, by: str, lease: Any, ended: threading.Event) -> None:
    while not ended.wait(RENEW_SECONDS):
        try:
            found = api.get(_path(api))
            if found["spec"].get("holderIdentity") != by:
                return
            found["spec"]["renewTime"] = datetime.now(UTC).strftime(_FORM)
            api.put(_path(api), found)
        except ClusterError:
            # Tried again soon; an API server that stays away ends the apply itself.
            continue


def _release(api: Api, by: str) -> None:
    try:
        found = api.find(_path(api))
        if found is not None and found["spec"].get("holderIdentity") == by:
            found["spec"] |= {"holderIdentity": "", "leaseDurationSeconds": 1}
            api.put(_path(api), found)
    except ClusterError:
        # It ends by itself.
        return
