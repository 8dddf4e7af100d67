"""What runs in clusters, by the pods that are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.cluster_wiring import cluster_components
from deploy.targets.kubernetes.objects import names
from deploy.targets.kubernetes.objects.expected import expected
from deploy.targets.kubernetes.running.clusters import Clusters
from deploy.targets.kubernetes.running.pods import pods_of, running, tokenless
from estate.components import Component, Engine
from estate.errors import ClusterError
from estate.load import load
from estate.model import Estate
from tests.kubernetes.apiserver import ApiServer
from tests.kubernetes.apiserver import running as served

EXAMPLE = Path(__file__).parents[2] / "examples" / "shop" / "clusters.yaml"
STORE = Component("store", "store", "hub-weu", Engine("thanos"), ports={"http": 10902, "grpc": 10901})
READY: Mapping[str, Any] = {"ready": True, "state": {"running": {"startedAt": "2026-11-29T12:00:00Z"}}}


def pod(name: str, of: Component, **status: Any) -> dict[str, Any]:
    """A pod of a component with the state of its container."""
    container = "thanos-sidecar" if of.kind == "sidecar" else of.kind
    row = {"name": container, "restartCount": 0, **(status or READY)}
    return {
        "metadata": {"name": name, "labels": names.labels(of)},
        "spec": {"containers": [{"name": container}]},
        "status": {"phase": "Running", "containerStatuses": [row]},
    }


def waiting(reason: str, message: str = "", **more: Any) -> dict[str, Any]:
    """The state of a container that waits."""
    return {"ready": False, "state": {"waiting": {"reason": reason, "message": message}}, **more}


@pytest.mark.parametrize(
    ("status", "state", "error"),
    [
        (READY, "ready", ""),
        (
            {"ready": False, "state": {"running": {"startedAt": "2026-11-29T12:00:00Z"}}},
            "starting",
            "store-0 runs and is not ready",
        ),
        (
            waiting("ImagePullBackOff", 'Back-off pulling image "quay.io/thanos/thanos:v9"'),
            "failed",
            'store-0, container store: ImagePullBackOff: Back-off pulling image "quay.io/thanos/thanos:v9"',
        ),
        (
            waiting("CreateContainerConfigError", 'secret "store-files" not found'),
            "failed",
            'store-0, container store: CreateContainerConfigError: secret "store-files" not found',
        ),
        (
            waiting("CrashLoopBackOff", lastState={"terminated": {"reason": "OOMKilled", "exitCode": 137}}),
            "backoff",
            "store-0, container store: CrashLoopBackOff, OOMKilled with exit code 137",
        ),
        (waiting("ContainerCreating"), "starting", "store-0 has not begun"),
    ],
)
def test_a_container_is_as_its_kubelet_says(status: Mapping[str, Any], state: str, error: str) -> None:
    """The states of a container by the lifecycle of pods, each with its reason."""
    row = running(STORE, [pod("store-0", STORE, **status)], {"http": "127.0.0.1:1"})
    assert (row.state, row.last_error) == (state, error)
    assert row.addresses == {"http": "127.0.0.1:1"}


def test_a_pod_without_a_node_waits() -> None:
    """The scheduler says why."""
    unplaced = pod("store-0", STORE)
    why = {
        "type": "PodScheduled",
        "status": "False",
        "message": "0/3 nodes are available: 3 Insufficient cpu.",
    }
    unplaced["status"] = {"phase": "Pending", "conditions": [why]}
    row = running(STORE, [unplaced], {})
    said = "store-0 finds no node: 0/3 nodes are available: 3 Insufficient cpu."
    assert (row.state, row.last_error) == ("waiting", said)


def test_no_pod_at_all() -> None:
    """The component is not there."""
    row = running(STORE, [], {})
    assert (row.state, row.last_error) == ("stopped", "it has no pod in the cluster")


def test_of_several_pods_the_worst_counts_and_a_ready_one_is_asked() -> None:
    """A node exporter that lacks one node; what ends and what was evicted is not counted."""
    of = Component("node-exporter-prod-weu", "node-exporter", "prod-weu", Engine("node_exporter"))
    ending = pod("a", of)
    ending["metadata"]["deletionTimestamp"] = "2026-11-29T12:01:00Z"
    evicted = pod("b", of)
    evicted["status"] = {"phase": "Failed", "reason": "Evicted"}
    bad = pod("c", of, **waiting("ErrImagePull"))
    fine = pod("d", of, **{**READY, "restartCount": 2})
    other = pod("store-0", STORE)
    own = pods_of(of, [ending, evicted, bad, fine, other])
    assert [each["metadata"]["name"] for each in own] == ["d", "c"]
    row = running(of, own, {})
    assert (row.state, row.note, row.restarts) == ("failed", "1 of 2 pods ready", 2)
    assert [each["metadata"]["name"] for each in pods_of(of, [evicted])] == ["b"]
    assert running(of, [evicted], {}).last_error == "b: Evicted"


def test_a_pod_of_the_operator_holds_several_components() -> None:
    """Prometheus may be ready beside a sidecar that is not: each is told by its own container."""
    own = Component("prometheus-prod-weu-1", "prometheus", "prod-weu", Engine("prometheus"), replica=1)
    beside = Component("sidecar-prod-weu-1", "sidecar", "prod-weu", Engine("thanos"), replica=1)
    both = pod("prometheus-prod-weu-1", own)
    row = {"name": "thanos-sidecar", "restartCount": 4, **waiting("CrashLoopBackOff")}
    both["status"]["containerStatuses"].append(row)
    others = [pod("prometheus-prod-weu-0", own), both]
    assert running(own, pods_of(own, others), {}).state == "ready"
    found = running(beside, pods_of(beside, others), {})
    assert (found.state, found.restarts) == ("backoff", 4)


def test_tokens_of_workload_identity() -> None:
    """The webhook adds a volume and a variable; a pod without them was made without it."""
    bare = pod("store-0", STORE)
    assert tokenless(bare)
    bare["spec"]["volumes"] = [{"name": "azure-identity-token"}]
    assert tokenless(bare)
    bare["spec"]["containers"][0]["env"] = [{"name": "AZURE_FEDERATED_TOKEN_FILE", "value": "/var/run/x"}]
    assert not tokenless(bare)


def all_pods(estate: Estate, cluster: str) -> list[dict[str, Any]]:
    """A ready pod of each component of a cluster, as the controllers name them."""
    made: dict[str, dict[str, Any]] = {}
    for each in expected(estate, cluster_components(estate)):
        if each.cluster != cluster:
            continue
        name = names.pod(each) if each.kind in names.OPERATED else f"{each.name}-0"
        one = pod(name, each)
        if name in made:
            made[name]["status"]["containerStatuses"] += one["status"]["containerStatuses"]
        else:
            made[name] = one
        made[name]["spec"]["volumes"] = [{"name": "azure-identity-token"}]
        made[name]["spec"]["containers"][0]["env"] = [{"name": "AZURE_FEDERATED_TOKEN_FILE"}]
    return list(made.values())


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[Estate, dict[str, ApiServer], Clusters]]:
    """The example with all its pods ready, and an API server for each cluster."""
    estate = load(EXAMPLE).estate
    with served() as hub, served() as weu, served() as neu:
        doubles = {"hub-weu": hub, "prod-weu": weu, "prod-neu": neu}
        apis = {}
        for name, double in doubles.items():
            double.pods = list(all_pods(estate, name))
            (tmp_path / name).mkdir()
            apis[name] = double.api(tmp_path / name, name)
        with Clusters(estate, str(EXAMPLE), cluster_components(estate), apis) as up:
            yield estate, doubles, up


def test_the_deployment_of_three_clusters(
    servers: tuple[Estate, dict[str, ApiServer], Clusters],
) -> None:
    """Each component with a local address for each port, and with the one by which the hub knows it."""
    estate, _, up = servers
    found = up.deployment()
    assert (found.target, found.estate, found.state_folder, found.warnings) == ("kubernetes", "shop", "", ())
    assert {row.name for row in found.components} == {
        each.name for each in expected(estate, cluster_components(estate))
    }
    assert {row.state for row in found.components} == {"ready"}
    sidecar = found.component("sidecar-prod-weu-1")
    assert sidecar.addresses.keys() == {"http", "grpc"}
    assert all(address.startswith("127.0.0.1:") for address in sidecar.addresses.values())
    # What Query lists: the load balancer of the other cluster, the name of the pod in its own.
    assert sidecar.inside == {"grpc": "10.21.0.10:10902"}
    own = found.component("sidecar-hub-weu-0")
    assert own.known("grpc") == "prometheus-hub-weu-0.prometheus-operated.monitoring.svc:10901"
    assert found.component("query").known("http") == "query.monitoring.svc:10902"


def test_a_cluster_that_is_away_is_a_warning(
    servers: tuple[Estate, dict[str, ApiServer], Clusters], tmp_path: Path
) -> None:
    """Its components have failed, with the reason; the others are told of."""
    estate, _, up = servers
    with served() as gone:
        away = gone.api(tmp_path, "prod-neu")
    apis = {**up._apis, "prod-neu": away}
    with Clusters(estate, str(EXAMPLE), cluster_components(estate), apis) as others:
        found = others.deployment()
    assert len(found.warnings) == 1
    assert found.warnings[0] == f"prod-neu: its API server {away.server} does not answer: Connection refused"
    lost = [row for row in found.components if row.cluster == "prod-neu"]
    assert {(row.state, row.last_error) for row in lost} == {("failed", found.warnings[0])}
    assert {row.state for row in found.components if row.cluster != "prod-neu"} == {"ready"}
    with (
        Clusters(estate, str(EXAMPLE), cluster_components(estate), {"prod-neu": away}) as alone,
        pytest.raises(ClusterError, match="does not answer"),
    ):
        alone.deployment()


@pytest.mark.parametrize(
    ("said", "carried"),
    [
        (
            "See why with `singlepane logs sidecar-prod-weu-1`.",
            "See why with `kubectl --context prod-weu -n monitoring logs prometheus-prod-weu-1 "
            "-c thanos-sidecar`.",
        ),
        ("`singlepane logs query`", "`kubectl --context hub-weu -n monitoring logs query-0`"),
        (
            "`singlepane restart shop-orders-prod-neu`",
            "`kubectl --context prod-neu -n monitoring delete pod shop-orders-prod-neu-0`",
        ),
        (
            "`singlepane logs alertmanager`",
            "`kubectl --context hub-weu -n monitoring logs -l app.kubernetes.io/name=alertmanager`",
        ),
        ("`singlepane status`", "`kubectl --context hub-weu -n monitoring get pods`"),
        ("`singlepane engines list` stays", "`singlepane engines list` stays"),
    ],
)
def test_what_to_do_is_said_for_clusters(
    servers: tuple[Estate, dict[str, ApiServer], Clusters], said: str, carried: str
) -> None:
    """Hops speak of our own commands; in clusters those are kubectl's, ready to copy."""
    _, _, up = servers
    runs = up.deployment()
    assert up.way().advised(runs, said) == carried


def test_an_estate_is_written_again_by_apply(
    servers: tuple[Estate, dict[str, ApiServer], Clusters], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the file as it is named from here."""
    _, _, up = servers
    monkeypatch.chdir(EXAMPLE.parents[2])
    runs = up.deployment()
    text = up.way().advised(runs, "Run `singlepane up` again, which writes it.")
    assert text == "Run `singlepane apply examples/shop/clusters.yaml` again, which writes it."


def test_logs_and_tokens(servers: tuple[Estate, dict[str, ApiServer], Clusters]) -> None:
    """The log of a component's container; who has no token; nothing where there is no pod."""
    _, doubles, up = servers
    doubles["prod-weu"].logs["prometheus-prod-weu-0"] = "level=warn msg=slow\n"
    runs = up.deployment()
    way = up.way()
    assert way.log(runs, "sidecar-prod-weu-0") == "level=warn msg=slow\n"
    assert way.log(runs, "nobody") == ""
    assert way.look is not None
    assert way.look("prod-weu").tokenless == ()
    for one in doubles["prod-weu"].pods:
        one["spec"]["volumes"] = []
    assert "sidecar-prod-weu-1" in way.look("prod-weu").tokenless
    assert "azure-platform-prod-weu" in way.look("prod-weu").tokenless
    assert "shop-orders-prod-weu" not in way.look("prod-weu").tokenless
