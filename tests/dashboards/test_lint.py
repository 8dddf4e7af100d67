"""The lint: our dashboards pass, and each rule finds what it is for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dashboards import DASHBOARDS, lint
from dashboards.lint_query import Catalogue, Metric, problems
from dashboards.panels import document
from dashboards.values import Dashboard, Lines, Number, Query, Section, Steps
from tests.dashboards.catalogue import ROOT, catalogue

CATALOGUE: Catalogue = {
    "up": Metric("gauge"),
    "jobs_total": Metric("counter", frozenset({"queue"})),
    "took_seconds": Metric("histogram"),
    "size_bytes": Metric("gauge"),
    "singlepane_estate_cluster_info": Metric("gauge", frozenset({"expected_cluster"})),
}
OURS = 'cluster=~"$cluster"'


def test_ours_pass() -> None:
    """No finding on any dashboard, with every metric looked up."""
    assert lint.lint(DASHBOARDS, catalogue()) == ()


RATE = f"rate(took_seconds_bucket{{{OURS}}}[$__rate_interval])"
INVENTORY = 'singlepane_estate_cluster_info{expected_cluster=~"$cluster"}'


@pytest.mark.parametrize(
    ("expr", "codes"),
    [
        (f"sum by (cluster) (up{{{OURS}}})", []),
        (f"sum by (cluster) (rate(jobs_total{{{OURS}}}[$__rate_interval]))", []),
        (f"sum by (cluster) (increase(jobs_total{{{OURS}}}[1d]))", []),
        (f"sum without (queue) (rate(jobs_total{{{OURS}}}[$__rate_interval]))", []),
        (f"histogram_quantile(0.9, sum by (le, cluster) ({RATE}))", []),
        (f"max by (cluster) (time() - size_bytes{{{OURS}}}) / 2", []),
        (f"up{{{OURS}}} unless on (cluster) size_bytes{{{OURS}}}", []),
        (f"count by (cluster) ({INVENTORY})", []),
        ("sum by (cluster) (up{", ["dashboard-promql"]),
        (f"up{{{OURS}}}[$__nothing]", ["dashboard-promql"]),
        ("nosuchfunction(up)", ["dashboard-promql"]),
        ("up", ["dashboard-cluster"]),
        ('up{cluster="prod-weu"}', ["dashboard-cluster"]),
        ('up{cluster="$cluster"}', ["dashboard-cluster"]),
        (f"up{{{OURS}}} / on (cluster) up", ["dashboard-cluster"]),
        (f"singlepane_estate_cluster_info{{{OURS}}}", ["dashboard-cluster"]),
        (f"sum(up{{{OURS}}})", ["dashboard-collapsed"]),
        (f"sum by (job) (up{{{OURS}}})", ["dashboard-collapsed"]),
        (f"sum without (cluster) (up{{{OURS}}})", ["dashboard-collapsed"]),
        (f"sum by (cluster) (sum by (job) (up{{{OURS}}}))", ["dashboard-collapsed"]),
        (f"up{{{OURS}}} / on (job) size_bytes{{{OURS}}}", ["dashboard-collapsed"]),
        (f"rate(jobs_total{{{OURS}}}[5m])", ["dashboard-window"]),
        (f"increase(jobs_total{{{OURS}}}[5m])", ["dashboard-window"]),
        (f"jobs_total{{{OURS}}}", ["dashboard-counter"]),
        (f"max_over_time(jobs_total{{{OURS}}}[1h])", ["dashboard-counter"]),
        (f"took_seconds_bucket{{{OURS}}}", ["dashboard-counter"]),
        (f"rate(size_bytes{{{OURS}}}[$__rate_interval])", ["dashboard-counter"]),
        (f"nothing{{{OURS}}}", ["dashboard-metric"]),
        (f'{{__name__=~"up|down", {OURS}}}', ["dashboard-metric"]),
        (f'up{{color="red", {OURS}}}', ["dashboard-label"]),
    ],
)
def test_queries(expr: str, codes: list[str]) -> None:
    """Each query with what is wrong with it, and with nothing else."""
    assert [code for code, _ in problems(Query(expr), CATALOGUE)] == codes


def test_a_reason_is_for_what_needs_one() -> None:
    """A query that keeps the cluster must not say why it does not."""
    kept = Query(f"up{{{OURS}}}", collapses="because")
    lost = Query(f"sum(up{{{OURS}}})", collapses="one figure over the chosen clusters")
    assert [code for code, _ in problems(kept, CATALOGUE)] == ["dashboard-collapsed"]
    assert list(problems(lost, CATALOGUE)) == []


def _sound(**changed: Any) -> Dashboard:
    """A small dashboard without a finding."""
    figure = Number(
        "Up",
        "Targets that answer.",
        12,
        "short",
        Query(f"up{{{OURS}}}"),
        Steps("green"),
        missing="no targets",
    )
    graph = Lines("Up before", "Targets that answer, over time.", 12, "short", (Query(f"up{{{OURS}}}"),))
    values: dict[str, Any] = {
        "uid": "one",
        "title": "One",
        "about": "A dashboard.",
        "sections": (Section("All", (figure, graph)),),
        "clusters": "label_values(up, cluster)",
        "drill": "one",
    }
    return Dashboard(**{**values, **changed})


def test_the_small_one_is_sound() -> None:
    """What the next tests break is whole before."""
    assert lint.lint([_sound()], CATALOGUE) == ()


Change = Callable[[dict[str, Any]], None]


def _set(value: Any, *path: str | int) -> Change:
    def change(rendered: dict[str, Any]) -> None:
        place: Any = rendered
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


DEFAULTS = ("panels", 1, "fieldConfig", "defaults")
CLUSTER = ("templating", "list", 1)


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        (_set("", "panels", 1, "title"), "dashboard-text", ""),
        (_set("Up", "panels", 2, "title"), "dashboard-text", "Up"),
        (_set("no sentence", "panels", 1, "description"), "dashboard-text", "Up"),
        (_set(None, "description"), "dashboard-text", ""),
        (_set({"uid": "thanos"}, "panels", 1, "datasource"), "dashboard-data-source", "Up"),
        (_set(None, "panels", 1, "targets", 0, "datasource"), "dashboard-data-source", "Up"),
        (_set(None, *CLUSTER, "datasource"), "dashboard-data-source", "cluster"),
        (_set("", *DEFAULTS, "unit"), "dashboard-unit", "Up"),
        (_set("graph", "panels", 2, "type"), "dashboard-panel-kind", "Up before"),
        (_set(2, "panels", 0, "id"), "dashboard-id", "All"),
        (_set("", "panels", 1, "targets", 0, "refId"), "dashboard-id", "Up"),
        (_set(20, "panels", 2, "gridPos", "x"), "dashboard-overlap", "Up before"),
        (_set(6, "panels", 2, "gridPos", "x"), "dashboard-overlap", "Up before"),
        (_set({}, *CLUSTER, "current"), "dashboard-variable", "cluster"),
        (_set(1, *CLUSTER, "refresh"), "dashboard-variable", "cluster"),
        (_set("region", *CLUSTER, "name"), "dashboard-variable", ""),
        (_set([], *DEFAULTS, "thresholds", "steps"), "dashboard-thresholds", "Up"),
        (_set("", *DEFAULTS, "noValue"), "dashboard-thresholds", "Up"),
        (_set([{"url": "/d/two?x"}], "links"), "dashboard-link", ""),
        (_set("Nice Board", "uid"), "dashboard-uid", ""),
        (_set("x" * 41, "uid"), "dashboard-uid", ""),
        (_set("x" * 200_000, "weekStart"), "dashboard-size", ""),
    ],
)
def test_documents(change: Change, code: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each fault in a document is found where it is."""

    def broken(dashboard: Dashboard) -> dict[str, Any]:
        rendered = document(dashboard)
        change(rendered)
        return rendered

    monkeypatch.setattr(lint, "document", broken)
    found = lint.lint([_sound()], CATALOGUE)
    assert (code, path) in [(finding.code, finding.path) for finding in found]


def test_a_column_without_a_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every column of a table has one of its own."""

    def broken(dashboard: Dashboard) -> dict[str, Any]:
        rendered = document(dashboard)
        table = next(panel for panel in rendered["panels"] if panel["type"] == "table")
        table["fieldConfig"]["overrides"] = table["fieldConfig"]["overrides"][1:]
        return rendered

    monkeypatch.setattr(lint, "document", broken)
    found = lint.lint(DASHBOARDS[:1])
    assert [(row.code, row.path, row.message) for row in found if row.code == "dashboard-unit"] == [
        ("dashboard-unit", "Clusters", "column In the estate has no unit")
    ]


def test_too_many_queries() -> None:
    """Opening a dashboard must not flood the global query."""
    graph = Lines("Up", "Targets.", 1, "short", (Query(f"up{{{OURS}}}"),))
    panels = tuple(replace(graph, title=f"Up {number}") for number in range(31))
    found = lint.lint([_sound(sections=(Section("All", panels),))], CATALOGUE)
    assert [finding.code for finding in found] == ["dashboard-queries"]


def test_two_dashboards_share_nothing() -> None:
    """Neither uid nor title."""
    found = lint.lint([_sound(), _sound(title="Two"), _sound(uid="three")], CATALOGUE)
    assert [(finding.code, finding.message) for finding in found] == [
        ("dashboard-uid", "another dashboard has the uid 'one' too"),
        ("dashboard-uid", "another dashboard has the title 'One' too"),
        ("dashboard-uid", "another dashboard has the uid 'one' too"),
        ("dashboard-uid", "another dashboard has the title 'One' too"),
    ]


def test_every_code_has_a_line_in_the_documentation() -> None:
    """And the documentation names no code that there is not."""
    page = (ROOT / "docs" / "dashboards.md").read_text(encoding="utf-8")
    named = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `dashboard-")]
    assert named == list(lint.CODES)
    for code, sentence in lint.CODES.items():
        assert f"| `{code}` | {sentence} |" in page
