"""What was applied to a cluster, and when: one entry for each revision of the estate.

It lies in a ConfigMap of the cluster itself, so that every machine and every person sees the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.paths import collection
from deploy.targets.kubernetes.objects.names import OURS

NAME = "singlepane-history"
# As many as Helm keeps of each release.
KEPT = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One revision of the estate on one cluster. `time` in Unix seconds; `hashes` by release.

    `note` says where it came from, such as `rollback to 3`.
    """

    revision: int
    time: float
    by: str
    version: str
    hashes: Mapping[str, str]
    note: str = ""


def read(api: Api) -> tuple[Entry, ...]:
    """All entries, the newest first; none where nothing was applied yet. Raises ClusterError."""
    found = api.find(_path(api))
    return _entries(found) if found else ()


def write(api: Api, entry: Entry) -> None:
    """Add an entry, and let go of the oldest. The lock must be held. Raises ClusterError."""
    found = api.find(_path(api))
    rows = [entry, *(_entries(found) if found else ())][:KEPT]
    metadata: dict[str, Any] = {"name": NAME, "namespace": api.namespace, "labels": OURS}
    document = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata,
        "data": {f"{row.revision:06d}": json.dumps(asdict(row)) for row in rows},
    }
    if found is None:
        api.post(_path(api).rpartition("/")[0], document)
        return
    metadata["resourceVersion"] = found["metadata"]["resourceVersion"]
    api.put(_path(api), document)


def _path(api: Api) -> str:
    return f"{collection('v1', 'ConfigMap', api.namespace)}/{NAME}"


def _entries(document: Any) -> tuple[Entry, ...]:
    data = document.get("data") or {}
    return tuple(Entry(**json.loads(data[key])) for key in sorted(data, reverse=True))
