"""D-06: queries that cannot be sent."""

from __future__ import annotations

from typing import Any

import pytest

from dashboards.lint.rules import d06_promql
from tests.dashboards.lint.sound import OURS, asking, findings, said

CODE = d06_promql.RULE.code


@pytest.mark.parametrize(
    ("expr", "message"),
    [
        ("sum by (cluster) (up", "this is no PromQL"),
        ("nosuchfunction(up)", "this is no PromQL"),
        (f"up{{{OURS}, job='$job'}}", "$job is no variable of this dashboard"),
        (f"rate(up{{{OURS}}}[[[window]]])", "$window is no variable of this dashboard"),
        ("(" * 200 + "1" + ")" * 200, "the query is longer or nested deeper than any that is read"),
    ],
)
def test_what_is_found(expr: str, message: str) -> None:
    """At the query, by its panel and letter."""
    where, found = said(asking(expr), CODE)[0]
    assert where == "Up.A"
    assert found.startswith(message)


@pytest.mark.parametrize(
    "expr",
    [
        f"rate(prometheus_http_requests_total{{{OURS}}}[$__rate_interval])",
        f"rate(prometheus_http_requests_total{{{OURS}}}[${{__rate_interval}}])",
        f"increase(prometheus_http_requests_total{{{OURS}}}[$__range])",
        f"avg_over_time(up{{{OURS}}}[$__interval:15s])",
        'up{cluster=~"${cluster:regex}"}',
        'up{cluster=~"[[cluster]]"}',
        f"up{{{OURS}}} > $__interval_ms / 1000",
        f'label_replace(up{{{OURS}}}, "a", "$1", "job", "(.*)")',
    ],
)
def test_every_way_to_write_a_variable(expr: str) -> None:
    """Also Grafana's own."""
    assert said(asking(expr), CODE) == []


@pytest.mark.parametrize(
    ("variable", "expr"),
    [
        ({"type": "interval", "query": "1m,5m", "current": {"value": "5m"}}, f"rate(up{{{OURS}}}[$v])"),
        (
            {"type": "custom", "query": "1,2", "current": {"value": "3"}},
            f"topk by (cluster) ($v, up{{{OURS}}})",
        ),
        (
            {"type": "custom", "query": "sum,max", "current": {"value": "sum"}},
            f"$v by (cluster) (up{{{OURS}}})",
        ),
        ({"type": "query", "query": "label_values(job)"}, f"sum by (cluster, $v) (up{{{OURS}}})"),
        ({"type": "query", "query": "metrics(.*)"}, f"${{v}}{{{OURS}}}"),
        ({"type": "constant", "query": "4"}, f"up{{{OURS}}} * $v"),
    ],
)
def test_values_stand_where_they_can(variable: dict[str, Any], expr: str) -> None:
    """Windows, numbers, operators, labels and names of metrics can be chosen."""
    document = asking(expr)
    document["templating"]["list"].append({"name": "v", **variable})
    assert said(document, CODE) == []


def test_queries_of_other_data_sources_are_left_alone() -> None:
    """LogQL is not PromQL."""
    document = asking('{app="shop"} |= "error"')
    document["panels"][0] |= {"datasource": None}
    document["panels"][0]["targets"][0]["datasource"] = {"type": "loki", "uid": "${logs}"}
    document["templating"]["list"].append({"name": "logs", "type": "datasource", "query": "loki"})
    assert said(document, CODE) == []
    document["panels"][0]["targets"][0]["datasource"] = {"uid": "${logs}"}
    assert said(document, CODE) == []


def test_what_only_prometheus_reads_is_a_warning() -> None:
    """It may be right; the other rules cannot say."""
    (found,) = [row for row in findings(asking(f"rate(up{{{OURS}}}[5m*2])")) if row.code == CODE]
    assert found.severity == "warning"


def test_prometheus_has_the_last_word() -> None:
    """Where it is asked."""
    document = asking(f"up{{{OURS}}}")
    refused = said(document, CODE, refusal=lambda query: "no" if query.startswith("up") else "")
    assert ("Up.A", "Prometheus refuses the query: no") in refused
    assert said(document, CODE, refusal=lambda _: "") == []
