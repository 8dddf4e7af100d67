"""D-03: data sources."""

from __future__ import annotations

import pytest

from dashboards.lint.rules import d03_data_source
from tests.dashboards.lint.sound import SOURCE, said, sound, target

CODE = d03_data_source.RULE.code


def test_what_has_a_fixed_one_or_none() -> None:
    """Panels, queries, variables and annotations, each by its name."""
    document = sound()
    document["panels"][0] |= {"datasource": {"type": "prometheus", "uid": "P1"}}
    document["panels"][1]["targets"][0]["datasource"] = {"type": "prometheus", "uid": "$cluster"}
    del document["templating"]["list"][1]["datasource"]
    document["annotations"]["list"] = [
        {"name": "Deploys", "enable": True, "iconColor": "red", "datasource": "P1", "expr": "x"}
    ]
    assert sorted(said(document, CODE)) == [
        ("$cluster", "the variable names no data source, so that Grafana takes its default one"),
        ("Deploys", "the annotation uses the fixed data source 'P1'"),
        ("Over time", "query A uses $cluster, which is no variable for a data source"),
        ("Up", "the panel uses the fixed data source 'P1'"),
    ]


@pytest.mark.parametrize("kind", ["stat", "table"])
def test_figures_and_tables_are_looked_at_too(kind: str) -> None:
    """Others look at graphs alone (grafana/dashboard-linter issue 100)."""
    document = sound()
    document["panels"][0] |= {"type": kind, "datasource": "Prometheus"}
    assert said(document, CODE) == [("Up", "the panel uses the fixed data source 'Prometheus'")]


def test_grafanas_own_and_mixed_ones_are_right() -> None:
    """Mixed leaves it to the queries."""
    document = sound()
    document["panels"][0] |= {"datasource": {"type": "datasource", "uid": "-- Mixed --"}}
    document["panels"][1] |= {
        "targets": [target("up"), {"refId": "B", "datasource": {"type": "__expr__", "uid": "__expr__"}}]
    }
    document["panels"][2] |= {"datasource": None, "targets": [target("up")]}
    assert said(document, CODE) == []


def test_a_dashboard_without_the_variable() -> None:
    """Nothing can be chosen then."""
    document = sound()
    del document["templating"]["list"][0]
    assert ("", "there is no variable for the data source") in said(document, CODE)
    assert SOURCE["uid"] == "${datasource}"
