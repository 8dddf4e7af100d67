"""What a query means to Prometheus 3: ours, and each change by itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from alerts.promql import Scraped, problems, rule_problems
from alerts.rules import CONTENTS, groups
from dashboards import DASHBOARDS
from dashboards.interpolate import Choice, interpolated
from dashboards.values import queries
from deploy.engines import find
from estate.model.thresholds import Thresholds
from tests.dashboards.golden import of

# The longest interval that an estate is not warned of.
SCRAPED = Scraped(120)


def codes(query: str, interval: int = 30) -> list[str]:
    """Codes of all that is found."""
    return [code for code, _, _ in problems(query, Scraped(interval))]


def test_our_rules_mean_the_same_to_prometheus_3() -> None:
    """Nothing is found in any rule file, also where targets are scraped seldom."""
    for content in CONTENTS:
        document = {"groups": groups(content.name, Thresholds())}
        assert list(rule_problems(document, SCRAPED)) == [], content.name


def test_our_dashboards_mean_the_same_to_prometheus_3() -> None:
    """Nothing is found in any query of any panel."""
    choice = Choice(clusters=("prod-weu", "prod-neu"), scrape=30, interval=60)
    asked = [
        interpolated(query.expr, of(dashboard, choice))
        for dashboard in DASHBOARDS
        for panel in dashboard.panels()
        for _, query in queries(panel)
    ]
    assert len(asked) > 20
    assert [(query, found) for query in asked for found in problems(query, Scraped(30))] == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("rate(x_total[30s])", ["query-left-open"]),
        ("rate(x_total[59s])", ["query-left-open"]),
        ("rate(x_total[1m])", []),
        ("last_over_time(x[30s])", []),
        ("sum by (cluster) (-increase((x_total)[20s:]))", []),
        ("max(rate(x_total[20s] offset 1h) > bool 0)", ["query-left-open"]),
        ("count_over_time(up[5m:1m]) / 5", ["query-left-open"]),
        ("count_over_time(up[5m:]) / 5", []),
        ("count_over_time(up[5m:2m]) / 5", []),
        ("avg_over_time(up[5m:1m])", []),
        ('x_bucket{le="1"}', ["query-number-as-text"]),
        ('x_bucket{le!="10"}', ["query-number-as-text"]),
        ('x_bucket{le=~"0.5|1|\\\\+Inf"}', []),
        ('x_bucket{le=~"0.5|1"}', ["query-number-as-text"]),
        ('x_bucket{le="1.0"} or x_bucket{le="+Inf"} or x{code="200"}', []),
        ('x{quantile="1"} or y{le="1"}', ["query-number-as-text", "query-number-as-text"]),
        ("holt_winters(x[1h], 0.5, 0.5)", ["query-renamed"]),
        ('x{f="holt_winters(x)"}', []),
        ("rate(x[5m]", ["query-invalid"]),
        ("rate(x[5m*2])", ["query-unread"]),
        ("x offset (5m*2)", ["query-unread"]),
        ("x > 1_000", ["query-unread"]),
        ("", ["query-invalid"]),
        ("(" * 101 + "x" + ")" * 101, ["query-invalid"]),
        ("x or " * 5_000 + "x", ["query-invalid"]),
    ],
)
def test_a_query_is_judged(query: str, found: list[str]) -> None:
    """Each change where it matters and nowhere else."""
    assert codes(query) == found


def test_a_rule_is_named_by_its_path() -> None:
    """Group and rule, so that a file of many rules says which."""
    document = {
        "groups": [
            {"name": "a", "rules": [{"record": "x:y", "expr": "up"}]},
            {"name": "b", "rules": [{"alert": "A", "expr": "up"}, {"alert": "B", "expr": 'up{le="1"}'}]},
            {"name": "empty"},
        ]
    }
    ((path, (code, _, _)),) = rule_problems(document, SCRAPED)
    assert (path, code) == (("groups", 1, "rules", 1, "expr"), "query-number-as-text")


def test_prometheus_3_finds_nothing_in_a_range_of_one_interval(tmp_path: Path) -> None:
    """Prometheus itself: a rate over one interval is empty, and a subquery of five minutes has five steps."""
    tests = {
        "evaluation_interval": "30s",
        "tests": [
            {
                "interval": "30s",
                "input_series": [{"series": "x_total", "values": "0+30x40"}],
                "promql_expr_test": [
                    {"expr": "rate(x_total[30s])", "eval_time": "10m", "exp_samples": []},
                    {
                        "expr": "rate(x_total[1m])",
                        "eval_time": "10m",
                        "exp_samples": [{"labels": "{}", "value": 1}],
                    },
                    {
                        "expr": "count_over_time(x_total[5m:1m])",
                        "eval_time": "10m",
                        "exp_samples": [{"labels": "{}", "value": 5}],
                    },
                ],
            }
        ],
    }
    file = tmp_path / "tests.yaml"
    file.write_text(yaml.safe_dump(tests))
    done = subprocess.run(
        [find("promtool"), "test", "rules", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
