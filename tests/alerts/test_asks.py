"""An alert about a resource of Azure is there where the estate's exporters read what it looks at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import promql_parser as promql
import pytest

from alerts.asks import ASKS
from alerts.rules import groups, rule_files
from estate.model import Estate
from estate.model.thresholds import Thresholds
from exporters.azure.discovery.naming import metric_name
from promql.reading import walk
from tests.alerts.rendered import example

METRICS = Path(__file__).parents[2] / "simulators" / "azure" / "metrics.json"
BALANCERS = "Microsoft.Network/loadBalancers"
EXPRESSIONS = {rule["alert"]: rule["expr"] for rule in groups("azure-resources", Thresholds())[0]["rules"]}


def _documented() -> dict[tuple[str, str], dict[str, Any]]:
    """What Azure documents of each metric, by type and name in lower case."""
    types = json.loads(METRICS.read_text(encoding="utf-8"))["types"]
    return {
        (each["type"].lower(), metric["name"].lower()): metric for each in types for metric in each["metrics"]
    }


def test_every_alert_about_resources_asks() -> None:
    """None could be loaded where nothing feeds it, and nothing is asked for an alert that is gone."""
    assert ASKS.keys() == EXPRESSIONS.keys()


@pytest.mark.parametrize("alert", sorted(ASKS))
def test_an_alert_looks_at_what_it_asks_for(alert: str) -> None:
    """Its metrics are called as the exporter calls them, by the units and aggregations that Azure's pages of
    supported metrics give; the first aggregation is the one that is read where nobody says which.
    """
    names = set()
    for ask in ASKS[alert]:
        known = _documented()[ask.type.lower(), ask.name.lower()]
        assert ask.aggregations[0] == known["aggregations"][0]
        names |= {metric_name(ask.type, ask.name, each, known["unit"]).name for each in ask.aggregations}
    tree = promql.parse(EXPRESSIONS[alert])
    assert {part.name for part, _ in walk(tree) if isinstance(part, promql.VectorSelector)} == names


def _loaded(*metrics: dict[str, Any]) -> list[str]:
    document = example().model_dump(by_alias=True)
    document["exporters"] = {"platform": {"kind": "azure", "metrics": list(metrics)}}
    files = {file.name: file for file in rule_files(Estate.model_validate(document), "")}
    if "azure-resources" not in files:
        return []
    return [rule["alert"] for group in files["azure-resources"].document["groups"] for rule in group["rules"]]


@pytest.mark.parametrize(
    ("metrics", "loaded"),
    [
        ([{"type": BALANCERS, "names": ["VipAvailability"]}], ["LoadBalancerUnavailable"]),
        ([{"type": BALANCERS.lower(), "names": ["vipavailability"]}], ["LoadBalancerUnavailable"]),
        ([{"type": BALANCERS, "names": ["VipAvailability"], "aggregations": ["Maximum"]}], []),
        ([{"type": "Microsoft.Network/publicIPAddresses", "names": ["VipAvailability"]}], []),
        ([{"type": BALANCERS, "names": ["UsedSnatPorts"]}], []),
        (
            [
                {"type": BALANCERS, "names": ["UsedSnatPorts"]},
                {"type": BALANCERS, "names": ["AllocatedSnatPorts"], "aggregations": ["Average", "Maximum"]},
            ],
            ["SnatNearExhaustion"],
        ),
    ],
)
def test_an_alert_is_there_where_its_metrics_are_read(
    metrics: list[dict[str, Any]], loaded: list[str]
) -> None:
    """Type and name count without case; another aggregation is another metric; both of two are needed."""
    assert _loaded(*metrics) == loaded
