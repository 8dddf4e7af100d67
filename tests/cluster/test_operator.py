"""prometheus-operator as a pod: it makes a Prometheus that finds its targets by the Kubernetes API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from deploy import engines
from deploy.targets.kubernetes.cluster import definitions
from estate.versions import ENGINES as VERSIONS
from tests.cluster import pods
from tests.cluster.api import Api, Object, path_of, until
from tests.cluster.clusters import Clusters

_SPACE = "operated"
_RELOADER = (
    f"quay.io/prometheus-operator/prometheus-config-reloader:v{VERSIONS['prometheus_config_reloader']}"
)


def operator() -> Iterator[Object]:
    """The operator with the right to everything, looking at one namespace."""
    rbac = "rbac.authorization.k8s.io"
    yield {
        "apiVersion": f"{rbac}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "operated"},
        "roleRef": {"apiGroup": rbac, "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": _SPACE}],
    }
    container = {
        "image": f"quay.io/prometheus-operator/prometheus-operator:v{VERSIONS['prometheus_operator']}",
        "args": [f"--namespaces={_SPACE}", f"--prometheus-config-reloader={_RELOADER}"],
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 1},
    }
    yield pods.pod(_SPACE, "operator", container)


def monitoring() -> Iterator[Object]:
    """A Prometheus that takes every monitor of its namespace, and one monitor for a node_exporter."""
    coreos = "monitoring.coreos.com/v1"
    exporter = pods.service(_SPACE, "exporter")
    exporter["metadata"]["labels"] = {"app": "exporter"}
    yield pods.node_exporter(_SPACE, "exporter")
    yield exporter
    yield {
        "apiVersion": coreos,
        "kind": "ServiceMonitor",
        "metadata": {"name": "exporter", "namespace": _SPACE},
        "spec": {"selector": {"matchLabels": {"app": "exporter"}}, "endpoints": [{"port": "metrics"}]},
    }
    yield {
        "apiVersion": coreos,
        "kind": "Prometheus",
        "metadata": {"name": "trial", "namespace": _SPACE},
        "spec": {
            "version": f"v{VERSIONS['prometheus']}",
            "serviceAccountName": "default",
            "serviceMonitorSelector": {},
            "scrapeInterval": "2s",
            "securityContext": {"runAsNonRoot": True, "runAsUser": 65534, "fsGroup": 65534},
        },
    }


@pytest.fixture(scope="module")
def api(real_clusters: Clusters) -> Iterator[Api]:
    """The API of a cluster with the definitions, the operator, and what it is to operate."""
    api = real_clusters["prod-weu"].api
    crds = definitions.wanted(engines.find("prometheus_operator"))
    api.apply(*crds)
    for crd in crds:
        until(partial(_established, api, path_of(crd)), f"{crd['metadata']['name']}")
    with pods.namespace(api, _SPACE):
        api.apply(*operator(), *monitoring())
        yield api
    for crd in crds:
        api.delete(path_of(crd))


def _established(api: Api, path: str) -> bool:
    conditions = api.get(path)["status"]["conditions"]
    return any((each["type"], each["status"]) == ("Established", "True") for each in conditions)


def test_prometheus_finds_its_targets(api: Api) -> None:
    """The operator's configuration is taken by our build of Prometheus, and its target is up."""
    pods.ready(api, pods.pod(_SPACE, "operator", {}))
    prometheus = pods.pod(_SPACE, "prometheus-trial-0", {})
    path = f"{path_of(prometheus)}"
    until(lambda: api.get(path), "a pod of Prometheus", 60)
    found = pods.ready(api, prometheus)
    assert {status["name"] for status in found["status"]["containerStatuses"]} == {
        "prometheus",
        "config-reloader",
    }

    def up() -> list[dict[str, Any]]:
        answer = api.get(f"{path}:9090/proxy/api/v1/query", query="up")
        content = answer if isinstance(answer, dict) else json.loads(answer)
        return [row for row in content["data"]["result"] if row["value"][1] == "1"]

    (row,) = until(up, "a target that is up")
    labels = {"job": "exporter", "namespace": _SPACE, "pod": "exporter", "service": "exporter"}
    assert row["metric"].items() >= labels.items()
