"""What an installed kube-prometheus-stack gets, by value; what it and we do to each other is in
test_adopting_live.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deploy.cluster_wiring import cluster_components
from deploy.targets.kubernetes.changes.consequences import of_change
from deploy.targets.kubernetes.checks import Installed, stack_findings
from deploy.targets.kubernetes.objects.expected import expected
from deploy.targets.kubernetes.rendering import texts
from deploy.targets.kubernetes.rendering.argocd import Repository, applications
from deploy.targets.kubernetes.rendering.release import Rendering
from deploy.targets.kubernetes.rendering.render import render
from deploy.verify.replica import replicas
from estate.load import Loaded, load
from estate.running import Deployment
from estate.stacks import account_of, full_name, server_of
from tests.kubernetes.estates import SHOP, wish

CLUSTER = "prod-weu"
PROMETHEUS = "kube-prometheus-stack-prometheus"


def adopting(folder: Path, keys: str = "existing: kube-prometheus-stack", cluster: str = CLUSTER) -> Loaded:
    """The shop with an installed stack in one of its clusters; `keys` are added to its `kubernetes`."""
    address = {"prod-weu": "10.21.0.10", "hub-weu": "10.20.0.10"}[cluster]
    path = folder / "estate.yaml"
    path.write_text(SHOP.read_text().replace(f"{{address: {address},", f"{{{keys}, address: {address},"))
    return load(path)


def rendered(loaded: Loaded, cluster: str = CLUSTER) -> Rendering:
    """What that cluster should have."""
    (made,) = render(wish(loaded.estate), [cluster])
    return made


def names_of(rendering: Rendering, kind: str) -> list[str]:
    """Names of its objects of a kind."""
    return [each["metadata"]["name"] for each in rendering.manifests() if each["kind"] == kind]


def test_nothing_is_installed_a_second_time(tmp_path: Path) -> None:
    """No operator, no Prometheus, no kube-state-metrics, no node exporter, no account and no rights for them,
    no monitors of kubelets, of the API server and of DNS. Exporters, rules and how the sidecar is reached are
    ours.
    """
    made = rendered(adopting(tmp_path))
    assert [each.name for each in made.releases] == [
        "metrics",
        "azure-platform-prod-weu",
        "shop-orders-prod-weu",
    ]
    kinds = {each["kind"] for each in made.manifests()}
    assert kinds & {"Prometheus", "DaemonSet", "ClusterRole", "ClusterRoleBinding"} == set()
    assert names_of(made, "ServiceAccount") == ["azure-platform-prod-weu", "shop-orders-prod-weu"]
    assert names_of(made, "ServiceMonitor") == ["azure-platform-prod-weu", "shop-orders-prod-weu"]
    assert names_of(made, "PodMonitor") == ["prometheus", "sidecar"]
    assert names_of(made, "PodDisruptionBudget") == []
    balancers = [
        each["spec"]["selector"]["statefulset.kubernetes.io/pod-name"]
        for each in made.manifests()
        if each["kind"] == "Service" and each["spec"]["type"] == "LoadBalancer"
    ]
    assert balancers == [f"prometheus-{PROMETHEUS}-0", f"prometheus-{PROMETHEUS}-1"]


def test_the_fields_that_it_gets(tmp_path: Path) -> None:
    """The sidecar, the labels, the hub's Alertmanagers and the identity: whole, and nothing else."""
    prometheus, account = rendered(adopting(tmp_path)).additions
    thanos = prometheus["spec"].pop("thanos")
    assert prometheus == {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "Prometheus",
        "metadata": {"name": PROMETHEUS, "namespace": "monitoring"},
        "spec": {
            "additionalAlertManagerConfigs": {
                "key": "alertmanagers.yaml",
                "name": "prometheus-alertmanagers",
            },
            "externalLabels": {"cluster": "prod-weu", "environment": "prod"},
            "podMetadata": {
                "labels": {
                    "app.kubernetes.io/part-of": "singlepane",
                    "azure.workload.identity/use": "true",
                }
            },
            "replicaExternalLabelName": "prometheus_replica",
        },
    }
    assert thanos["objectStorageConfig"] == {"key": "objstore.yaml", "name": "sidecar-prod-weu-0-files"}
    assert sorted(thanos) == ["image", "objectStorageConfig", "resources", "version"]
    assert account == {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {
            "name": PROMETHEUS,
            "namespace": "monitoring",
            "annotations": {"azure.workload.identity/client-id": "8e6d1f54-3b0c-4f43-9b0e-5a1d7c2e0002"},
        },
    }


def test_rules_and_monitors_bear_the_labels_that_its_prometheus_selects(tmp_path: Path) -> None:
    """`release` with the name of the release, or what the estate says; for a Prometheus of ours none."""
    selected = ("PrometheusRule", "ServiceMonitor", "PodMonitor")

    def found(keys: str) -> set[tuple[str, ...]]:
        rows = [each for each in rendered(adopting(tmp_path, keys)).manifests() if each["kind"] in selected]
        assert rows
        wanted = ("release", "team.example.com/scrape")
        return {tuple(str(row["metadata"]["labels"].get(key)) for key in wanted) for row in rows}

    existing = "existing: kube-prometheus-stack"
    assert found(existing) == {("kube-prometheus-stack", "None")}
    assert found(f"{existing}, stack: {{release: obs}}") == {("obs", "None")}
    labels = 'stack: {labels: {team.example.com/scrape: "yes"}}'
    assert found(f"{existing}, {labels}") == {("None", "yes")}
    assert found("storage_class: default") == {("None", "None")}


@pytest.mark.parametrize(
    ("release", "whole"),
    [
        ("kube-prometheus-stack", "kube-prometheus-stack"),
        ("monitoring", "monitoring-kube-prometheus"),
        ("kps", "kps-kube-prometheus-stack"),
        ("prod-kube-prometheus-stack-weu", "prod-kube-prometheus-stack"),
        ("a-rather-long-release-name", "a-rather-long-release-name"),
    ],
)
def test_names_follow_from_that_of_the_release(release: str, whole: str) -> None:
    """At most 26 characters, as the chart cuts them: an installed release `monitoring` of 80.11.0 has the
    Alertmanager monitoring-kube-prometheus-alertmanager.
    """
    assert full_name(release) == whole


def test_names_that_the_stack_has_otherwise(tmp_path: Path) -> None:
    """`fullnameOverride` and `serviceAccount.name` are said in the estate."""
    own = "stack: {prometheus: west, account: scraper}"
    loaded = adopting(tmp_path, f"existing: kube-prometheus-stack, {own}")
    assert server_of(loaded.estate, CLUSTER) == "west"
    assert account_of(loaded.estate, CLUSTER) == "scraper"
    assert [each["metadata"]["name"] for each in rendered(loaded).additions] == ["west", "scraper"]
    assert server_of(loaded.estate, "prod-neu") == "prod-neu"
    assert account_of(loaded.estate, "prod-neu") == "prometheus"


def test_alerts_that_always_fire_stay_at_the_stacks_own_alertmanager(tmp_path: Path) -> None:
    """Its Watchdog would be taken for ours, its InfoInhibitor would page for ever; ours bear a team."""
    draft = next(
        each for each in rendered(adopting(tmp_path)).secrets if each.name == "prometheus-alertmanagers"
    )
    (file,) = draft.files
    assert isinstance(file.content, list)
    assert file.content[0]["alert_relabel_configs"] == [
        {"action": "drop", "regex": "(Watchdog|InfoInhibitor);", "source_labels": ["alertname", "team"]}
    ]


def test_an_installed_stack_on_the_hub(tmp_path: Path) -> None:
    """Its Prometheus reaches our Alertmanagers by name, and only ours are watched under their names: those of
    the stack are behind the same Service.
    """
    made = rendered(adopting(tmp_path, cluster="hub-weu"), "hub-weu")
    assert "prometheus-operator-hub-weu" not in [each.name for each in made.releases]
    assert "prometheus-alertmanagers" in [each.name for each in made.secrets]
    (monitor,) = [
        each
        for each in made.manifests()
        if each["kind"] == "ServiceMonitor" and each["metadata"]["name"] == "alertmanager"
    ]
    assert monitor["spec"]["endpoints"][0]["relabelings"][-1] == {
        "action": "keep",
        "regex": "alertmanager-main-[0-9]+",
        "sourceLabels": ["__meta_kubernetes_pod_name"],
    }
    # Where Query finds the sidecar.
    assert f"prometheus-{PROMETHEUS}-0.prometheus-operated.monitoring.svc:10901" in str(made.manifests())


def test_what_runs_there_is_not_looked_for_twice(tmp_path: Path) -> None:
    """`status` and `verify` expect the replicas under the names of the installed object, and no operator."""
    estate = adopting(tmp_path).estate
    there = {each.name for each in expected(estate, cluster_components(estate)) if each.cluster == CLUSTER}
    assert there == {
        "prometheus-prod-weu-0",
        "prometheus-prod-weu-1",
        "sidecar-prod-weu-0",
        "sidecar-prod-weu-1",
        "azure-platform-prod-weu",
        "shop-orders-prod-weu",
    }
    runs = Deployment(estate.name, "estate.yaml", "kubernetes", "", 0.0, 0, 0.0, ())
    first = next(each for each in replicas(estate, runs) if each.cluster == CLUSTER)
    assert first.labels["prometheus_replica"] == f"prometheus-{PROMETHEUS}-0"
    assert first.carried({**first.labels, "prometheus": f"monitoring/{PROMETHEUS}"})
    assert not first.carried({**first.labels, "cluster": "other"})
    other = next(each for each in replicas(estate, runs) if each.cluster == "prod-neu")
    assert not other.carried({**other.labels, "prometheus": "x"})


def test_files_and_applications(tmp_path: Path) -> None:
    """The fields are a file for readers, which Argo CD does not apply; there is no definition to apply."""
    made = rendered(adopting(tmp_path))
    files = dict(texts.of([made]))
    assert files["prod-weu/adopted.yaml"].count("\nkind: ") == 2
    repository = Repository("https://git.example/rendered.git")
    found = list(applications(made, repository))
    waves = {
        each["metadata"]["name"]: each["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"]
        for each in found
    }
    assert waves == {
        "prod-weu-metrics": "0",
        "prod-weu-azure-platform": "1",
        "prod-weu-shop-orders": "1",
    }
    wanted = wish(adopting(tmp_path).estate)
    paths = [path for path, _ in texts.for_argocd(wanted, [CLUSTER, "prod-neu"], [], repository)]
    assert paths == ["argocd/prod-weu.yaml", "prod-neu/definitions.yaml", "argocd/prod-neu.yaml"]


def test_thanos_that_does_not_go_with_the_installed_operator(tmp_path: Path) -> None:
    """The matrix of versions is asked with the operator and the Prometheus that are there."""
    loaded = adopting(tmp_path)
    path = tmp_path / "estate.yaml"
    path.write_text(path.read_text() + "images: {versions: {thanos: 0.41.0}}\n")
    release = {
        "name": "kube-prometheus-stack",
        "chart": "kube-prometheus-stack",
        "version": "88.5.4",
        "app": "v0.93.1",
        "status": "deployed",
        "prometheuses": [PROMETHEUS],
    }
    spec = {"version": "v3.13.2-distroless", "replicas": 2, "serviceAccountName": PROMETHEUS}
    there = Installed((release,), ({"kind": "Prometheus", "metadata": {"name": PROMETHEUS}, "spec": spec},))
    assert stack_findings(loaded, CLUSTER, (), there) == ()
    (said,) = stack_findings(load(path), CLUSTER, (), there)
    assert (said.code, said.message) == (
        "stack-version",
        "kube-prometheus-stack 88.5.4 has prometheus_operator 0.93.1, and thanos 0.41.0 does not go with it: "
        "the operator leaves compaction on, which sidecars before 0.42 refuse",
    )
    assert said.fix == "use thanos 0.42.0 or newer: images.versions.thanos"


def test_a_stream_is_cut_only_where_there_is_one() -> None:
    """External labels that are given together with the sidecar begin a stream; later they cut it."""
    bare: dict[str, Any] = {"kind": "Prometheus", "metadata": {"name": PROMETHEUS}, "spec": {}}
    labels = {"externalLabels": {"cluster": "a"}, "replicaExternalLabelName": "replica"}
    with_sidecar = {**bare, "spec": {**labels, "thanos": {"image": "x"}}}
    assert list(of_change(bare, with_sidecar)) == []
    renamed = {**bare, "spec": {**with_sidecar["spec"], "externalLabels": {"cluster": "b"}}}
    assert [each.code for each in of_change(with_sidecar, renamed)] == ["stream-cut"]
    assert [each.code for each in of_change(with_sidecar, bare)] == ["stream-cut", "stream-cut"]
