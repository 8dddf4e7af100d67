"""Alerts explained: all of ours, and each part by one that has it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import promql_parser as promql
import pytest
from typer.testing import CliRunner

from alerts.explain import Explained, explained, why_not
from alerts.rules import named, rule_files
from catalogue.shipped import shipped
from estate.model import Estate
from promql.needed import needed
from singlepane.program import program
from tests.alerts.rendered import EXAMPLE, example, rules
from tests.alerts.test_slos import ORDERS, estate_with

NIGHT = datetime(2026, 11, 29, 3, tzinfo=UTC)


def one(name: str, estate: Estate | None = None) -> Explained:
    """The explanation of an alert, which is the only one of its name."""
    (found,) = explained(name, rules(), estate or example(), shipped(), NIGHT)
    return found


def test_all_of_ours_are_explained() -> None:
    """Each reads something that is known, is told to somebody, and but for the Watchdog has trials."""
    for name in named(rules()):
        for found in explained(name, rules(), example(), shipped(), NIGHT):
            assert found.told, name
            assert (found.trials is None, not found.reads) == (name == "Watchdog",) * 2, name
            unknown = {each.metric for each in found.reads if not each.of}
            # The gate is no exporter, and what SLOs record is made of rows that this estate does not have.
            assert all(metric.startswith(("alert_gate_", "slo:")) for metric in unknown), unknown


def test_thresholds_are_those_of_the_estate() -> None:
    """With the one that it would have unless said."""
    given = example().model_dump(by_alias=True)
    given["alerts"]["thresholds"]["VolumeFull"] = 0.1
    (row,) = one("VolumeFull", Estate.model_validate(given)).thresholds
    assert (row.key, row.value, row.default) == ("VolumeFull", "0.1", "0.03")


def test_metrics_say_whose_they_are_and_whether_they_must_be_there() -> None:
    """Out of the catalogue; what mutes a namespace may be missing."""
    found = {each.metric: (each.type, each.needed) for each in one("VolumeFull").reads}
    assert found == {
        "kubelet_volume_stats_available_bytes": ("gauge", True),
        "kubelet_volume_stats_capacity_bytes": ("gauge", True),
        "kube_namespace_labels": ("info", False),
    }
    assert one("VolumeFull").reads[0].of[0].startswith("kubelet ")


@pytest.mark.parametrize(
    ("query", "metrics"),
    [
        ("a / b > 0", {"a", "b"}),
        ("a unless b", {"a"}),
        ("a or b", set()),
        ("(a and b) or (a and c)", {"a"}),
        ("a and on (x) b", {"a", "b"}),
        ("sum(rate(a[5m])) > scalar(b)", {"a"}),
        ("absent(a)", set()),
        ("time() - max_over_time(a[1h:1m])", {"a"}),
        ("vector(1)", set()),
        ('label_replace(a, "x", "$1", "y", "(.+)")', {"a"}),
    ],
)
def test_what_a_query_needs(query: str, metrics: set[str]) -> None:
    """Of `unless` the left side, of `or` what both sides need."""
    assert needed(promql.parse(query)) == metrics


def test_what_holds_an_alert_back_is_said_on_both_sides() -> None:
    """Of the one that is held back, and of the one that holds back; nothing holds ClusterSilent back."""
    assert one("ExporterStale").held_back == (
        'alertname="ClusterSilent", of the same cluster',
        'alertname=~"AzureMetricsGroupDown|AzureMetricsStale", of the same cluster, component, exporter',
    )
    silent = one("ClusterSilent")
    assert (silent.held_back, len(silent.holds_back)) == ((), 1)
    assert one("Watchdog").held_back == ()


def test_alerts_that_an_estate_does_not_have() -> None:
    """Ours say what they need; others are none."""
    assert why_not("CertificateExpires", example()) == (
        "nothing of this estate is cert-manager, which it needs"
    )
    assert why_not("TargetGone", example()) == ""


def _run(*words: str) -> Any:
    return CliRunner().invoke(program(["alerts"]), ["alerts", "explain", *words, "-e", str(EXAMPLE)])


def test_the_command() -> None:
    """Text for people, JSON for programs, and the closest name for a word that is none."""
    ran = _run("PostgresDown")
    assert ran.exit_code == 0, ran.exception
    for line in (
        "evaluated  by the Prometheus of every cluster, over what it scrapes itself",
        "  it stays silent: it is alive for a minute now and then",
        "  oncall, by alerts.default",
    ):
        assert line in ran.stdout.splitlines()
    (row,) = json.loads(_run("TargetDown", "-o", "json").stdout)["alerts"]
    assert (row["alert"], row["scope"], row["file"]) == ("TargetDown", "cluster", "prometheus")
    wrong = _run("TargetDwn").exception
    assert (str(wrong), wrong.remedy) == ("there is no alert 'TargetDwn'", "Did you mean TargetDown?")
    absent = str(_run("CertificateExpires").exception)
    assert absent.startswith("this estate has no alert CertificateExpires: nothing of this estate is")


def test_slos_are_explained_by_what_they_record() -> None:
    """Their series are recorded by rules that the estate's rows make."""
    estate = estate_with(orders=ORDERS)
    (found,) = explained("ErrorBudgetBurnFast", rule_files(estate), estate, shipped(), NIGHT)
    assert {each.of for each in found.reads if each.metric.startswith("slo:sli")} == {
        ("our rules in slo-records",)
    }
