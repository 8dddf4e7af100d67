"""Metric definitions as Azure gives them, and the configuration held against them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from estate.model import AzureMetric
from exporters.azure.discovery.definitions import Definitions, Variants, parse
from exporters.azure.discovery.resources import Variant
from exporters.azure.discovery.wanted import Mismatch, mismatches, wanted
from exporters.azure.errors import BadReply
from tests.exporters.doubles import body

VM = "Microsoft.Compute/virtualMachines"


def vm() -> Definitions:
    """The recorded definitions of a virtual machine."""
    return parse(body("metric-definitions", "vm-recorded"))


def row(**keys: Any) -> AzureMetric:
    """A row of the configuration."""
    return AzureMetric.model_validate({"type": VM, "names": ["Percentage CPU"], **keys})


def of_type(definitions: Definitions) -> dict[str, Variants]:
    """Definitions of the type's only variant under its canonical name."""
    return {VM.lower(): {Variant(): definitions}}


def test_recorded_definitions() -> None:
    """Unit, primary aggregation, aggregations without None, grains; unknown keys are ignored."""
    cpu = vm()["percentage cpu"]
    assert (cpu.name, cpu.unit, cpu.primary) == ("Percentage CPU", "Percent", "Average")
    assert cpu.aggregations == {"Average", "Minimum", "Maximum", "Total", "Count"}
    assert cpu.grains[0] == "PT1M" and cpu.grains[-1] == "P1D"
    assert cpu.dimensions == {}


def test_old_versions_lack_aggregations() -> None:
    """Where the API does not say what is supported, nothing is refused."""
    old = parse(body("metric-definitions", "storage-account-2017-preview-api-recorded"))
    assert old["transactions"].dimensions == {
        "responsetype": "ResponseType",
        "geotype": "GeoType",
        "apiname": "ApiName",
    }
    type = "Microsoft.Storage/storageAccounts"
    rows = [
        AzureMetric.model_validate(
            {"type": type, "names": ["transactions"], "aggregations": ["Total"], "dimensions": ["APINAME"]}
        )
    ]
    (good,), bad = wanted(rows, {type.lower(): {Variant(): old}})
    assert bad == []
    assert (good.definition.name, good.dimensions, good.aggregations) == (
        "Transactions",
        ("ApiName",),
        ("Total",),
    )


def test_the_primary_aggregation_is_the_default() -> None:
    """Without aggregations each metric gets its own."""
    (cpu, network), bad = wanted([row(names=["percentage cpu", "NETWORK IN"])], of_type(vm()))
    assert bad == []
    assert (cpu.aggregations, network.aggregations) == (("Average",), ("Total",))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (
            {"names": ["Percentage CPUs"]},
            Mismatch(
                "metric",
                VM,
                "Percentage CPUs",
                f"{VM} has no metric 'Percentage CPUs'",
                "did you mean Percentage CPU?",
                ("metrics", 0, "names", 0),
            ),
        ),
        (
            {"interval": "PT1M", "dimensions": ["LUN"]},
            Mismatch(
                "dimension",
                VM,
                "Percentage CPU",
                f"'Percentage CPU' of {VM} has no dimension 'LUN'",
                "remove the dimension",
                ("metrics", 0, "dimensions", 0),
            ),
        ),
    ],
)
def test_what_the_type_does_not_have(keys: dict[str, Any], expected: Mismatch) -> None:
    """It is left out of all calls, and the closest legal word is offered."""
    good, bad = wanted([row(**keys)], of_type(vm()))
    assert (good, bad) == ([], [expected])


def test_aggregations_intervals_and_required_dimensions() -> None:
    """Each kind of mismatch is found, all at once, and the rest of the row is read."""
    document = {
        "value": [
            {
                "name": {"value": "dtu_used"},
                "unit": "Count",
                "primaryAggregationType": "Average",
                "supportedAggregationTypes": ["None", "Average"],
                "metricAvailabilities": [{"timeGrain": "PT1H"}],
                "dimensions": [{"value": "DatabaseResourceId"}],
                "isDimensionRequired": True,
            },
            {"name": {"value": "fine"}, "unit": "Count", "primaryAggregationType": "None"},
        ]
    }
    definitions = parse(json.dumps(document).encode())
    rows = [row(names=["dtu_used", "fine"], aggregations=["Average", "Total"], interval="PT1M")]
    good, bad = wanted(rows, of_type(definitions))
    assert [each.definition.name for each in good] == ["fine"]
    assert [(each.code, each.fix) for each in bad] == [
        ("aggregation", "remove it: Average is read"),
        ("interval", "write PT1H"),
        ("dimension", "split it by one of DatabaseResourceId"),
    ]
    assert definitions["fine"].primary == "Average"


@pytest.mark.parametrize("raw", [b"", b"{}", b'{"value":[{}]}', b'{"value":[{"name":{}}]}', b"<html>"])
def test_bad_replies(raw: bytes) -> None:
    """Another shape is one error."""
    with pytest.raises(BadReply):
        parse(raw)


def test_mismatches_say_where_they_stand() -> None:
    """For whoever checks a configuration: the path of each, below the exporter's row, and no data call."""
    rows = [
        row(names=["Percentage CPU", "Network Inn"]),
        row(names=["Percentage CPU"], interval="PT1M", dimensions=["LUN", "x"]),
        row(type="A.B/c"),
    ]
    found = mismatches(rows, of_type(vm()), ("exporters", "azure"))
    assert [(each.code, each.path) for each in found] == [
        ("metric", ("exporters", "azure", "metrics", 0, "names", 1)),
        ("dimension", ("exporters", "azure", "metrics", 1, "dimensions", 0)),
        ("dimension", ("exporters", "azure", "metrics", 1, "dimensions", 1)),
    ]
