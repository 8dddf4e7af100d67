"""What checks are given: objects that would be applied, and facts of the cluster that would take them.

Both are plain Kubernetes objects, as JSON has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from estate.model import Cluster, Estate
from estate.tree import Path

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rendered:
    """All objects of one cluster, those of its definitions left out."""

    estate: Estate
    cluster: str
    objects: tuple[Object, ...]

    @property
    def row(self) -> Cluster:
        """The cluster's row."""
        return self.estate.clusters[self.cluster]

    def of(self, *kinds: str) -> tuple[Object, ...]:
        """The objects of these kinds."""
        return tuple(each for each in self.objects if each["kind"] in kinds)

    def path(self, *below: str) -> Path:
        """A key of the cluster's row."""
        return ("clusters", self.cluster, *below)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a cluster says of itself; what is not known is empty or None, and nothing is said about it.

    `version`: gitVersion of the API server. `now`: the time of the question, with its zone. `namespace`:
    ours, if it is there. `nodes`, `pods` and `storage_classes`: of the whole cluster. `quotas`,
    `limit_ranges`, `claims` and `secrets`: of our namespace; of Secrets only type, name and `tls.crt` are
    looked at. `crds`: definitions. `live`: objects in our namespace of the kinds that are applied.
    `releases`: Helm's, each with `name`, `status`, and the `estate` that applied it, empty for others.
    """

    now: datetime
    version: str = ""
    namespace: Object | None = None
    nodes: tuple[Object, ...] = ()
    pods: tuple[Object, ...] = ()
    storage_classes: tuple[Object, ...] | None = None
    quotas: tuple[Object, ...] = ()
    limit_ranges: tuple[Object, ...] = ()
    claims: tuple[Object, ...] = ()
    secrets: tuple[Object, ...] | None = None
    crds: tuple[Object, ...] = ()
    live: tuple[Object, ...] = ()
    releases: tuple[Object, ...] = ()


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installed stack says of itself.

    `releases`: Helm's, of our namespace, each with `name`, `chart`, `version` (of the chart), `app` (that of
    its operator), `status`, and in `prometheuses` the names of its Prometheus objects. Where the release that
    the estate names is there, it is the only one. `prometheuses` and `services` are those of the namespace,
    live; `namespace` is the namespace itself, if it may be read.
    """

    releases: tuple[Object, ...] = ()
    prometheuses: tuple[Object, ...] = ()
    services: tuple[Object, ...] = ()
    namespace: Object | None = None

    def release(self, name: str) -> Object | None:
        """The release of that name."""
        return next((each for each in self.releases if each["name"] == name), None)

    def prometheus(self, name: str) -> Object | None:
        """The Prometheus object of that name."""
        return next((each for each in self.prometheuses if each["metadata"]["name"] == name), None)


def named(each: Object) -> str:
    """An object as sentences name it: `Deployment query`."""
    return f"{each['kind']} {each['metadata']['name']}"
