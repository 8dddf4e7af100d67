"""Our dashboards before the lint."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from alerts.recorded import known, of_ours
from catalogue.shipped import shipped
from dashboards import DASHBOARDS
from dashboards.lint.options import Options
from dashboards.lint.queries import queries as asked_of
from dashboards.lint.run import lint
from dashboards.ours import exceptions, files
from dashboards.reading.read import read
from estate.findings import Finding


def found(files: tuple[tuple[str, str], ...]) -> tuple[Finding, ...]:
    """Findings as the command gives them without arguments."""
    return lint(files, Options(shipped(), known(), exceptions=tuple(exceptions())))


def test_ours_pass() -> None:
    """No finding on any dashboard, with every metric looked up."""
    assert found(files()) == ()


@pytest.mark.parametrize(
    ("what", "instead", "code"),
    [
        ("prometheus_tsdb_head_series{", "prometheus_tsdb_head_seriess{", "D-11"),
        ('job=\\"prometheus\\"', 'stage=\\"prometheus\\"', "D-13"),
        ('alertstate=\\"firing\\"', 'alertstate=\\"fired\\"', "D-14"),
        ("[$__rate_interval]", "[5m]", "D-07"),
        ('cluster=~\\"$cluster\\"', 'cluster=\\"prod-weu\\"', "D-09"),
    ],
)
def test_a_fault_that_is_put_in_is_found(what: str, instead: str, code: str) -> None:
    """A dead metric fails the suite, as do a label and a value that there are not."""
    name, text = next(file for file in files() if what in file[1])
    others = (file for file in files() if file[0] != name)
    assert code in {row.code for row in found(((name, text.replace(what, instead)), *others))}


def test_the_estate_overview_reads_recorded_series() -> None:
    """Of each cluster some few, however large it is; and what is few by nature: an alert that fires is one
    series, and so is a cluster in the inventory. A raw metric that is put in is found.
    """
    name, text = next(file for file in files() if file[0] == "singlepane-estate.json")
    document = read(text, name)
    assert "estate" in document.tags
    asked = {use.name for query in asked_of(document) for use in query.uses}
    assert asked - of_ours() == {"ALERTS", "singlepane_estate_cluster_info"}
    raw = text.replace("cluster:up:sum", "kube_node_info")
    others = (file for file in files() if file[0] != name)
    assert "D-19" in {row.code for row in found(((name, raw), *others))}


@pytest.mark.parametrize("file", files(), ids=lambda file: file[0])
def test_titles_and_descriptions(file: tuple[str, str]) -> None:
    """A title names one panel, so that an exception does too; a description is a sentence."""
    dashboard = read(file[1], file[0])
    assert [
        title for title, count in Counter(each.title for each in dashboard.shown()).items() if count > 1
    ] == []
    for text in (dashboard.raw["description"], *(panel.description for panel in dashboard.shown())):
        assert re.match(r"[A-Z0-9].*\.", text, re.DOTALL)


def test_the_first_variables_are_data_source_and_cluster() -> None:
    """Of each, so that a reader finds them at one place."""
    for name, text in files():
        assert [each.name for each in read(text, name).variables][:2] == ["datasource", "cluster"]


def test_each_query_that_says_why_it_is_one_figure_is_one() -> None:
    """An exception that excepts nothing would be found, and each is of a dashboard that there is."""
    assert {row.dashboard for row in exceptions()} <= {dashboard.uid for dashboard in DASHBOARDS}
    without = lint(files(), Options(shipped(), known()))
    assert {(row.code, row.path) for row in without} == {(row.rule, row.where) for row in exceptions()}
