"""Metrics of Azure Monitor on dashboards: names and labels that our exporter makes, from a row that is shown.

The catalogue takes any name of this form, because a row may ask for any metric of Azure: so this asks more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import promql_parser
import yaml

from dashboards import DASHBOARDS
from dashboards.interpolate import Choice, interpolated
from dashboards.values import queries
from estate.model.exporters import AzureMetric
from estate.series_labels import dimension_label
from exporters.azure.discovery.levels import gauges
from exporters.azure.discovery.naming import metric_name
from promql.selectors import Use, uses
from simulators.azure.catalogue import ResourceType, built_in, catalogue
from tests.dashboards.golden import of
from tests.dashboards.places import ROOT

PAGE = ROOT / "docs" / "dashboards" / "azure.md"
ABOUT_ITSELF = ("azure_metrics_", "azure_api_", "azure_resource_info", "azure_devops_")


def _asked() -> Iterator[Use]:
    """Selectors of metrics of Azure Monitor, of all dashboards."""
    for dashboard in DASHBOARDS:
        for panel in dashboard.panels():
            for _, query in queries(panel):
                for use in uses(promql_parser.parse(interpolated(query.expr, of(dashboard, Choice())))):
                    if use.name.startswith("azure_") and not use.name.startswith(ABOUT_ITSELF):
                        yield use


def _made(row: AzureMetric, known: ResourceType) -> Iterator[tuple[str, set[str]]]:
    """Name and labels of each series that a row makes of what Azure has."""
    for name in row.names:
        metric = known.metrics[name.lower()]
        for aggregation in row.aggregations or (metric.primary,):
            levels = gauges(row.type, name, metric.unit, metric.primary)
            counts = aggregation not in levels
            made = metric_name(row.type, name, aggregation, metric.unit, counts=counts)
            yield made.name, {dimension_label(each) for each in row.dimensions}


def test_the_row_that_is_shown_brings_every_metric_asked_for() -> None:
    """And nothing else; a label that a query asks for is a dimension that the row splits by."""
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    written = yaml.safe_load(example)["exporters"]["azure-platform"]["metrics"]
    known = catalogue(built_in())
    made = dict(
        each
        for row in (AzureMetric.model_validate(row) for row in written)
        for each in _made(row, known[row.type.lower()])
    )
    asked = list(_asked())
    assert {use.name for use in asked} == set(made)
    for use in asked:
        matched = {each.name for each in use.selector.matchers.matchers}
        assert matched - {"cluster", "__name__"} <= made[use.name], use.name
