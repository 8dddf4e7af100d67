"""A configuration held against what Azure has: what is read, in which form, of which resources."""

from __future__ import annotations

import json
from typing import Any

import pytest

from estate.model import AzureExporter, AzureMetric
from exporters.azure.discovery.definitions import AGGREGATIONS, Types, Variants, parse
from exporters.azure.discovery.resources import Variant
from exporters.azure.discovery.wanted import Wanted, wanted
from exporters.configuration.load import load
from exporters.imports import SOURCES, carried
from simulators.azure import definitions as simulated
from simulators.azure.catalogue import ResourceType, built_in, catalogue
from tests.exporters.azure_values import SUBSCRIPTION, definition

TYPE = "Microsoft.Web/sites"
WEB, FUNCTION = Variant("app"), Variant("functionapp,linux")


def row(*names: str, **keys: Any) -> AzureMetric:
    """A row of the configuration."""
    return AzureMetric.model_validate({"type": TYPE, "names": list(names), **keys})


def variants(**of_variant: list[Any]) -> dict[str, Variants]:
    """Definitions of web and function apps."""
    known = {"web": WEB, "function": FUNCTION}
    return {
        TYPE.lower(): {
            known[name]: {one.name.lower(): one for one in definitions}
            for name, definitions in of_variant.items()
        }
    }


def catalogued(kind: ResourceType) -> Variants:
    """A documented type's definitions, as Azure would tell them."""
    return {Variant(): parse(json.dumps(simulated.of(kind, "/x", "2024-02-01")).encode())}


def test_one_illegal_aggregation_takes_nothing_else_away() -> None:
    """The aggregation is left out and said, the rest is read; only without any the metric goes (a change of
    the same kind in the receiver for Azure Monitor of OpenTelemetry's contributions, pull request 43880).
    """
    known = variants(web=[definition("Requests", aggregations=frozenset({"Total"}))])
    (one,), bad = wanted([row("Requests", aggregations=["Average", "Total"])], known)
    assert (one.aggregations, one.first) == (("Total",), "Total")
    assert [(each.code, each.path, each.fix) for each in bad] == [
        ("aggregation", ("metrics", 0, "aggregations", 0), "remove it: Total is read")
    ]
    good, bad = wanted([row("Requests", aggregations=["Average"])], known)
    assert (good, [each.fix for each in bad]) == ([], ["write Total"])


@pytest.mark.parametrize(
    ("source", "aggregations", "before", "after"),
    [("webdevops", ["Average", "Total"], 82, 531), ("telegraf", list(AGGREGATIONS), 48, 649)],
)
def test_imported_configurations_are_read_as_far_as_azure_goes(
    source: str, aggregations: list[str], before: int, after: int, tmp_path: Any
) -> None:
    """`[average, total]` for everything, or Telegraf's empty list, was read where a metric has all of them:
    of 649 documented metrics 82 by the one and 48 by the other. All are read that have one of them.
    """
    kinds = [each for each in catalogue(built_in()).values() if not each.unlisted]
    names = {each.name: [one.name for one in each.metrics.values()] for each in kinds}
    if source == "webdevops":
        text = json.dumps(
            [
                {
                    "job_name": f"azure-{number}",
                    "metrics_path": "/probe/metrics/list",
                    "params": {
                        "subscription": [SUBSCRIPTION],
                        "resourceType": [type],
                        "metric": [name for name in of_type if "," not in name],
                        "aggregation": ["average", "total"],
                    },
                }
                for number, (type, of_type) in enumerate(names.items())
            ]
        )
    else:
        text = f'[[inputs.azure_monitor]]\nsubscription_id = "{SUBSCRIPTION}"\n' + "".join(
            "[[inputs.azure_monitor.subscription_target]]\n"
            f"resource_type = {json.dumps(type)}\nmetrics = {json.dumps(of_type)}\n"
            for type, of_type in names.items()
        )
    (how,) = (each for each in SOURCES if each.name == source)
    file = tmp_path / "exporter.yaml"
    file.write_text(carried(how, text, "theirs", "imported", "6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0001")[0])
    rows = [
        metric
        for each in load(file).exporters.values()
        if isinstance(each, AzureExporter)
        for metric in each.metrics
    ]
    good, _ = wanted(rows, {each.key: catalogued(each) for each in kinds})
    read = {(each.type, each.definition.name.lower()) for each in good}
    asked = {each.lower() for each in aggregations}
    every = [(each.key, one) for each in kinds for one in each.metrics.values() if not one.dimension_required]
    some = {(type, one.key) for type, one in every if one.supported & asked}
    whole = {(type, one.key) for type, one in every if one.supported >= asked}
    assert read == some
    assert (len(whole), len(some)) == (before, after)


@pytest.mark.parametrize(
    ("grains", "asked", "read"),
    [
        (("PT1H", "PT6H"), "PT5M", "PT1H"),
        (("P1D", "PT1H", "PT12H"), "PT6H", "PT12H"),
        (("PT1M", "PT12H"), "P1D", "PT12H"),
        (("PT1M",), "PT1M", "PT1M"),
        ((), "PT5M", "PT5M"),
    ],
)
def test_an_interval_that_a_metric_lacks(grains: tuple[str, ...], asked: str, read: str) -> None:
    """`UsedCapacity` of storage accounts has an hour alone: asked at five minutes, it is read by the hour,
    and that is said. Where there is no longer one, the longest is taken.
    """
    known = variants(web=[definition("UsedCapacity", grains=grains)])
    (one,), bad = wanted([row("UsedCapacity", interval=asked)], known)
    assert one.interval == read
    assert [(each.code, each.fix) for each in bad] == [("interval", f"write {read}")] * (asked != read)


def test_a_dimension_is_asked_for_once() -> None:
    """Azure compares dimensions without case: two spellings would be one split, asked for twice."""
    known = variants(web=[definition("Requests")])
    (one,), bad = wanted([row("Requests", dimensions=["ApiName", "apiname", "GEOTYPE"])], known)
    assert (one.dimensions, bad) == (("ApiName", "GeoType"), [])


@pytest.mark.parametrize(
    ("name", "keys", "counted"),
    [
        ("Requests", {}, ["Total", "Count"]),
        ("Requests", {"as": "gauge"}, []),
        ("WorkflowRunsFailureRate", {}, ["Count"]),
        ("WorkflowRunsFailureRate", {"as": "counter"}, ["Total", "Count"]),
    ],
)
def test_levels_and_what_the_row_says_of_them(name: str, keys: dict[str, str], counted: list[str]) -> None:
    """The table makes a level a gauge; `as` decides otherwise, both ways."""
    known = variants(web=[definition(name, unit="Percent" if "Rate" in name else "Count")])
    (one,), _ = wanted([row(name, aggregations=["Total", "Count", "Average"], **keys)], known)
    assert [each for each in AGGREGATIONS if one.counts(each)] == counted


def test_a_metric_is_wanted_where_it_is() -> None:
    """Web and function apps have metrics of their own: none is missing, none is asked of the other, and it
    does not matter which kind is looked at first (tomkerkhove/promitor, issue 1238).
    """
    requests, cpu, executions = (
        definition(name) for name in ("Requests", "CpuTime", "FunctionExecutionCount")
    )
    rows = [row("Requests", "CpuTime", "FunctionExecutionCount", "Typo")]
    outcomes = [
        wanted(rows, variants(**dict(order)))
        for order in (
            [("web", [requests, cpu]), ("function", [requests, executions])],
            [("function", [requests, executions]), ("web", [requests, cpu])],
        )
    ]
    assert outcomes[0] == outcomes[1]
    good, bad = outcomes[0]
    assert {each.definition.name: str(each.where) for each in good} == {
        "Requests": "",
        "CpuTime": "not kind functionapp,linux",
        "FunctionExecutionCount": "not kind app",
    }
    assert [each.message for each in bad] == [f"{TYPE} has no metric 'Typo'"]


def test_a_kind_with_other_grains_is_read_in_its_own_way() -> None:
    """What one kind has by the minute another may have by the hour: each is read as it can be, once."""
    known = variants(
        web=[definition("FileSystemUsage", grains=("PT6H",))],
        function=[definition("FileSystemUsage", grains=("PT1M", "PT6H"))],
    )
    good, bad = wanted([row("FileSystemUsage")], known)
    assert {(str(each.where), each.interval) for each in good} == {
        ("not kind functionapp,linux", "PT6H"),
        ("kind functionapp,linux", "PT1M"),
    }
    assert [each.code for each in bad] == ["interval"]


def test_a_dimension_is_spelt_alike_everywhere() -> None:
    """One kind says `ApiName`, another `apiname`, and tomorrow the other way round: the label stays."""

    def label(*order: str) -> tuple[str, ...]:
        types = Types()
        for variant, spelling in zip((WEB, FUNCTION), order, strict=True):
            types.learn(TYPE.lower(), variant, {"x": definition("x", dimensions={"apiname": spelling})})
        good, _ = wanted([row("x", dimensions=["APINAME"])], types.known)
        return good[0].dimensions

    assert label("ApiName", "apiname") == label("apiname", "ApiName") == ("ApiName",)


def test_wanted_counts_by_default() -> None:
    """Totals and counts are counters, the rest is not."""
    one = Wanted("a/b", definition(), AGGREGATIONS, "PT1M", ())
    assert [each for each in AGGREGATIONS if one.counts(each)] == ["Total", "Count"]
