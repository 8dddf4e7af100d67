"""What somebody changed in a cluster since the last apply: a plan towards what was applied last."""

from __future__ import annotations

from deploy.targets.kubernetes.cluster import releases
from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.rendering.release import Release, Rendering


def applied(api: Api, cluster: str, estate: str) -> Rendering:
    """The releases of the estate as they were applied last. Raises ClusterError."""
    found = []
    for name, rows in releases.revisions(api).items():
        last = releases.current(rows)
        if last is not None and last.estate == estate:
            chart, objects = releases.content(api, last)
            found.append(Release(name, api.namespace, chart, tuple(objects)))
    return Rendering(estate, cluster, api.namespace, (), tuple(found))
