"""The typed estate: what one file may say. Frozen, extra keys forbidden; docstrings are what `estate explain` prints.

Inheritance is one level deep: `defaults.cluster` is laid under each cluster's row (`estate/load.py` does it, before
validation), nothing else inherits.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from estate.names import (
    ClusterName,
    Container,
    DnsLabel,
    KubernetesVersion,
    LabelName,
    LabelValue,
    MetricName,
    Region,
    SecretReference,
    StorageAccount,
    Uuid,
)
from estate.quantities import Count, Duration

API_VERSION = "singlepane/v1"
# Keys that later modules will fill. Naming them today is a finding, not an unknown key.
RESERVED = (
    "dashboards",
    "logs",
    "gateways",
    "zones",
    "certificates",
    "access",
    "routes",
    "services",
    "releases",
    "pipelines",
    "infra",
)


class Row(BaseModel):
    """Base of every row: frozen, no unknown keys, docstrings kept as descriptions."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True
    )


class Tenant(Row):
    """A Microsoft Entra tenant."""

    id: Uuid
    """Directory (tenant) id."""


class Subscription(Row):
    """An Azure subscription."""

    id: Uuid
    """Subscription id."""
    tenant: DnsLabel
    """The tenant it belongs to, by its name under `tenants`."""


class PrometheusSettings(Row):
    """The Prometheus of a cluster."""

    replicas: Annotated[int, Field(ge=1, le=4)] = 1
    """Identical Prometheus servers; 2 makes a high-availability pair that Query deduplicates."""
    retention: Duration = "24h"
    """How long samples stay on the cluster's own disk. At least 6h: three blocks, so that an upload outage loses nothing."""
    series: Count = 500_000
    """Active series expected, which sizes memory (about 8 KiB a series)."""
    scrape_interval: Duration = "30s"
    """How often targets are scraped."""


class Cluster(Row):
    """One AKS cluster."""

    subscription: DnsLabel
    """The subscription it lives in, by its name under `subscriptions`."""
    region: Region
    """Azure region in short form."""
    version: KubernetesVersion
    """Kubernetes version, in quotes."""
    labels: dict[LabelName, LabelValue] = {}
    """External labels added to every series of the cluster, beside `cluster` and the replica label."""
    prometheus: PrometheusSettings = PrometheusSettings()
    """The Prometheus of the cluster."""


class Store(Row):
    """The blob container where all clusters keep their blocks."""

    account: StorageAccount
    """Storage account name."""
    container: Container
    """Blob container name."""
    identity: Literal["workload"] | SecretReference = "workload"
    """`workload` for workload identity, or a reference to the account's connection string."""


class Retention(Row):
    """How long blocks are kept in the object store, by resolution. Coarser data must be kept at least as long as finer."""

    raw: Duration = "30d"
    """Raw samples. At least 40h, so that they are downsampled before they go."""
    five_minutes: Annotated[Duration, Field(alias="5m")] = "180d"
    """Five-minute resolution. At least 10d, so that it is downsampled before it goes."""
    one_hour: Annotated[Duration, Field(alias="1h")] = "2y"
    """One-hour resolution."""


class QuerySettings(Row):
    """The global view. Its timeouts are ordered: store_response < timeout."""

    timeout: Duration = "2m"
    """A query that takes longer is stopped."""
    store_response_timeout: Duration = "30s"
    """A store that sends nothing for this long is left out, and the reply says so."""


class Metrics(Row):
    """Metrics: the object store, retention and the global query."""

    store: Store
    """The blob container where all clusters keep their blocks."""
    retention: Retention = Retention()
    """How long blocks are kept, by resolution."""
    query: QuerySettings = QuerySettings()
    """The global view."""
    replica_label: LabelName = "prometheus_replica"
    """External label that tells the replicas of a pair apart; Query removes it."""


Aggregation = Literal["Average", "Minimum", "Maximum", "Total", "Count"]
Grain = Literal["PT1M", "PT5M", "PT15M", "PT30M", "PT1H", "PT6H", "PT12H", "P1D"]


class AzureMetric(Row):
    """Metrics of one Azure resource type."""

    type: Annotated[str, Field(pattern=r"^[A-Za-z0-9.]+(/[A-Za-z0-9]+)+$")]
    """Resource type, such as Microsoft.Storage/storageAccounts."""
    names: Annotated[list[str], Field(min_length=1)]
    """Metric names as Azure Monitor defines them."""
    aggregations: list[Aggregation] = []
    """Aggregations; empty takes each metric's primary one."""
    interval: Grain = "PT1M"
    """Time grain of the points."""
    dimensions: list[str] = []
    """Dimensions to split by; each becomes a label."""


class ExporterRow(Row):
    """What all exporters share."""

    clusters: list[ClusterName] = []
    """Clusters that run it; empty means the hub."""
    interval: Duration = "1m"
    """How often it fetches. Scrapes never fetch: they read the last result."""


class AzureExporter(ExporterRow):
    """Metrics of Azure resources, from Azure Monitor."""

    kind: Literal["azure"]
    scope: Literal["own"] | Annotated[list[DnsLabel], Field(min_length=1)] = "own"
    """Subscriptions to read, by name; `own` is the subscription of the cluster that runs it."""
    metrics: Annotated[list[AzureMetric], Field(min_length=1)]
    """Metrics by resource type."""
    identity: Literal["workload", "cli"] | SecretReference = "workload"
    """How it signs in: workload identity, the Azure CLI, or a reference to a client secret."""


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
    labels: dict[LabelName, str] = {}
    """Label name to a JMESPath inside the item."""


class JsonExporter(ExporterRow):
    """Metrics out of a JSON document over HTTP, by JMESPath."""

    kind: Literal["json"]
    url: Annotated[str, Field(pattern=r"^https?://[^\s]+$")]
    """The document's address."""
    timeout: Duration = "10s"
    """A reply that takes longer counts as failed."""
    bearer: SecretReference | None = None
    """Reference to a bearer token."""
    metrics: Annotated[list[JsonMetric], Field(min_length=1)]
    """The metrics to take from it."""


class EstateExporter(ExporterRow):
    """The estate's inventory: every expected cluster as a series, so that one that never reported can be missed."""

    kind: Literal["estate"]


Exporter = Annotated[AzureExporter | JsonExporter | EstateExporter, Field(discriminator="kind")]


class SinglepaneReceiver(Row):
    """The singlepane server, which keeps the last notifications and heartbeats and shows them."""

    kind: Literal["singlepane"]


class WebhookReceiver(Row):
    """Any HTTP endpoint that takes Alertmanager's webhook document."""

    kind: Literal["webhook"]
    url: SecretReference
    """Reference to the URL: webhook URLs hold tokens."""


Receiver = Annotated[SinglepaneReceiver | WebhookReceiver, Field(discriminator="kind")]


class Heartbeat(Row):
    """The dead man's switch: every cluster's Watchdog alert, sent again and again."""

    receiver: DnsLabel
    """Receiver of the heartbeats."""
    every: Duration = "1m"
    """How often a heartbeat is sent."""


class Alerts(Row):
    """Alerts: who is told."""

    receivers: Annotated[dict[DnsLabel, Receiver], Field(min_length=1)]
    """Receivers by name."""
    default: DnsLabel
    """Receiver of every alert that no route takes."""
    heartbeat: Heartbeat
    """The dead man's switch."""
    repeat: Duration = "4h"
    """A notification that still fires is sent again after this long."""


class Local(Row):
    """What `singlepane up` puts in the place of what is not on this machine. Never read by any other target."""

    replace: dict[Annotated[str, Field(pattern=r"^https?://[^\s]+$")], Literal["shop"]] = {}
    """URL prefixes that lead to a simulator instead, such as https://api.shop.example to `shop`."""
    fleet: str = ""
    """Fleet file of the Azure simulator, relative to the estate file; needed where an exporter is of kind azure."""
    grafana: str = ""
    """Path of a grafana binary; empty looks on PATH."""


class Defaults(Row):
    """Laid under each row before it is read; the row wins, key by key."""

    cluster: dict[str, Any] = {}
    """Keys of a cluster's row."""


class Estate(Row):
    """All that one file describes."""

    api_version: Annotated[Literal["singlepane/v1"], Field(alias="apiVersion")]
    """Version of this format."""
    name: DnsLabel
    """Name of the estate; it names the state folder and the objects made for it."""
    tenants: Annotated[dict[DnsLabel, Tenant], Field(min_length=1)]
    """Microsoft Entra tenants by name."""
    subscriptions: Annotated[dict[DnsLabel, Subscription], Field(min_length=1)]
    """Azure subscriptions by name."""
    hub: ClusterName
    """The cluster where the global view lives."""
    defaults: Defaults = Defaults()
    """Laid under each row before it is read."""
    clusters: Annotated[dict[ClusterName, Cluster], Field(min_length=1)]
    """Clusters by name; the name is the `cluster` external label."""
    metrics: Metrics
    """Metrics: the object store, retention and the global query."""
    exporters: dict[DnsLabel, Exporter] = {}
    """Exporters by name."""
    alerts: Alerts
    """Alerts: who is told."""
    local: Local = Local()
    """What `singlepane up` puts in the place of what is not on this machine."""

    def workloads(self) -> tuple[str, ...]:
        """Names of all clusters but the hub, in the order of the file."""
        return tuple(name for name in self.clusters if name != self.hub)
