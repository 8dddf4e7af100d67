"""What hops do otherwise in clusters, where Prometheus is not ours alone and the object store's access is not
ours at all. Replies have the shapes of Prometheus 3 and Thanos 0.42.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from deploy.targets.way import Looked, Way
from deploy.verify import HOPS, verify
from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Pending
from deploy.verify.hops import (
    alert_at_receiver,
    block_in_bucket,
    cluster_observed,
    deduplicated,
    identity_issued,
    pods_ready,
    rule_evaluated,
    scraped,
    served_by_store,
)
from deploy.verify.replica import Replica, replicas
from deploy.verify.stores import store_of
from estate.errors import ClusterError
from estate.running import Deployment, Running
from tests.verify.stack import estate
from tests.verify.test_chain import engine

NOW = 1_795_435_200.0
DATE = "Mon, 23 Nov 2026 12:00:00 GMT"
REPLICA = Replica("neu", 0, {"cluster": "neu", "prometheus_replica": "prometheus-neu-0"})
# Answers by component and path; a callable gets the parameters.
Answers = Mapping[tuple[str, str], Any]


def row(name: str, kind: str, cluster: str = "neu", **more: Any) -> Running:
    """A component that answers under its own name."""
    ports = {"http": f"{name}.local:1", "grpc": f"{name}.local:2"}
    return Running(name, kind, cluster, "ready", addresses=ports, **more)


ROWS = (
    row("orders-neu", "exporter"),
    row("prometheus-neu-0", "prometheus"),
    row("sidecar-neu-0", "sidecar", inside={"grpc": "10.22.0.10:10901"}),
    row("store", "store", "hub"),
    row("query", "query", "hub"),
    row("rule", "rule", "hub"),
    row("server", "server", "hub"),
    *(row(f"alertmanager-{number}", "alertmanager", "hub") for number in range(3)),
)


def deployment(*rows: Running) -> Deployment:
    """These components in clusters."""
    return Deployment("proof", "e.yaml", "kubernetes", "", 0.0, 0, 0.0, rows or ROWS)


def way(look: Callable[[str], Looked] | None = None, trouble: ClusterError | None = None) -> Way:
    """Commands in capitals, logs of one line."""
    return Way(
        lambda runs, text: text.replace("singlepane logs", "kubectl logs"),
        lambda runs, name: f'level=error msg="{name} is tired"\n',
        lambda address: trouble,
        look,
    )


async def ask(prove: Callable[[Ground, Replica], Any], answers: Answers, by: Way | None = None) -> Any:
    """What a hop says when components answer so."""

    def answer(request: httpx.Request) -> httpx.Response:
        name = request.url.host.removesuffix(".local")
        found = answers[name, request.url.path]
        if callable(found):
            found = found({key: each[0] for key, each in parse_qs(request.url.query.decode()).items()})
        body = found if isinstance(found, str) else json.dumps(found)
        return httpx.Response(200, text=body, headers={"Date": DATE})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        return await prove(Ground(estate(), deployment(), client, engine, by or way()), REPLICA)


async def broken(prove: Callable[[Ground, Replica], Any], answers: Answers, by: Way | None = None) -> Broken:
    """How it breaks."""
    with pytest.raises(Broken) as found:
        await ask(prove, answers, by)
    return found.value


def data(value: Any) -> dict[str, Any]:
    """A document of the Prometheus HTTP API."""
    return {"status": "success", "data": value}


def target(job: str, component: str, health: str = "up", error: str = "") -> dict[str, Any]:
    """An active target."""
    return {
        "labels": {"job": job, "component": component},
        "scrapeUrl": f"http://{component}/metrics",
        "lastError": error,
        "lastScrape": "2026-11-23T11:59:50Z",
        "health": health,
        "scrapeInterval": "30s",
    }


def targets(*rows: dict[str, Any]) -> Answers:
    """What Prometheus says of its targets."""
    return {("prometheus-neu-0", "/api/v1/targets"): data({"activeTargets": list(rows)})}


def test_the_replica_is_named_as_its_pod() -> None:
    """prometheus-operator writes the name of the pod into the label of the replica."""
    found = {each.prometheus: each.labels["prometheus_replica"] for each in replicas(estate(), deployment())}
    assert found == {f"prometheus-{name}": f"prometheus-{name}" for name in ("weu-0", "weu-1", "neu-0")}


async def test_targets_of_other_people_are_theirs() -> None:
    """A target that another monitor brought may be down; one of ours may not."""
    ours = target("exporter", "orders-neu")
    foreign = target("shop", "", "down", "connection refused")
    assert await ask(scraped.prove, targets(ours, foreign)) == "1 target up"
    found = await broken(scraped.prove, targets(target("exporter", "orders-neu", "down", "refused"), foreign))
    assert found.cause == "prometheus-neu-0 cannot scrape orders-neu at http://orders-neu/metrics: refused"


async def test_what_tells_of_the_cluster_is_scraped() -> None:
    """All three jobs have targets, and all are up; 403 is a right that is missing."""
    every = [target(job, job) for job in ("kubelet", "kubelet", "cadvisor", "kube-state-metrics")]
    seen = await ask(cluster_observed.prove, targets(*every))
    assert seen == "2 kubelets, 1 cadvisor, 1 kube-state-metrics"
    found = await broken(cluster_observed.prove, targets(*every[:2]))
    assert found.cause == "prometheus-neu-0 has no target of the job cadvisor"
    assert "singlepane logs prometheus-operator-neu" in found.remedy
    denied = target("kubelet", "kubelet", "down", "server returned HTTP status 403 Forbidden")
    found = await broken(cluster_observed.prove, targets(denied, *every[2:]))
    assert "cannot scrape kubelet at http://kubelet/metrics: server returned HTTP status 403" in found.cause
    assert "nodes/metrics" in found.remedy


async def test_pods_are_looked_at_anew() -> None:
    """Each attempt asks again; what cannot heal is said at once, as a cluster that is away is."""
    states = [replace(ROWS[0], state="starting", last_error="orders-0 runs and is not ready"), ROWS[0]]
    by = way(lambda cluster: Looked((states.pop(0),)))
    found = await broken(pods_ready.prove, {}, by)
    assert (found.cause, found.final) == ("orders-neu is starting: orders-0 runs and is not ready", False)
    assert await ask(pods_ready.prove, {}, by) == "1 component ready"
    stuck = replace(ROWS[0], state="failed", last_error="orders-0, container exporter: ImagePullBackOff")
    found = await broken(pods_ready.prove, {}, way(lambda cluster: Looked((stuck,))))
    assert found.final
    assert "singlepane images" in found.remedy

    def away(cluster: str) -> Looked:
        raise ClusterError(f"{cluster}: its API server does not answer", "Is the network there?")

    found = await broken(pods_ready.prove, {}, way(away))
    assert (found.cause, found.remedy) == ("neu: its API server does not answer", "Is the network there?")


async def test_tokens_are_there_or_never_come() -> None:
    """The webhook adds them when a pod is made."""
    assert "has its token" in await ask(identity_issued.prove, {}, way(lambda cluster: Looked(ROWS)))
    by = way(lambda cluster: Looked(ROWS, ("sidecar-neu-0",)))
    found = await broken(identity_issued.prove, {}, by)
    assert found.final
    assert found.cause == "sidecar-neu-0: the pod has no token of a workload identity"
    assert "singlepane restart sidecar-neu-0" in found.remedy


def prometheus(age: float, uploads: str = "thanos_shipper_uploads_total 0\n", block: str = "2h") -> Answers:
    """A Prometheus whose oldest sample is so many seconds old, and its sidecar."""
    return {
        ("prometheus-neu-0", "/api/v1/status/flags"): data({"storage.tsdb.min-block-duration": block}),
        ("prometheus-neu-0", "/api/v1/status/buildinfo"): data({}),
        ("prometheus-neu-0", "/metrics"): f"prometheus_tsdb_lowest_timestamp_seconds {NOW - age}\n",
        ("sidecar-neu-0", "/metrics"): uploads,
        ("store", "/-/ready"): "ok",
        ("query", "/api/v1/stores"): data({"store": [{"name": "store.local:2", "labelSets": []}]}),
        ("store", "/api/v1/blocks"): data({"blocks": None}),
    }


def meta(end: float, **labels: str) -> dict[str, Any]:
    """A block as the store gateway tells of it."""
    return {
        "ulid": "01M8KEWDVM44N9N00YGD1XG6MC",
        "minTime": int((end - 7200) * 1000),
        "maxTime": int(end * 1000),
        "thanos": {
            "labels": labels or dict(REPLICA.labels),
            "source": "sidecar",
            "downsample": {"resolution": 0},
        },
    }


@pytest.mark.parametrize("prove", [block_in_bucket.prove, served_by_store.prove])
async def test_a_first_block_of_two_hours_is_not_due_yet(prove: Callable[..., Any]) -> None:
    """A Prometheus of half an hour has none, and nobody waits three hours for it."""
    seen = await ask(prove, prometheus(1800))
    assert isinstance(seen, Pending)
    assert seen == "not due yet: its first sample is 30 min old, its first block in 2 h 48 min"


async def test_a_block_that_is_late_is_broken() -> None:
    """After more than three hours it must be there."""
    found = await broken(block_in_bucket.prove, prometheus(12_000))
    assert found.cause.startswith("prometheus-neu-0 has not cut a block yet")


@pytest.mark.parametrize(
    ("page", "cause"),
    [
        ("up 1\n", "sidecar-neu-0 runs without an object store and uploads nothing"),
        (
            "thanos_shipper_uploads_total 0\nthanos_shipper_dir_sync_failures_total 7\n",
            "sidecar-neu-0 tried to upload and failed 7 times",
        ),
    ],
)
async def test_uploads_that_fail_are_no_matter_of_time(page: str, cause: str) -> None:
    """A young Prometheus is broken as well when its sidecar cannot upload at all."""
    assert (await broken(block_in_bucket.prove, prometheus(1800, page))).cause == cause


async def test_short_blocks_are_waited_for() -> None:
    """With the timing of a demonstration the first block is there within a minute."""
    assert (
        "has not cut a block yet" in (await broken(block_in_bucket.prove, prometheus(20, block="30s"))).cause
    )


async def test_the_store_gateway_tells_of_blocks() -> None:
    """Its own list is judged as the bucket's is, with the time that it takes to look."""
    young = {**prometheus(90_000), ("store", "/api/v1/blocks"): data({"blocks": [meta(NOW - 11_000)]})}
    seen = await ask(block_in_bucket.prove, young)
    assert seen == "1 block, the newest (01M8KEWDVM44N9N00YGD1XG6MC) ends 11000 s ago"
    old = {**prometheus(90_000), ("store", "/api/v1/blocks"): data({"blocks": [meta(NOW - 12_000)]})}
    found = await broken(block_in_bucket.prove, old)
    assert found.cause.endswith("more than the 11880 s that blocks of 7200 s allow")


async def test_a_replica_that_begins_anew_is_not_late() -> None:
    """Its volume is new: what lies in the bucket is of the one before."""
    again = {**prometheus(1800), ("store", "/api/v1/blocks"): data({"blocks": [meta(NOW - 90_000)]})}
    assert isinstance(await ask(block_in_bucket.prove, again), Pending)


def rules(*groups: tuple[str, str, str]) -> dict[str, Any]:
    """Groups with one rule each: file, name, health."""
    return data(
        {
            "groups": [
                {
                    "file": file,
                    "interval": 30,
                    "rules": [
                        {
                            "name": name,
                            "health": health,
                            "lastError": "bad",
                            "query": "up",
                            "lastEvaluation": "2026-11-23T11:59:50Z",
                        }
                    ],
                }
                for file, name, health in groups
            ]
        }
    )


async def test_rules_of_other_people_are_theirs() -> None:
    """A rule that somebody else brought may fail; ours may not."""
    folder = "/etc/prometheus/rules/prometheus-neu-rulefiles-0"
    ours = (f"{folder}/monitoring-singlepane-heartbeat-1234.yaml", "Watchdog", "ok")
    foreign = (f"{folder}/shop-orders-5678.yaml", "Orders", "err")
    answers = {
        ("prometheus-neu-0", "/api/v1/rules"): rules(ours, foreign),
        ("rule", "/api/v1/rules"): rules(("/etc/singlepane/rules/clusters.yaml", "ClusterSilent", "ok")),
    }
    seen = await ask(rule_evaluated.prove, answers)
    assert seen == "1 rule in prometheus-neu-0, 1 in the ruler"


@pytest.mark.parametrize(("merged", "said"), [(2, "2 series of 1 replica become 2"), (1, ""), (3, "")])
async def test_a_component_of_several_pods_is_several_series(merged: int, said: str) -> None:
    """A node exporter on two nodes: two series stay two, and none gets lost or stays double."""

    def up(params: Mapping[str, str]) -> dict[str, Any]:
        apart = params["dedup"] == "false"
        rows = []
        for node in range(2 if apart else merged):
            labels = {"component": "orders-neu", "instance": f"10.0.0.{node}:9100"}
            labels |= {"prometheus_replica": "prometheus-neu-0"} if apart else {}
            rows.append({"metric": labels, "value": [NOW, "1"]})
        return data({"result": rows})

    answers = {("query", "/api/v1/query"): up}
    if said:
        assert await ask(deduplicated.prove, answers) == said
    else:
        assert f"has {merged} series of orders-neu" in (await broken(deduplicated.prove, answers)).cause


async def test_any_of_three_alertmanagers_holds_the_alert() -> None:
    """They do not tell each other of alerts; what was delivered is counted over all of them."""
    watchdog = {"labels": {"alertname": "Watchdog", "cluster": "neu"}, "status": {"state": "active"}}
    failed = "alertmanager_notification_requests_failed_total 2\n"
    answers = {
        ("server", "/api/v1/heartbeats"): {"heartbeats": []},
        ("server", "/api/v1/notifications"): {"notifications": []},
        ("alertmanager-0", "/api/v2/alerts"): [],
        ("alertmanager-1", "/api/v2/alerts"): [watchdog],
        **{(f"alertmanager-{number}", "/metrics"): failed for number in range(3)},
    }
    found = await broken(alert_at_receiver.prove, answers)
    assert found.cause == "Alertmanager holds Watchdog, but its receiver refused or missed 6 requests"


async def test_stores_are_known_by_their_address_in_the_hub() -> None:
    """Query lists the load balancer of the other cluster, not the local end of a forward."""

    async def prove(ground: Ground, replica: Replica) -> str:
        return (await store_of(ground, replica.sidecar)).address

    endpoint: dict[str, Any] = {"name": "10.22.0.10:10901", "labelSets": [], "lastError": None}
    answers = {("query", "/api/v1/stores"): data({"sidecar": [endpoint]})}
    assert await ask(prove, answers) == "10.22.0.10:10901"


async def test_a_forward_that_fails_says_why() -> None:
    """The cause is what the API server said, the remedy the right to grant; the address is the hub's."""
    trouble = ClusterError("neu: pods is forbidden", "Grant this right.")

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.")

    rows = (replace(ROWS[1], inside={"http": "prometheus-neu-0.svc:9090"}),)
    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as client:
        ground = Ground(estate(), deployment(*rows), client, engine, way(trouble=trouble))
        with pytest.raises(Broken) as found:
            await ground.get("prometheus-neu-0", "/metrics")
    said = "prometheus-neu-0 at prometheus-neu-0.svc:9090 does not answer: neu: pods is forbidden"
    assert (found.value.cause, found.value.remedy) == (said, "Grant this right.")


async def test_a_cluster_that_is_away_breaks_its_own_chain_alone() -> None:
    """Its first hop says why, with the commands of clusters; one cluster alone can be asked for."""

    def look(cluster: str) -> Looked:
        if cluster == "neu":
            raise ClusterError("neu: away", "See with `singlepane logs x`.")
        return Looked(ROWS)

    found = await verify(estate(), deployment(), engine, 1, way=way(look), clusters=("neu",))
    assert {result.cluster for result in found.results} == {"neu"}
    first = found.first_broken
    assert first is not None
    assert (first.hop, first.cause, first.remedy) == ("pods-ready", "neu: away", "See with `kubectl logs x`.")
    assert first.proven
    assert found.hops == tuple(hop.name for hop in HOPS if hop.target in ("", "kubernetes"))
    both = await verify(estate(), deployment(), engine, 1, way=way(look))
    assert [result.ok for result in both.results if result.hop == "pods-ready"] == [True, True, False]
