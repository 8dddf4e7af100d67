"""The estate on two real clusters: applied, proven, changed, broken and taken back.

The tests stand in the order in which a person would do it, and each begins where the one before ended.
"""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from deploy import engines
from deploy.targets.kubernetes.changes import drift
from deploy.targets.kubernetes.cluster import history
from tests.cluster.clusters import Clusters
from tests.kubernetes import scenes
from tests.kubernetes.live import HUB, OTHER, SPACE, Live, prepared, wait_for

# Jobs that every cluster has, and those of the hub.
EVERYWHERE = {
    "apiserver",
    "cadvisor",
    "coredns",
    "exporter",
    "kube-state-metrics",
    "kubelet",
    "node-exporter",
    "prometheus",
    "prometheus-operator",
    "sidecar",
}
ON_HUB = {"alert-gate", "alertmanager", "compact", "query", "query-frontend", "rule", "server", "store"}


@pytest.fixture(scope="module")
def live(real_clusters: Clusters, tmp_path_factory: pytest.TempPathFactory) -> Live:
    """The estate file, and what it takes as given."""
    return prepared(real_clusters, tmp_path_factory.mktemp("live"))


@pytest.fixture(scope="module")
def applied(live: Live) -> Live:
    """From nothing to ready and seen in the global view, in one command."""
    ran = live.run("apply")
    assert ran.code == 0, ran.err
    assert ran.err.splitlines()[-1] == f"{HUB}, {OTHER}: as the estate says, revision 1"
    return live


def test_a_second_plan_shows_nothing(applied: Live) -> None:
    """Neither Helm, nor the operator, nor any controller has left a difference."""
    ran = applied.run("plan", "--exit-code")
    assert ran.code == 0, ran.out
    assert [line.split(",")[0] for line in ran.out.splitlines()] == [
        f"{HUB}: no changes",
        f"{OTHER}: no changes",
    ]


def test_a_second_apply_changes_nothing(applied: Live) -> None:
    """No release gets a revision, and the history no entry."""
    ran = applied.run("apply")
    assert ran.code == 0, ran.err
    assert f"{HUB}: is as it should be" in ran.err
    rows = json.loads(applied.run("history", "-o", "json").out)["history"]
    assert [(row["cluster"], row["revision"]) for row in rows] == [(HUB, 1), (OTHER, 1)]


def test_one_query_shows_both_clusters(applied: Live) -> None:
    """What watches the clusters, the exporters, and Thanos itself: all of it is scraped and up."""

    def up() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {HUB: set(), OTHER: set()}
        for row in applied.query("min by (cluster, job) (up)"):
            if row["value"][1] == "1":
                found[row["metric"]["cluster"]].add(row["metric"]["job"])
        return found

    wait_for(lambda: up()[HUB] >= EVERYWHERE | ON_HUB and up()[OTHER] >= EVERYWHERE, "every job of both")
    assert up() == {HUB: EVERYWHERE | ON_HUB, OTHER: EVERYWHERE}


@pytest.mark.parametrize(
    "query",
    [
        'container_memory_working_set_bytes{job="cadvisor"}',
        'kubelet_running_pods{job="kubelet"}',
        'kube_pod_info{job="kube-state-metrics"}',
        'node_memory_MemAvailable_bytes{job="node-exporter"}',
        'coredns_dns_requests_total{job="coredns"}',
        'apiserver_request_total{job="apiserver"}',
        'thanos_shipper_uploads_total{job="sidecar"}',
    ],
)
def test_metrics_of_both_clusters_are_there(applied: Live, query: str) -> None:
    """The lists of metrics that are kept hold what rules and dashboards read."""
    found = {row["metric"]["cluster"] for row in applied.query(f"count by (cluster) ({query})")}
    assert found == {HUB, OTHER}


def test_the_shop_is_seen_through_the_exporter(applied: Live) -> None:
    """From a pod of one cluster to the global query in the other."""
    rows = applied.query("shop_orders_total")
    assert rows
    assert {row["metric"]["cluster"] for row in rows} == {OTHER}


def test_blocks_of_both_clusters_are_in_the_bucket(applied: Live) -> None:
    """Shipped by sidecars that the operator runs."""
    config = {
        "storage_account": "shopmetrics",
        "container": "thanos",
        "storage_connection_string": applied.environment()["STORE_CONNECTION"],
    }
    words = ["tools", "bucket", "ls", "--output=json", "--objstore.config"]
    thanos = engines.find("thanos")

    def clusters() -> set[str]:
        document = json.dumps({"type": "AZURE", "config": config})
        done = subprocess.run([str(thanos), *words, document], capture_output=True, text=True, check=True)
        return {name for name in (HUB, OTHER) if f'"cluster":"{name}"' in done.stdout.replace(" ", "")}

    wait_for(lambda: clusters() == {HUB, OTHER}, "a block of each cluster")


def test_every_cluster_sends_a_heartbeat(applied: Live) -> None:
    """The Watchdog of each gets through three Alertmanagers to the server: alerting works to the end."""
    place = f"/api/v1/namespaces/{SPACE}/services/http:server:9797/proxy/api/v1/heartbeats"

    def heard() -> set[str]:
        document = applied.api(HUB).get(place)
        return {row["cluster"] for row in document["heartbeats"] if row.get("last")}

    wait_for(lambda: heard() >= {HUB, OTHER}, "a heartbeat of each cluster")


def test_the_data_path_is_proven_hop_by_hop(applied: Live) -> None:
    """The hops of one machine and those of clusters, through port-forwards, for both clusters."""
    ran = applied.run("verify", "--target", "kubernetes", "--timeout", "240")
    assert ran.code == 0, ran.out
    assert ran.out.rstrip().splitlines()[-1].startswith("verified: every hop holds for 2 replicas in ")


@pytest.mark.parametrize(("cluster", "port"), [(OTHER, 10901), (HUB, 9093)])
def test_between_clusters_nobody_is_answered_without_a_certificate(
    applied: Live, cluster: str, port: int
) -> None:
    """Sidecars and the alert gate show theirs, which the estate's authority has signed, and ask for one."""
    context = ssl.create_default_context(cafile=applied.folder / "ca.crt")
    name, place = f"{cluster}.shop.internal", (applied.addresses[cluster], port)
    with (
        socket.create_connection(place, 30) as plain,
        context.wrap_socket(plain, server_hostname=name) as secured,
    ):
        # Only what is read tells: with TLS 1.3 a client has done its part before it is looked at.
        secured.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        assert _said(secured) in ("TLSV13_ALERT_CERTIFICATE_REQUIRED", b"")


def _said(connection: ssl.SSLSocket) -> bytes | str:
    """What is read, or the alert. Python's asyncio closes without one: the gate says nothing at all."""
    try:
        return connection.recv(1)
    except ssl.SSLError as error:
        return error.reason


def test_what_somebody_changed_is_drift_and_an_apply_puts_it_right(applied: Live) -> None:
    """A replica count by hand, and a Service that is gone."""
    api = applied.api(HUB)
    place = f"/apis/apps/v1/namespaces/{SPACE}/deployments/query"
    api.request("PATCH", place, body={"spec": {"replicas": 2}}, content_type="application/merge-patch+json")
    api.delete(f"/api/v1/namespaces/{SPACE}/services/query-frontend")
    ran = applied.run("drift")
    assert ran.code == 1
    assert "spec.replicas: 2 -> 1" in ran.out
    assert "+ Service query-frontend (release query-frontend)" in ran.out
    ran = applied.run("apply", "--take-over")
    assert ran.code == 0, ran.err
    assert applied.run("drift").code == 0


def test_what_would_be_lost_must_be_allowed(applied: Live) -> None:
    """A renamed external label cuts every stream in two; nothing is changed before somebody allows it."""
    applied.write(lambda text: text.replace("environment: prod", "environment: production"))
    ran = applied.run("apply")
    assert ran.code == 1
    assert "LOST [stream-cut]: the external label environment changes" in ran.err
    assert "--allow stream-cut" in ran.err
    applied.write()
    assert applied.run("plan", "--exit-code").code == 0


def test_an_image_that_does_not_exist_touches_one_wave(applied: Live) -> None:
    """The hub goes back to the revision before, the other cluster was never touched."""
    scenes.image_missing(applied)
    ran = applied.run("plan", "--exit-code")
    assert ran.code == 0, ran.out


def test_two_applies_at_once(applied: Live) -> None:
    """The second is refused, and says who is first."""
    applied.write(scenes.faster)
    scenes.two_at_once(applied)


def test_a_killed_apply_goes_on_where_it_ended(applied: Live) -> None:
    """Killed while releases are being changed; the same command ends in the same state as if it never was."""
    applied.write(lambda text: text.replace("scrape_interval: 5s", "scrape_interval: 7s"))
    for seconds in (6.0, 9.0):
        scenes.killed(applied, seconds)
    ran = applied.run("apply")
    assert ran.code == 0, ran.err
    assert applied.run("plan", "--exit-code").code == 0


def test_back_to_the_first_revision(applied: Live) -> None:
    """Every release holds what it held then, by its hash; the file is as it was, and the plan is empty."""
    ran = _rollback(applied, 1)
    assert ran.returncode == 0, ran.stderr
    rows = json.loads(applied.run("history", "-o", "json").out)["history"]
    assert {row["note"] for row in rows[:1]} == {"rollback to 1"}
    for cluster in (HUB, OTHER):
        api = applied.api(cluster)
        recorded = {entry.revision: entry.hashes for entry in history.read(api)}
        held = drift.applied(api, cluster, scenes.ESTATE).releases
        assert {release.name: release.hash for release in held} == recorded[1] == recorded[max(recorded)]
    applied.write()
    ran_plan = applied.run("plan", "--exit-code")
    assert ran_plan.code == 0, ran_plan.out


def _rollback(live: Live, revision: int) -> subprocess.CompletedProcess[str]:
    words = live.command("rollback", str(revision), "--estate", str(live.file))
    words.remove(str(live.file))
    return subprocess.run(
        words, env=live.environment(), capture_output=True, text=True, check=False, timeout=900
    )


def test_a_context_that_is_not_there(live: Live, tmp_path: Path) -> None:
    """With the contexts that are."""
    there = f"address: {live.addresses[OTHER]}"
    live.write(lambda text: text.replace(there, f"{there}, context: prd"))
    ran = live.run("plan")
    live.write()
    assert ran.code == 2
    assert f"{OTHER}: {live.kubeconfig} has no context 'prd'" in ran.err
