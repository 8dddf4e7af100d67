"""The budget of series: what stays, what is counted, and that nothing changes below it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from estate.model import AzureBudget
from exporters.azure.discovery.naming import metric_name
from exporters.azure.metrics.budget import Exposed, Named, within
from exporters.exposition.metrics import Labels, Sample

TYPE = "microsoft.storage/storageaccounts"


def series(
    metric: str, value: float, aggregation: str = "Average", *, first: bool = True, **labels: str
) -> Exposed:
    """One series of a storage account."""
    name = metric_name(TYPE, metric, aggregation, "Count")
    named = Named(name, metric, (TYPE, metric, aggregation), first)
    return named, Sample(Labels(labels), value)


def budget(**limits: Any) -> AzureBudget:
    """A budget with these limits."""
    return AzureBudget.model_validate(limits)


def kept(resources: list[list[Exposed]], **limits: Any) -> list[tuple[str, str, float]]:
    """Metric, aggregation and value of what stays."""
    return [
        (named.owner[1], named.owner[2], sample.value)
        for named, sample in within(resources, budget(**limits))[0]
    ]


def test_the_largest_of_a_metric_stay_with_all_their_aggregations() -> None:
    """The order is that of the aggregation which the row names first; the other goes along."""
    every = [
        [
            pair
            for n, value in enumerate([3.0, 9.0, 5.0])
            for pair in (
                series("Used", value, "Maximum", resource_name=str(n)),
                series("Used", -value, "Average", first=False, resource_name=str(n)),
            )
        ]
    ]
    assert kept(every, per_metric=2) == [
        ("Used", "Maximum", 9.0),
        ("Used", "Average", -9.0),
        ("Used", "Maximum", 5.0),
        ("Used", "Average", -5.0),
    ]
    assert within(every, budget(per_metric=2))[1] == {("per_metric", TYPE, "Used"): 2}


def test_by_labels() -> None:
    """The other order does not depend on values."""
    every = [[series("Used", value, api=api) for api, value in (("c", 9.0), ("a", 1.0), ("b", 5.0))]]
    assert kept(every, per_metric=2, order="labels") == [("Used", "Average", 1.0), ("Used", "Average", 5.0)]


def test_metrics_take_turns() -> None:
    """A metric with many series does not push out one with few, whatever their values."""
    many = [series("Egress", 1e9 + n, api=str(n)) for n in range(10)]
    every = [[*many, series("Used", 0.5)]]
    assert kept(every, per_resource=3) == [
        ("Egress", "Average", 1e9 + 9),
        ("Used", "Average", 0.5),
        ("Egress", "Average", 1e9 + 8),
    ]
    assert within(every, budget(total=3))[1] == {("total", TYPE, "Egress"): 8}


@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from("ABC"), st.floats(-5, 5), st.sampled_from("xyz"), st.booleans()),
            max_size=8,
            unique_by=lambda row: (row[0], row[2]),
        ),
        max_size=6,
    ),
    st.integers(1, 6),
    st.integers(1, 6),
    st.integers(1, 12),
    st.sampled_from(["value", "labels"]),
)
def test_limits_hold_and_all_is_counted(
    rows: list[list[tuple[str, float, str, bool]]], per_resource: int, per_metric: int, total: int, order: str
) -> None:
    """No limit is passed, what stays was there, and what stays and what is counted is everything."""
    resources = [
        [series(metric, value, api=api, resource_name=str(n)) for metric, value, api, _ in row]
        for n, row in enumerate(rows)
    ]
    limits = budget(per_resource=per_resource, per_metric=per_metric, total=total, order=order)
    left, dropped = within(resources, limits)
    everything = [pair for each in resources for pair in each]
    assert all(pair in everything for pair in left)
    assert len(left) + sum(dropped.values()) == len(everything)
    assert len(left) <= total
    for n in range(len(rows)):
        assert sum(sample.labels.get("resource_name") == str(n) for _, sample in left) <= per_resource
    for metric in "ABC":
        assert sum(named.owner[1] == metric for named, _ in left) <= per_metric
