"""D-11: metrics that no exporter has."""

from __future__ import annotations

import pytest

from catalogue.catalogue import Catalogue
from catalogue.shipped import documents
from dashboards.lint.rules import d11_metric
from tests.dashboards.lint.sound import OURS, asking, findings, said

CODE = d11_metric.RULE.code


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        (
            "thanos_compact_downsample_failed_total",
            "did you mean thanos_compact_downsample_failures_total of thanos v0.42.4?",
        ),
        ("kube_hpa_labels", ""),
        ("nothing_like_it", ""),
    ],
)
def test_names_that_there_are_not(name: str, fix: str) -> None:
    """With the one that is meant, where there is one, and how to add an exporter."""
    (found,) = [row for row in findings(asking(f"rate({name}{{{OURS}}}[5m])")) if row.code == CODE]
    assert found.message == f"no exporter of the catalogue has a metric {name}"
    assert found.fix.startswith(fix)
    assert "singlepane dashboards catalogue" in found.fix


@pytest.mark.parametrize(
    "expr",
    [
        f"up{{{OURS}}}",
        f"go_goroutines{{{OURS}}}",
        f"azure_storage_storageaccounts_used_capacity_bytes{{{OURS}}}",
        f"cluster:up:sum{{{OURS}}}",
        f'{{__name__=~"a|b", {OURS}}}',
        f"$metric{{{OURS}}}",
    ],
)
def test_names_that_there_are_or_that_cannot_be_known(expr: str) -> None:
    """Those made at run time, recorded ones, patterns, and what a reader chooses."""
    assert said(asking(expr), CODE) == []


def test_variables_and_annotations_are_looked_at_too() -> None:
    """A drop-down of a dead metric is empty."""
    document = asking(f"up{{{OURS}}}")
    document["templating"]["list"][1]["query"] = {"query": "label_values(kube_hpa_labels, cluster)"}
    document["annotations"]["list"] = [
        {
            "name": "Deploys",
            "enable": True,
            "iconColor": "red",
            "datasource": {"uid": "$datasource"},
            "expr": "dead",
        }
    ]
    assert [where for where, _ in said(document, CODE)] == ["$cluster", "annotation Deploys"]


def test_only_exporters_that_are_run_count() -> None:
    """A name of another one is dead here."""
    only = Catalogue(each for each in documents() if each["exporter"] == "thanos")
    found = said(asking(f"thanos_compact_halted{{{OURS}}}"), CODE, catalogue=only)
    assert {message for _, message in found} == {"no exporter of the catalogue has a metric up"}
    assert "Up.A" not in [where for where, _ in found]
