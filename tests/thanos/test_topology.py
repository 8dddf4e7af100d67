"""The wiring of a whole estate, by value."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

from estate.components import Address, Component, DataPath, FilePath, Probe, Reached, Text
from estate.quantities import seconds
from tests.thanos.dump import document, readable
from tests.thanos.estates import azurite_setting, example, exporter, pair
from thanos import objstore
from thanos.prometheus import external_labels
from thanos.timing import DEMONSTRATION, PRODUCTION, Timing, shortest
from thanos.topology import components

GOLDEN = Path(__file__).parents[1] / "data" / "thanos"
TOPOLOGY = Path(__file__).parents[2] / "docs" / "topology.md"


@cache
def rendered(*, fast: bool) -> tuple[Component, ...]:
    """The example estate with an exporter in each cluster."""
    estate = example()
    others = [exporter("shop-orders", cluster) for cluster in estate.clusters]
    return components(estate, azurite_setting(estate, *others, fast=fast))


def by_name(found: tuple[Component, ...]) -> dict[str, Component]:
    """Components by name."""
    return {each.name: each for each in found}


def leaves(value: Any) -> list[Any]:
    """All parts of all templates in a value."""
    if isinstance(value, Text):
        return list(value.parts)
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    if isinstance(value, list | tuple):
        return [leaf for each in value for leaf in leaves(each)]
    return []


def references(component: Component) -> list[Any]:
    """All references that a component holds."""
    return leaves(
        [component.arguments, dict(component.environment), [each.content for each in component.files]]
    )


def check_golden(name: str, text: str) -> None:
    """Compare with a golden file as a whole; SINGLEPANE_GOLDEN=write takes a change over."""
    path = GOLDEN / name
    if os.environ.get("SINGLEPANE_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_example_in_production() -> None:
    """Every flag and file of the example estate."""
    check_golden("production.yaml", document(rendered(fast=False)))


def test_example_as_a_demonstration() -> None:
    """What `singlepane up` changes is timing alone."""
    before, after = (document(rendered(fast=fast)).splitlines() for fast in (False, True))
    changes = difflib.unified_diff(before, after, "production", "demonstration", n=0, lineterm="")
    check_golden("demonstration.diff", "".join(f"{line}\n" for line in changes if line[:2] != "@@"))


def test_every_cluster_has_its_servers_and_the_hub_the_rest() -> None:
    """One Prometheus and sidecar for each replica of each cluster, and one of each global part."""
    assert [(each.name, each.cluster) for each in rendered(fast=False)] == [
        ("prometheus-hub-weu-0", "hub-weu"),
        ("prometheus-prod-weu-0", "prod-weu"),
        ("prometheus-prod-weu-1", "prod-weu"),
        ("prometheus-prod-neu-0", "prod-neu"),
        ("sidecar-hub-weu-0", "hub-weu"),
        ("sidecar-prod-weu-0", "prod-weu"),
        ("sidecar-prod-weu-1", "prod-weu"),
        ("sidecar-prod-neu-0", "prod-neu"),
        ("store", "hub-weu"),
        ("query", "hub-weu"),
        ("query-frontend", "hub-weu"),
        ("rule", "hub-weu"),
        ("compact", "hub-weu"),
        ("alertmanager", "hub-weu"),
    ]


def test_external_labels_are_unique() -> None:
    """Two streams with equal labels would overlap in the bucket and halt the compactor."""
    estate = example()
    sets = [
        external_labels(estate, cluster, replica)
        for cluster, row in estate.clusters.items()
        for replica in range(row.prometheus.replicas)
    ]
    assert sets == [
        {"cluster": "hub-weu", "environment": "hub", "prometheus_replica": "0"},
        {"cluster": "prod-weu", "environment": "prod", "prometheus_replica": "0"},
        {"cluster": "prod-weu", "environment": "prod", "prometheus_replica": "1"},
        {"cluster": "prod-neu", "environment": "prod", "prometheus_replica": "0"},
    ]


def test_a_pair_differs_in_its_replica_alone() -> None:
    """Both scrape and evaluate the same, so that either can stand for the other."""
    found = by_name(rendered(fast=False))
    first = document([found["prometheus-prod-weu-0"]])
    second = document([found["prometheus-prod-weu-1"]])
    changed = first.replace("prometheus_replica: '0'", "prometheus_replica: '1'").replace(
        "replica: 0", "replica: 1"
    )
    # Its own name: the key of the document and its external URL. The scraped targets stay.
    changed = changed.replace("prometheus-prod-weu-0:\n", "prometheus-prod-weu-1:\n", 1)
    changed = changed.replace(
        "external-url=http://${address:prometheus-prod-weu-0",
        "external-url=http://${address:prometheus-prod-weu-1",
    )
    assert changed == second


def test_each_component_is_scraped_in_its_own_cluster() -> None:
    """Everything with metrics is scraped by all servers of its cluster and by no other."""
    found = rendered(fast=False)
    everything = (*found, *(exporter("shop-orders", cluster) for cluster in example().clusters))
    for server in found:
        if server.kind != "prometheus":
            continue
        config: Any = server.files[0].content
        scraped = [
            target["labels"]["component"]
            for job in config["scrape_configs"]
            for target in job["static_configs"]
        ]
        assert sorted(scraped) == sorted(each.name for each in everything if each.cluster == server.cluster)


def test_rules_go_where_their_scope_says() -> None:
    """Clusters get the rules of a cluster, the hub those of the hub too, and the ruler the global ones."""
    found = by_name(rendered(fast=False))

    def rules(name: str) -> list[str]:
        return [Path(each.path).stem for each in found[name].files if each.path.startswith("rules/")]

    cluster = ["heartbeat", "prometheus", "sidecars", "clocks", "exporters", "estate", "azure"]
    hub = ["compaction", "alerting", "thanos", "certificates"]
    assert rules("prometheus-prod-neu-0") == [*cluster, "azure-resources"]
    assert rules("prometheus-hub-weu-0") == [*cluster, *hub, "azure-resources"]
    assert rules("rule") == ["clusters", "days"]


def test_needs_have_an_order() -> None:
    """Nothing waits for itself, and only for what is there."""
    found = rendered(fast=True)
    graph = {each.name: set(each.needs) for each in found}
    assert set().union(*graph.values()) <= {*graph, "azurite"}
    order = list(TopologicalSorter(graph).static_order())
    for before, after in (
        ("azurite", "store"),
        ("azurite", "compact"),
        ("prometheus-prod-weu-1", "sidecar-prod-weu-1"),
        ("sidecar-hub-weu-0", "query"),
        ("query", "query-frontend"),
    ):
        assert order.index(before) < order.index(after)


def test_fresh_data_does_not_wait_for_the_object_store() -> None:
    """Sidecars, ruler and Query start while it is away; one alone makes the container, before the
    compactor opens it.
    """
    found = by_name(rendered(fast=True))
    assert [name for name, each in found.items() if "azurite" in each.needs] == ["store"]
    assert found["compact"].needs == ("store",)
    creates = {
        name: file.content["config"]["storage_create_container"]
        for name, each in found.items()
        for file in each.files
        if file.path == "objstore.yaml" and isinstance(file.content, Mapping)
    }
    sidecars = [name for name in found if name.startswith("sidecar")]
    assert creates == {**dict.fromkeys([*sidecars, "rule", "compact"], False), "store": True}


def test_where_the_container_is_there_nobody_waits_for_who_makes_it() -> None:
    """On Azure it comes with the account."""
    bucket = objstore.Bucket(objstore.azure(example().metrics.store), ("something",), "metrics-store")
    assert bucket.made_by(by_name(rendered(fast=True))["store"]) == bucket


@pytest.mark.parametrize("component", rendered(fast=False), ids=lambda each: each.name)
def test_references_lead_somewhere(component: Component) -> None:
    """Every address, file and folder that is named exists."""
    found = by_name(rendered(fast=False))
    for part in references(component):
        match part:
            case Address("azurite" | "server" as name, _):
                assert name
            case Address(name, port) if name.startswith("shop-orders"):
                assert port == "http"
            case Address(name, port):
                assert port in found[name].ports
            case FilePath(file, ""):
                assert file in [each.path for each in component.files]
            case DataPath(name, _) if name:
                assert found[name].storage


@pytest.mark.parametrize("component", rendered(fast=False), ids=lambda each: each.name)
def test_listens_only_where_it_is_told(component: Component) -> None:
    """Every port is bound by a flag, so that no default opens one on all interfaces."""
    listening = [part.port for part in references(component) if type(part).__name__ == "Listen"]
    assert sorted(listening) == sorted(component.ports)


def test_query_knows_every_store_api() -> None:
    """All sidecars, the store gateway and the ruler are asked, and stay asked when they are gone."""
    query = by_name(rendered(fast=False))["query"]
    assert readable(query.files[0].content) == {
        "endpoints": [
            {"address": f"${{address:{name}/grpc}}", "strict": True}
            for name in (
                "sidecar-hub-weu-0",
                "sidecar-prod-weu-0",
                "sidecar-prod-weu-1",
                "sidecar-prod-neu-0",
                "store",
                "rule",
            )
        ]
    }


@pytest.mark.parametrize("timing", [PRODUCTION, DEMONSTRATION])
def test_timing_holds_together(timing: Timing) -> None:
    """A block is let go of before it is deleted, and not before the one that replaces it is seen."""
    assert seconds(timing.delete_delay) > seconds(timing.ignore_marks) > seconds(timing.store_sync)
    assert seconds(timing.delete_delay) / 2 >= seconds(timing.ignore_marks)


def test_demonstration_is_marked() -> None:
    """What runs with the timing of a demonstration says so, and nothing else does."""
    notes = {each.name: each.note for each in rendered(fast=True) if each.note}
    assert set(notes.values()) == {DEMONSTRATION.note}
    assert {"prometheus-hub-weu-0", "store", "compact"} <= notes.keys()
    assert not any(each.note for each in rendered(fast=False))


def test_production_blocks_are_two_hours() -> None:
    """A sidecar that uploads refuses a Prometheus that compacts, and no other length is recommended."""
    for each in rendered(fast=False):
        if each.kind == "prometheus":
            assert {
                "--storage.tsdb.min-block-duration=2h",
                "--storage.tsdb.max-block-duration=2h",
            } <= set(each.arguments)


def test_metrics_elsewhere_and_over_tls() -> None:
    """A target with another path, or with TLS on the port of its metrics, says so in its labels."""
    estate = pair()
    odd = exporter(
        "simulator",
        "prod-weu",
        kind="azure-simulator",
        ports={"https": 8443},
        ready=Probe("https", "/readyz", tls=True),
        metrics=("https", "/own/metrics"),
    )
    silent = exporter("silent", "prod-weu", metrics=None)
    found = by_name(components(estate, azurite_setting(estate, odd, silent)))
    config: Any = found["prometheus-prod-weu-0"].files[0].content
    assert readable(config["scrape_configs"][-1]) == {
        "job_name": "azure-simulator",
        "static_configs": [
            {
                "targets": ["${address:simulator-prod-weu/https}"],
                "labels": {
                    "component": "simulator-prod-weu",
                    "__metrics_path__": "/own/metrics",
                    "__scheme__": "https",
                },
            }
        ],
        "tls_config": {"insecure_skip_verify": True},
    }
    assert "silent" not in str(config)


def test_size_follows_the_estate() -> None:
    """More series, longer retention and faster scrapes ask for more memory and more disk."""
    estate = example()
    row = estate.clusters["prod-neu"]

    def sized(**settings: Any) -> Component:
        prometheus = row.prometheus.model_copy(update=settings)
        clusters = {**estate.clusters, "prod-neu": row.model_copy(update={"prometheus": prometheus})}
        grown = estate.model_copy(update={"clusters": clusters})
        return by_name(components(grown, azurite_setting(grown)))["prometheus-prod-neu-0"]

    usual = {"series": 500_000, "retention": "24h", "scrape_interval": "30s"}
    assert (sized(**usual).storage, sized(**usual).resources.memory) == ("5Gi", "4163Mi")
    assert sized(**{**usual, "series": 2_000_000}).storage == "19Gi"
    assert sized(**{**usual, "retention": "15d"}).storage == "52Gi"
    assert sized(**{**usual, "scrape_interval": "10s"}).storage == "14Gi"


def test_workload_identity_goes_to_those_who_open_the_bucket() -> None:
    """The identity that may read and write the container is given to no one else; a key needs none."""
    estate = example()
    found = rendered(fast=False)
    assert {each.kind for each in found if each.identity} == {"sidecar", "store", "rule", "compact"}
    store = estate.metrics.store.model_copy(update={"identity": "env:STORE"})
    keyed = estate.model_copy(update={"metrics": estate.metrics.model_copy(update={"store": store})})
    assert not any(each.identity for each in components(keyed, replace(azurite_setting(keyed))))


# What only says where something is needs no reason.
PLACES = {
    "--alertmanagers.url",
    "--config.file",
    "--data-dir",
    "--grpc-address",
    "--http-address",
    "--prometheus.url",
    "--query-frontend.downstream-url",
    "--rule-file",
    "--storage.path",
    "--storage.tsdb.path",
    "--tsdb.path",
    "--web.external-url",
    "--web.listen-address",
}


def test_every_flag_has_its_reason_in_the_docs() -> None:
    """docs/topology.md says why each flag is as it is, and names none that is not there."""
    flags = {
        flag[0]
        for each in rendered(fast=False)
        for argument in readable(each.arguments)
        if (flag := re.findall(r"^--[\w.-]+", argument))
    }
    rows = [line for line in TOPOLOGY.read_text(encoding="utf-8").splitlines() if line.startswith("| `--")]
    explained = {flag for row in rows for flag in re.findall(r"`(--[\w.-]+)`", row.split("|")[1])}
    assert sorted(flags - PLACES) == sorted(explained)


def test_a_demonstration_slows_down_and_production_never_changes() -> None:
    """Once eight blocks of a server are in the bucket it goes on with longer ones, and the store gateway with
    a slower look: nothing else changes then, so both can be compared flag by
    flag.
    """
    assert not any(each.later for each in rendered(fast=False))
    found = by_name(rendered(fast=True))
    changed = {}
    for each in found.values():
        if each.later:
            before, after = (
                document([replace(each, later=None, arguments=arguments)]).splitlines()
                for arguments in (each.arguments, each.later.arguments)
            )
            lines = [line.strip() for line in difflib.ndiff(before, after) if line[0] in "+-"]
            changed[each.name] = (each.later.when, lines)
    block = [
        f"{sign}   - --storage.tsdb.{end}-block-duration={length}"
        for sign, length in (("-", "30s"), ("+", "15m"))
        for end in ("min", "max")
    ]
    look = ["-   - --sync-block-duration=10s", "+   - --sync-block-duration=1m"]
    uploads = "thanos_shipper_uploads_total"
    assert {name: (when, sorted(lines)) for name, (when, lines) in changed.items()} == {
        **{
            f"prometheus-{server}": (Reached(f"sidecar-{server}", uploads, 8), sorted(block))
            for server in ("hub-weu-0", "prod-weu-0", "prod-weu-1", "prod-neu-0")
        },
        "store": (Reached("sidecar-hub-weu-0", uploads, 8), sorted(look)),
    }
    assert all(each.metrics for each in found.values() if each.kind in ("sidecar", "store"))


@pytest.mark.parametrize(
    ("estate", "timing", "kept"),
    [("90d", "2d", "2d"), ("40h", "2d", "40h"), ("2y", "", "2y"), ("24h", "2h", "2h")],
)
def test_a_demonstration_keeps_no_more_than_the_estate(estate: str, timing: str, kept: str) -> None:
    """Its own retention is a bound, never a prolongation."""
    assert shortest(estate, timing) == kept
