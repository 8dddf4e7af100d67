"""The table of levels: dated, with its source, whole for what is documented, and shown on its page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from exporters.azure.discovery.levels import COUNTED, Levels, gauges, is_level, table
from simulators.azure.catalogue import MetricRow, built_in
from tests.exporters.doubles import DATA

PAGE = Path(__file__).parents[4] / "docs" / "exporters" / "azure-levels.md"


def primary(metric: MetricRow) -> str:
    """The aggregation that Azure shows first."""
    return metric.primary or next(each for each in metric.aggregations if each != "None")


@pytest.mark.parametrize("row", table(), ids=lambda row: row.type)
def test_every_row_has_a_date_and_a_source(row: Levels) -> None:
    """Where it was read, and how old that is."""
    assert re.fullmatch(r"20\d\d(-\d\d(-\d\d)?)?", row.as_of)
    assert row.source.startswith(
        "https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/"
    )
    assert row.type.lower().replace(".", "-").replace("/", "-") in row.source
    assert row.metrics and all(row.metrics.values())


def test_every_documented_total_was_judged() -> None:
    """Of each documented metric that is a total or a count first of all it is known whether it counts: a type
    that comes to the catalogue must be gone through.
    """
    counted = {
        tuple(line.split(" | "))
        for line in (DATA / "exporters" / "azure-counted.txt").read_text().splitlines()
        if not line.startswith("#")
    }
    found = {
        (type.type, metric.name)
        for type in built_in()
        for metric in type.metrics
        if primary(metric) in COUNTED and not gauges(type.type, metric.name, metric.unit, primary(metric))
    }
    assert found == counted


def test_the_table_names_what_there_is() -> None:
    """Of the types in the catalogue every metric of the table is one of Azure's, as Azure spells it."""
    known = {type.type: {metric.name for metric in type.metrics} for type in built_in()}
    assert [
        (row.type, name)
        for row in table()
        if row.type in known
        for name in row.metrics
        if name not in known[row.type]
    ] == []
    assert len({row.type.lower() for row in table()}) == len(table())


@pytest.mark.parametrize(
    ("type", "metric"),
    [
        ("microsoft.containerservice/managedclusters", "KUBE_NODE_STATUS_ALLOCATABLE_CPU_CORES"),
        ("Microsoft.ContainerService/managedClusters", "apiserver_current_inflight_requests"),
        ("Microsoft.ContainerService/managedClusters", "cluster_autoscaler_unneeded_nodes_count"),
        ("Microsoft.ServiceBus/namespaces", "ActiveConnections"),
        ("Microsoft.EventHub/namespaces", "CaptureBacklog"),
        ("Microsoft.Network/applicationGateways", "CurrentConnections"),
        ("Microsoft.Cache/redis", "cachemissrate"),
        ("Microsoft.DocumentDB/databaseAccounts", "DataUsage"),
    ],
)
def test_what_was_met_in_the_field(type: str, metric: str) -> None:
    """Levels that became ever-growing counters; case does not matter."""
    assert is_level(type, metric)
    assert gauges(type, metric, "Count", "Total") == {"Total"}


def test_sums_of_rates_and_percentages_count_nothing() -> None:
    """`WorkflowRunsFailureRate` and the shards' `cachemissrate3` are percentages whose first aggregation is
    Total. A percentage that is an average first may be summed by whoever asks for its sum and its samples.
    """
    assert gauges("Microsoft.Cache/redis", "cachemissrate3", "Percent", "Total") == {"Total"}
    assert gauges("A.B/c", "Pulls", "CountPerSecond", "Total") == {"Total"}
    assert gauges("A.B/c", "Percentage CPU", "Percent", "Average") == frozenset()
    assert gauges("Microsoft.Storage/storageAccounts", "Ingress", "Bytes", "Total") == frozenset()


def test_the_page_shows_the_table() -> None:
    """Each row with its metrics, its date and its source, and no other."""
    shown = re.findall(r"^\| \[(\S+)\]\((\S+)\) \| (\S+) \| (.+) \|$", PAGE.read_text(), re.MULTILINE)
    assert shown == [
        (row.type, row.source, row.as_of, ", ".join(f"`{name}`" for name in row.metrics)) for row in table()
    ]
