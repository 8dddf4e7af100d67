"""Names of Azure metrics in Prometheus: stable, unlike each other, and clean for promtool."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

import pytest

from deploy import engines
from estate.series_labels import RESERVED, dimension_label, tag_label, words
from exporters.azure.discovery.definitions import AGGREGATIONS
from exporters.azure.discovery.naming import MetricName, metric_name
from exporters.exposition.metrics import SUFFIXES, Labels
from simulators.azure.catalogue import built_in
from tests.exporters.doubles import DATA


def examples() -> list[list[str]]:
    """The rows of tests/data/exporters/azure-names.txt."""
    lines = (DATA / "exporters" / "azure-names.txt").read_text().splitlines()
    return [line.split(" | ") for line in lines if not line.startswith("#")]


@pytest.mark.parametrize("row", examples(), ids=lambda row: row[4])
def test_names(row: list[str]) -> None:
    """Type, metric, aggregation and base unit, in that order; totals and counts end in _total."""
    type, metric, aggregation, unit, expected, divisor = row
    name = metric_name(type, metric, aggregation, unit)
    assert (name.name, f"{name.divisor:g}") == (expected, divisor)


@pytest.mark.parametrize(
    ("type", "metric", "aggregation", "unit", "expected"),
    [
        ("Microsoft.ServiceBus/namespaces", "ActiveConnections", "Total", "Count", "active_connections"),
        ("Microsoft.DocumentDB/databaseAccounts", "DocumentCount", "Total", "Count", "documents"),
        ("Microsoft.DocumentDB/databaseAccounts", "DataUsage", "Total", "Bytes", "data_usage_bytes"),
        ("Microsoft.Cache/redis", "cachemissrate", "Total", "Percent", "cachemissrate_ratio"),
        ("Microsoft.KeyVault/vaults", "ServiceApiHit", "Count", "Count", "service_api_hit_samples"),
        ("Microsoft.B/cs", "xact_total", "Total", "Count", "xact"),
        ("Microsoft.B/cs", "unneeded_nodes_count", "Total", "Count", "unneeded_nodes"),
    ],
)
def test_names_of_what_does_not_count(
    type: str, metric: str, aggregation: str, unit: str, expected: str
) -> None:
    """A total that is the level of something is a gauge, and is not called by what a counter ends in."""
    name = metric_name(type, metric, aggregation, unit, counts=False)
    assert (name.name.split("_", 3)[3], name.type) == (expected, "gauge")


def test_units_are_spelt_in_many_ways() -> None:
    """Azure writes MilliSeconds and Milliseconds for the same unit."""
    names = {metric_name("a/b", "x", "Average", unit) for unit in ("Milliseconds", "MilliSeconds")}
    assert len(names) == 1


def every_metric() -> Iterator[tuple[str, str, str]]:
    """Type, metric and unit of all of the documented metrics."""
    for type in built_in():
        for metric in type.metrics:
            yield type.type, metric.name, metric.unit


def every_name() -> Iterator[tuple[MetricName, tuple[str, str, str]]]:
    """Each name that a documented metric can have, counted or not, and whose it is."""
    for type, metric, unit in every_metric():
        for aggregation in AGGREGATIONS:
            for counts in (True, False):
                name = metric_name(type, metric, aggregation, unit, counts=counts)
                yield name, (type, metric, aggregation)


def test_no_two_documented_metrics_share_a_name() -> None:
    """Over 26 types, 665 metrics and five aggregations, as counters and as gauges, no two get one name, in
    either format.
    """
    owners: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for name, owner in every_name():
        owners[name.name.removesuffix(SUFFIXES[name.type])].add(owner)
    assert len(owners) > 3000
    assert [owner for owner in owners.values() if len(owner) > 1] == []


def test_no_name_says_a_unit_or_an_end_twice() -> None:
    """`ByteHitRatio` in percent was `byte_hit_ratio_average_ratio`, `xact_total` was `xact_total_total`."""
    doubled = []
    for name, _ in every_name():
        said = name.name.removesuffix("_total").removesuffix(f"_{name.unit}") if name.unit else name.name
        again = name.unit and f"_{name.unit}_" in f"{said}_"
        if again or any(one == other for one, other in pairwise(name.name.split("_"))):
            doubled.append(name.name)
    assert doubled == []


def test_promtool_has_nothing_to_say_about_the_names() -> None:
    """Every name passes the linter that Prometheus ships."""
    lines = [
        f"# HELP {name} Help.\n# TYPE {name} {type}\n{name} 1\n"
        for name, type in {name.name: name.type for name, _ in every_name()}.items()
    ]
    promtool = engines.find("promtool")
    checked = subprocess.run(
        [promtool, "check", "metrics"], input="".join(lines), text=True, capture_output=True, check=False
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


@pytest.mark.parametrize(
    ("dimension", "label"),
    [
        ("ApiName", "api_name"),
        ("apiname", "apiname"),
        ("HttpStatusGroup", "http_status_group"),
        ("Region", "dimension_region"),
        ("le", "dimension_le"),
        ("Cluster", "dimension_cluster"),
        ("2xx", "dimension_2xx"),
        ("§", "dimension_"),
    ],
)
def test_dimension_labels(dimension: str, label: str) -> None:
    """Snake case of the definition's spelling; never a label that means something else already."""
    assert dimension_label(dimension) == label
    assert label not in RESERVED
    Labels({label: "x"})


def test_tag_labels() -> None:
    """Tags keep their words and get a prefix."""
    assert [tag_label(each) for each in ("team", "Cost-Center", "app.kubernetes.io/name", "环境")] == [
        "tag_team",
        "tag_cost_center",
        "tag_app_kubernetes_io_name",
        "tag_",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SuccessE2ELatency", "success e2e latency"),
        ("ShardHashesItems1MTo8M", "shard hashes items1m to8m"),
        ("HTTPDDoSRulesetIsActive", "http ddos ruleset is active"),
        ("xact_rollback", "xact rollback"),
        ("Data Disk IOPS Consumed Percentage", "data disk iops consumed percentage"),
        ("allcacheRead", "allcache read"),
    ],
)
def test_words(name: str, expected: str) -> None:
    """Capitals, blanks and signs divide words; digits stay with theirs."""
    assert words(name) == expected.split()
