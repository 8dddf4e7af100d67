"""D-09: matchers of the cluster."""

from __future__ import annotations

import pytest

from dashboards.lint.rules import d09_cluster
from tests.dashboards.lint.sound import asking, said

CODE = d09_cluster.RULE.code


@pytest.mark.parametrize(
    ("expr", "message"),
    [
        ('up{cluster=~"$cluster"}', ""),
        ('up{cluster=~"^(${cluster:pipe})$"}', ""),
        ('singlepane_estate_cluster_info{expected_cluster=~"$cluster"}', ""),
        ("up", "up has no matcher of cluster"),
        ('up{cluster="prod-weu"}', "up fixes cluster to 'prod-weu'"),
        ('up{cluster="$cluster"}', "up compares cluster by =, and several clusters can be chosen"),
        ('up{cluster!="$cluster"}', "up compares cluster by !=, and several clusters can be chosen"),
        (
            'singlepane_estate_cluster_info{cluster=~"$cluster"}',
            "singlepane_estate_cluster_info has no matcher of expected_cluster",
        ),
        ('up{cluster=~"$cluster"} / on (cluster) up', "up has no matcher of cluster"),
    ],
)
def test_selectors(expr: str, message: str) -> None:
    """Each of a query's, by the label that its metric has."""
    assert said(asking(expr), CODE) == ([("Up.A", message)] if message else [])


def test_one_cluster_at_a_time_may_be_compared_as_it_is() -> None:
    """Grafana puts in one name then."""
    document = asking('up{cluster="$cluster"}')
    document["templating"]["list"][1] |= {"multi": False, "includeAll": False}
    document["panels"] = document["panels"][:1]
    assert said(document, CODE) == []


def test_another_label_can_be_the_cluster() -> None:
    """As it is called where the dashboard comes from."""
    document = asking('up{k8s_cluster=~"$k8s_cluster"}')
    document["panels"] = document["panels"][:1]
    document["templating"]["list"][1]["name"] = "k8s_cluster"
    assert said(document, CODE, cluster="k8s_cluster") == []
