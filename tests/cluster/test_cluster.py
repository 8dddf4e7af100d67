"""Clusters beside each other: what runs in them runs as in a real one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import pytest
from kubernetes import config as _config
from kubernetes.client import ApiClient, CoreV1Api
from kubernetes.stream import portforward

from tests.cluster import pods
from tests.cluster.api import Api, path_of, until
from tests.cluster.clusters import Clusters

# The library has no types of its own.
config: Any = _config


@pytest.fixture(scope="module")
def spaces(real_clusters: Clusters) -> Iterator[Clusters]:
    """Both clusters with a namespace `trial` and a node_exporter with two services in it."""
    with (
        pods.namespace(real_clusters["hub-weu"].api, "trial"),
        pods.namespace(real_clusters["prod-weu"].api, "trial"),
    ):
        for cluster in real_clusters.by_name.values():
            cluster.api.apply(
                pods.node_exporter("trial", "exporter"),
                pods.service("trial", "exporter"),
                {
                    **pods.service("trial", "exporter", "LoadBalancer"),
                    "metadata": {"name": "outside", "namespace": "trial"},
                },
            )
        for cluster in real_clusters.by_name.values():
            pods.ready(cluster.api, pods.node_exporter("trial", "exporter"))
        yield real_clusters


def outside(api: Api) -> str:
    """The address of the service `outside`, once the cloud has given it one."""
    path = "/api/v1/namespaces/trial/services/outside"
    ingress = until(
        lambda: api.get(path)["status"]["loadBalancer"].get("ingress"), "an address for `outside`"
    )
    return str(ingress[0]["ip"])


def fetching(address: str) -> str:
    """Python that prints the line of node_exporter's page that names its node."""
    return (
        "import urllib.request\n"
        f"page = urllib.request.urlopen('http://{address}:9100/metrics', timeout=20).read().decode()\n"
        "print(*[line for line in page.splitlines() if line.startswith('node_uname_info')])"
    )


def test_two_clusters_are_ready_beside_each_other(real_clusters: Clusters) -> None:
    """Each has its own node, of the pinned version, that is ready and knows of no other."""
    for name, cluster in real_clusters.by_name.items():
        (node,) = cluster.api.get("/api/v1/nodes")["items"]
        assert node["metadata"]["name"] == f"{name}-1"
        assert node["status"]["nodeInfo"]["kubeletVersion"] == "v1.36.3"
        assert cluster.api.get("/version")["gitVersion"] == "v1.36.3"


def test_restricted_pod_runs(spaces: Clusters) -> None:
    """A pod from an engine's image runs under the strictest security context, and as the image's user."""
    for cluster in spaces.by_name.values():
        found = pods.ready(cluster.api, pods.node_exporter("trial", "exporter"))
        (status,) = found["status"]["containerStatuses"]
        assert status["restartCount"] == 0
        assert status["image"].startswith("quay.io/prometheus/node-exporter:v")


def test_names_of_services_resolve(spaces: Clusters) -> None:
    """A pod finds a service of its namespace by its short name, and reaches the pod behind it."""
    cluster = spaces["hub-weu"]
    cluster.api.apply(asking := pods.python("trial", "asking", fetching("exporter")))
    assert 'nodename="exporter"' in pods.output(cluster.api, asking)


def test_other_cluster_is_reached_over_its_load_balancer(spaces: Clusters) -> None:
    """A pod of one cluster gets an answer from a pod of the other one at the address of a load balancer."""
    address = outside(spaces["prod-weu"].api)
    assert address.startswith(f"10.100.{spaces['prod-weu'].addresses.number}.")
    hub = spaces["hub-weu"].api
    hub.apply(crossing := pods.python("trial", "crossing", fetching(address)))
    assert 'nodename="exporter"' in pods.output(hub, crossing)


def test_machine_reaches_load_balancers(spaces: Clusters) -> None:
    """A test on the machine reaches it as well."""
    address = outside(spaces["hub-weu"].api)
    assert httpx.get(f"http://{address}:9100/metrics", trust_env=False, timeout=20).status_code == 200


def test_logs_and_proxy_answer(spaces: Clusters) -> None:
    """Logs come from the kubelet through the API server; requests to a pod and to the kubelet pass it too."""
    api = spaces["hub-weu"].api
    path = path_of(pods.node_exporter("trial", "exporter"))
    assert "Listening on" in api.get(f"{path}/log")
    assert "node_uname_info" in api.get(f"{path}:9100/proxy/metrics")
    resources = api.get("/api/v1/nodes/hub-weu-1/proxy/metrics/resource")
    assert 'pod_memory_working_set_bytes{namespace="trial",pod="exporter"}' in resources


def test_port_forward_answers(spaces: Clusters) -> None:
    """What `kubectl port-forward` does, done by the Kubernetes client with the kubeconfig of all clusters."""
    for name in spaces.by_name:
        client: ApiClient = config.new_client_from_config(str(spaces.kubeconfig), context=name)
        forward = portforward(
            CoreV1Api(client).connect_get_namespaced_pod_portforward, "exporter", "trial", ports="9100"
        )
        connection = forward.socket(9100)
        connection.setblocking(True)
        connection.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        answer = b"".join(iter(partial(connection.recv, 65536), b""))
        connection.close()
        assert b"node_uname_info" in answer


def test_container_metrics_have_rows_of_pods(spaces: Clusters) -> None:
    """cAdvisor knows the pods by their control groups, which are below that of the node."""
    path = "/api/v1/nodes/hub-weu-1/proxy/metrics/cadvisor"
    api = spaces["hub-weu"].api
    wanted = 'container_cpu_usage_seconds_total{container="exporter"'
    until(lambda: wanted in api.get(path), "rows of the container in cAdvisor's metrics")


def test_killed_kubelet_comes_back(spaces: Clusters) -> None:
    """Pods run on without their kubelet; started again, it knows them, and none is started anew."""
    cluster = spaces["prod-weu"]
    kubelet = cluster.process("kubelet")
    kubelet.end(seconds=0)
    assert httpx.get(f"http://{outside(cluster.api)}:9100/metrics", trust_env=False, timeout=20).is_success
    path = "/api/v1/nodes/prod-weu-1/proxy/healthz"
    with pytest.raises(httpx.HTTPStatusError):
        cluster.api.get(path)
    kubelet.start_again()
    until(lambda: cluster.api.get(path) == "ok", "an answer of the kubelet")
    found = pods.ready(cluster.api, pods.node_exporter("trial", "exporter"))
    assert found["status"]["containerStatuses"][0]["restartCount"] == 0


def test_disk_comes_with_a_claim(spaces: Clusters) -> None:
    """A claim of the default class gets a disk that a pod of another user may write to, and it grows in
    place.
    """
    api = spaces["hub-weu"].api
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data", "namespace": "trial"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    code = "open('/data/file', 'w').write('kept')"
    writing = pods.python("trial", "writing", f"{code}; print(open('/data/file').read())")
    writing["spec"]["securityContext"] = {"fsGroup": 10001}
    writing["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    writing["spec"]["containers"][0]["volumeMounts"] = [{"name": "data", "mountPath": "/data"}]
    api.apply(claim, writing)
    assert pods.output(api, writing) == "kept\n"
    claim["spec"] |= {"resources": {"requests": {"storage": "2Gi"}}}  # type: ignore[operator]
    api.apply(claim)
    path = path_of(claim)
    until(lambda: api.get(path)["status"]["capacity"]["storage"] == "2Gi", "a larger disk")
