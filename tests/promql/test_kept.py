"""Whether a result keeps a label: as Prometheus' operators and functions do."""

from __future__ import annotations

import promql_parser
import pytest

from promql.kept import joined_across, kept


@pytest.mark.parametrize(
    ("query", "has", "lost"),
    [
        ("up", True, ""),
        ("rate(x_total[5m])", True, ""),
        ("sum by (cluster) (up)", True, ""),
        ("sum without (job) (up)", True, ""),
        ("topk(3, up)", True, ""),
        ("topk by (job) (3, up)", True, ""),
        ("up / 2", True, ""),
        ("2 * -up", True, ""),
        ("time() - up", True, ""),
        ("up and on (job) x", True, ""),
        ("a / on (node) group_left () b", True, ""),
        ("sum(a) * on () group_right (job) b", True, ""),
        ("sum by (job) (a) * on (job) group_left (cluster) b", True, ""),
        ('label_replace(sum(up), "cluster", "hub", "", "")', True, ""),
        ("max_over_time(sum by (cluster) (up)[1h:5m])", True, ""),
        ("sum(up)", False, "sum without `by`"),
        ("sum by (job) (up)", False, "sum by (job)"),
        ("sum without (cluster) (up)", False, "sum without (cluster)"),
        ("sum by (cluster) (sum by (job) (up))", False, "sum by (job)"),
        ("a / on (job) b", False, "/ on (job)"),
        ("a / ignoring (cluster) b", False, "/ ignoring (cluster)"),
        ("up or vector(0)", False, "vector()"),
        ("absent(up)", False, "absent()"),
        ("sum(a) / sum by (cluster) (b)", False, "sum without `by`"),
        ("1 + time()", None, ""),
        ("scalar(up)", None, ""),
    ],
)
def test_each_operation(query: str, has: bool | None, lost: str) -> None:
    """Aggregations by what they name, joins by the side that stays, functions by what they return.

    Source: https://prometheus.io/docs/prometheus/latest/querying/operators/
    """
    found = kept(promql_parser.parse(query), "cluster")
    assert (found.has, found.lost) == (has, lost)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("a / on (cluster, node) b", []),
        ("a / on (node) group_left () b", ["/ on (node)"]),
        ("sum by (cluster) (a * on (node) group_left () b)", ["* on (node)"]),
        ("a unless on (job) b", ["unless on (job)"]),
        ("a / on () group_left () sum(b)", []),
        ("a / ignoring (job) b", []),
    ],
)
def test_joins_that_mix_clusters(query: str, found: list[str]) -> None:
    """Both sides know their cluster, and the match does not ask for it."""
    assert list(joined_across(promql_parser.parse(query), "cluster")) == found
