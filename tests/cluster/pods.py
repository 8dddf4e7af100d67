"""Objects that tests here put into a cluster, and waiting for them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from estate.versions import ENGINES as VERSIONS
from tests.cluster.api import Api, Object, path_of, until
from tests.cluster.errors import ClusterError
from tests.cluster.interpreted import ROOT

OURS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
# As the strictest of the Pod Security Standards demands it.
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}


def pod(namespace: str, name: str, container: Object, **spec: Any) -> Object:
    """A pod of one restricted container."""
    whole = {"name": name, "securityContext": RESTRICTED, **container}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": name}},
        "spec": {"terminationGracePeriodSeconds": 1, **spec, "containers": [whole]},
    }


def node_exporter(namespace: str, name: str) -> Object:
    """node_exporter on port 9100: the smallest of our engines that serves something."""
    image = f"quay.io/prometheus/node-exporter:v{VERSIONS['node_exporter']}"
    container = {
        "image": image,
        "args": ["--collector.disable-defaults", "--collector.uname"],
        "ports": [{"name": "metrics", "containerPort": 9100}],
        "readinessProbe": {"httpGet": {"path": "/", "port": "metrics"}, "periodSeconds": 1},
    }
    return pod(namespace, name, container)


def service(namespace: str, name: str, kind: str = "ClusterIP") -> Object:
    """A service for the port 9100 of the pods with that label."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"type": kind, "selector": {"app": name}, "ports": [{"name": "metrics", "port": 9100}]},
    }


def python(namespace: str, name: str, code: str) -> Object:
    """A pod that runs some Python in our own image, once."""
    container = {"image": f"ghcr.io/singlepane/singlepane:{OURS}", "command": ["python3", "-c", code]}
    return pod(namespace, name, container, restartPolicy="Never")


@contextmanager
def namespace(api: Api, name: str) -> Iterator[str]:
    """A namespace that takes all in it away at the end."""
    content = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    api.apply(content)
    until(lambda: api.get(f"/api/v1/namespaces/{name}/serviceaccounts")["items"], f"an account in {name}")
    try:
        yield name
    finally:
        api.delete(path_of(content))


def ready(api: Api, content: Object, seconds: float = 180) -> Object:
    """The pod once it is ready. Raises ClusterError with its state."""
    path = path_of(content)

    def holds() -> Object | None:
        found: Object = api.get(path)
        conditions = {each["type"]: each["status"] for each in found["status"].get("conditions", ())}
        return found if conditions.get("Ready") == "True" else None

    try:
        return dict(until(holds, f"ready {path}", seconds))
    except ClusterError as error:
        raise ClusterError(f"{error}: {api.get(path)['status']}") from None


def output(api: Api, content: Object, seconds: float = 180) -> str:
    """What a pod printed that has ended well. Raises ClusterError when it did not."""
    path = path_of(content)
    phase = until(
        lambda: (got := _phase(api, path)) in ("Succeeded", "Failed") and got, f"the end of {path}", seconds
    )
    text = str(api.get(f"{path}/log"))
    if phase != "Succeeded":
        raise ClusterError(f"{path} failed: {text}")
    return text


def _phase(api: Api, path: str) -> str:
    return str(api.get(path)["status"].get("phase"))
