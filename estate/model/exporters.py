"""Exporters: what is measured beside what Prometheus can scrape by itself."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from estate.model.row import Row
from estate.names import (
    ClusterName,
    DnsLabel,
    LabelName,
    MetricName,
    Region,
    ResourceType,
    SecretReference,
    Url,
    WorkloadCliOrSecret,
)
from estate.quantities import Duration

Aggregation = Literal["Average", "Minimum", "Maximum", "Total", "Count"]
Grain = Literal["PT1M", "PT5M", "PT15M", "PT30M", "PT1H", "PT6H", "PT12H", "P1D"]


# `*` is any text, `?` any one character; nothing else is special, and case does not matter.
Pattern = Annotated[str, Field(min_length=1)]
Series = Annotated[int, Field(ge=1, le=10_000_000)]


class AzureMatch(Row):
    """What an Azure resource must be like: it fits every key that is given, and of a list one entry.

    Texts are patterns: `*` is any text, `?` any one character, and case does not matter.
    """

    resource_groups: list[Pattern] = Field(default=[])
    """Names of its resource group."""
    regions: list[Region] = Field(default=[])
    """Its region; resources without one are in `global`."""
    names: list[Pattern] = Field(default=[])
    """Its name; that of a part begins with the name of the whole, as in account/default."""
    tags: dict[Pattern, Pattern] = Field(default={})
    """Tag name to a pattern of its value; all of them must fit. `*` asks that the tag is there."""


class AzureBudget(Row):
    """The most series that an exporter publishes; what is over is left out, counted and said."""

    per_metric: Series = 10_000
    """Series of one metric with one aggregation."""
    per_resource: Series = 5_000
    """Series of one resource."""
    total: Series = 200_000
    """Series of the exporter."""
    order: Literal["value", "labels"] = "value"
    """Which stay: those with the largest value of the first aggregation, or the first by their labels."""


class AzureMetric(Row):
    """Metrics of one Azure resource type."""

    type: ResourceType
    """Resource type, such as Microsoft.Storage/storageAccounts."""
    names: Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]
    """Metric names as Azure Monitor defines them."""
    aggregations: list[Aggregation] = Field(default=[])
    """Aggregations; empty takes each metric's primary one."""
    interval: Grain = "PT1M"
    """Time grain of the points."""
    dimensions: list[Annotated[str, Field(min_length=1)]] = Field(default=[])
    """Dimensions to split by; each becomes a label."""
    as_: Annotated[Literal["gauge", "counter"] | None, Field(alias="as")] = None
    """What Total and Count become; left out, counters, but gauges where they tell how much there is."""
    select: AzureMatch = AzureMatch()
    """Narrows the exporter's resources further, for these metrics."""
    exclude: list[AzureMatch] = Field(default=[])
    """Resources to leave out here: those that fit one of these."""


class ExporterRow(Row):
    """What all exporters share."""

    clusters: list[ClusterName] = Field(default=[])
    """Clusters that run it; empty means the hub."""
    interval: Duration = "1m"
    """How often it fetches. Scrapes never fetch: they read the last result."""


def _scope_form(value: Any) -> str:
    return "<names>" if isinstance(value, list) else "<word>"


# Tagged, so that a wrong scope is one error in the form that was meant, and not one for each form.
Scope = Annotated[
    Annotated[Literal["own"], Tag("<word>")] | Annotated[list[DnsLabel], Field(min_length=1), Tag("<names>")],
    Discriminator(_scope_form),
]


class AzureReading(Row):
    """What is read of Azure resources, without saying of which."""

    kind: Literal["azure"]
    select: AzureMatch = AzureMatch()
    """Which resources are read; empty takes all of the configured types."""
    exclude: list[AzureMatch] = Field(default=[])
    """Resources to leave out: those that fit one of these."""
    tag_labels: list[Pattern] = Field(default=["*"])
    """Tags that become labels of azure_resource_info, by name."""
    budget: AzureBudget = AzureBudget()
    """The most series to publish."""
    timestamps: Literal["scrape", "point"] = "scrape"
    """What time samples have: that of the scrape, or the end of Azure's point."""
    metrics: Annotated[list[AzureMetric], Field(min_length=1)]
    """Metrics by resource type."""
    identity: WorkloadCliOrSecret | None = None
    """In place of the tenants' credentials: workload, cli, or a reference to a client secret."""


class AzureExporter(AzureReading, ExporterRow):
    """Metrics of Azure resources, from Azure Monitor."""

    scope: Scope = "own"
    """Subscriptions to read, by name; `own` is the subscription of the cluster that runs it."""
    management_groups: list[Annotated[str, Field(min_length=1)]] = Field(default=[])
    """Ids of management groups whose subscriptions are read too, in the tenant of the scope."""
    shards: Annotated[int, Field(ge=1, le=64)] = 1
    """Processes that share the resources in each cluster, each with a part of its own."""


class JsonMetric(Row):
    """One metric out of a JSON document."""

    name: MetricName
    """Prometheus metric name; a counter's ends in _total."""
    type: Literal["gauge", "counter"] = "gauge"
    """Prometheus type."""
    help: Annotated[str, Field(min_length=1)]
    """One sentence on what it measures."""
    items: str = "[@]"
    """JMESPath to the list of objects, one series each."""
    value: str
    """JMESPath, inside an item, to the number."""
    labels: dict[LabelName, str] = Field(default={})
    """Label name to a JMESPath inside the item."""
    scale: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1
    """What values are multiplied with to be in base units: 0.01 for percents, 0.001 for milliseconds."""


class JsonExporter(ExporterRow):
    """Metrics out of a JSON document over HTTP, by JMESPath."""

    kind: Literal["json"]
    url: Url
    """The document's address."""
    timeout: Duration = "10s"
    """A reply that takes longer counts as failed."""
    bearer: SecretReference | None = None
    """Reference to a bearer token."""
    metrics: Annotated[list[JsonMetric], Field(min_length=1)]
    """The metrics to take from it."""


class EstateExporter(ExporterRow):
    """The estate's inventory: every expected cluster as a series, so that a silent one can be missed."""

    kind: Literal["estate"]


def component_names(name: str, row: ExporterRow, cluster: str) -> tuple[str, ...]:
    """Names of what runs a row in a cluster: one component, or one for each shard, counted from 0."""
    shards = (row.shards or 1) if isinstance(row, AzureExporter) else 1
    return tuple(f"{name}-{cluster}" + (f"-{index}" if shards > 1 else "") for index in range(shards))


Exporter = Annotated[AzureExporter | JsonExporter | EstateExporter, Field(discriminator="kind")]
