"""Port-forwards and pods as `verify` uses them, with a real API server and a real kubelet."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.connection import Access
from deploy.targets.kubernetes.cluster.forward import Forwards
from deploy.targets.kubernetes.cluster.paths import collection
from deploy.targets.kubernetes.objects import names
from deploy.targets.kubernetes.running.pods import pods_of, running
from estate.components import Component, Engine
from tests.cluster import pods
from tests.cluster.api import until
from tests.cluster.clusters import Clusters

SPACE = "forwards"
COMPONENT = Component(
    "node-exporter-prod-weu", "node-exporter", "prod-weu", Engine("node_exporter"), ports={"http": 9100}
)


@pytest.fixture(scope="module")
def api(real_clusters: Clusters) -> Iterator[Api]:
    """Our client of a cluster in which a node_exporter is ready."""
    cluster = real_clusters["prod-weu"]
    with pods.namespace(cluster.api, SPACE):
        content = pods.node_exporter(SPACE, "node-exporter")
        content["metadata"]["labels"] = names.labels(COMPONENT)
        cluster.api.apply(content)
        pods.ready(cluster.api, content)
        yield Api(Access("prod-weu", str(real_clusters.kubeconfig), "prod-weu", SPACE))


def test_a_pod_answers_through_a_forward(api: Api) -> None:
    """One connection after another, kept ones, and many at once."""
    with Forwards(api) as forwards:
        address = forwards.open("node-exporter", 9100)
        with httpx.Client(base_url=f"http://{address}", trust_env=False, timeout=30) as client:
            pages = [client.get("/metrics").text for _ in range(3)]
            with ThreadPoolExecutor(8) as pool:
                pages += pool.map(lambda _: client.get("/metrics").text, range(24))
        assert all("node_uname_info" in page for page in pages)
        assert forwards.trouble(address) is None


def test_what_does_not_listen_is_said(api: Api) -> None:
    """A port without a listener, and a pod that is not there."""
    with Forwards(api) as forwards:
        for pod, port, said in (
            (
                "node-exporter",
                9101,
                "prod-weu: nothing listens on port 9101 of node-exporter: connection refused",
            ),
            ("gone", 9100, 'prod-weu: pods "gone" not found'),
        ):
            address = forwards.open(pod, port)
            with pytest.raises(httpx.TransportError):
                httpx.get(f"http://{address}/", trust_env=False, timeout=30)
            trouble = forwards.trouble(address)
            assert trouble is not None
            assert trouble.message == said


def test_a_component_is_as_its_real_pods_are(api: Api, real_clusters: Clusters) -> None:
    """Ready with its start; beside one whose image is nowhere, failed with what the kubelet says."""
    path = collection("v1", "Pod", SPACE)
    own = pods_of(COMPONENT, api.get(path)["items"])
    # Here the container is named after the pod, which is named after the kind.
    row = running(COMPONENT, own, {})
    assert (row.state, row.last_error, row.restarts) == ("ready", "", 0)
    assert row.since > 0
    content = pods.node_exporter(SPACE, "second")
    content["metadata"]["labels"] = names.labels(COMPONENT)
    (container,) = content["spec"]["containers"]
    container |= {"name": "node-exporter", "image": "nowhere.invalid/none:v1"}
    real_clusters["prod-weu"].api.apply(content)

    def stuck() -> str | None:
        found = running(COMPONENT, pods_of(COMPONENT, api.get(path)["items"]), {})
        return found.last_error if found.state == "failed" else None

    said = until(stuck, "an image that cannot be pulled")
    assert "second, container node-exporter: " in said
    assert "ErrImagePull" in said or "ImagePullBackOff" in said
    assert "nowhere.invalid/none:v1" in said
