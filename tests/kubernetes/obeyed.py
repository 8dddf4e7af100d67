"""Controllers and kubelets of an API server that has none, as far as an apply waits for them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from deploy.targets.kubernetes.cluster.api import Api
from estate.errors import ClusterError


@contextmanager
def obeyed(api: Api) -> Iterator[None]:
    """Stands for controllers and kubelets: whatever is asked for in the namespace is ready at once."""
    over = threading.Event()

    def obey() -> None:
        while not over.wait(0.3):
            with suppress(ClusterError):
                for group, kind in (
                    ("apps/v1", "deployments"),
                    ("apps/v1", "statefulsets"),
                    ("apps/v1", "daemonsets"),
                    ("monitoring.coreos.com/v1", "prometheuses"),
                ):
                    path = f"/apis/{group}/namespaces/{api.namespace}/{kind}"
                    for each in api.get(path)["items"]:
                        _be_ready(api, f"{path}/{each['metadata']['name']}", each)

    thread = threading.Thread(target=obey)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _be_ready(api: Api, path: str, each: dict[str, Any]) -> None:
    seen, count = each["metadata"]["generation"], each["spec"].get("replicas", 1)
    if (each.get("status") or {}).get("observedGeneration") == seen:
        return
    kinds = ("Reconciled", "Available")
    at = {"status": "True", "observedGeneration": seen, "lastTransitionTime": "2026-11-29T12:00:00Z"}
    status: dict[str, Any] = {"updatedReplicas": count, "availableReplicas": count, "replicas": count}
    if "prometheuses" in path:
        status |= {"paused": False, "unavailableReplicas": 0}
        status["conditions"] = [{"type": kind, **at} for kind in kinds]
    else:
        status |= {"observedGeneration": seen, "readyReplicas": count}
    body = {"status": status}
    api.request("PATCH", f"{path}/status", body=body, content_type="application/merge-patch+json")
