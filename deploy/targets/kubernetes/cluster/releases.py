"""Releases as Helm keeps them: a Secret for each revision, whose labels tell what we want to know.

Contract: helm.sh/helm/v4 pkg/storage/driver (labels `owner`, `name`, `version`, `status`; the release is
JSON, gzipped, in Base64, in the key `release`).
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.paths import collection

# Labels that we have Helm put on its revisions: what they hold, and that they are ours.
HASH = "singlepane.io/hash"
ESTATE = "singlepane.io/estate"


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of a release. `hash` is that of `Release.hash`, empty for releases of others."""

    release: str
    number: int
    status: str
    hash: str
    estate: str
    secret: str

    @property
    def pending(self) -> bool:
        """A Helm that was about to change it has not finished, or has died."""
        return self.status.startswith("pending-") or self.status == "uninstalling"

    def holds(self, hash: str) -> bool:
        """Whether it is deployed with this content: then an apply has nothing to send."""
        return self.status == "deployed" and self.hash == hash


def revisions(api: Api) -> dict[str, tuple[Revision, ...]]:
    """All revisions of all releases of the namespace by release, the newest first. Raises ClusterError."""
    path = collection("v1", "Secret", api.namespace)
    found: dict[str, list[Revision]] = {}
    for each in api.metadata(path, labelSelector="owner=helm"):
        metadata = each["metadata"]
        labels = metadata.get("labels", {})
        made = Revision(
            labels["name"],
            int(labels["version"]),
            labels["status"],
            labels.get(HASH, ""),
            labels.get(ESTATE, ""),
            metadata["name"],
        )
        found.setdefault(made.release, []).append(made)
    return {name: tuple(sorted(rows, key=lambda row: -row.number)) for name, rows in found.items()}


def current(rows: Iterable[Revision]) -> Revision | None:
    """The revision whose objects are there: the last that was deployed, or that failed half applied."""
    return next((row for row in rows if row.status in ("deployed", "failed")), None)


def stored(api: Api, revision: Revision) -> Any:
    """A revision as Helm wrote it: `chart`, `config`, `manifest`. Raises ClusterError."""
    secret = api.get(path(api, revision))
    return json.loads(gzip.decompress(base64.b64decode(base64.b64decode(secret["data"]["release"]))))


def content(api: Api, revision: Revision) -> tuple[str, list[dict[str, Any]]]:
    """The chart and the `objects` that a revision of ours was made of. Raises ClusterError."""
    release = stored(api, revision)
    return release["chart"]["metadata"]["name"], list((release.get("config") or {}).get("objects") or ())


def objects(api: Api, revision: Revision) -> list[dict[str, Any]]:
    """The objects alone."""
    return content(api, revision)[1]


def path(api: Api, revision: Revision) -> str:
    """Where a revision is kept."""
    return f"{collection('v1', 'Secret', api.namespace)}/{revision.secret}"
