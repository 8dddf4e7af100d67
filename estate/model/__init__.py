"""The typed estate: what one file may say. Frozen, extra keys forbidden.

The docstrings here are what `singlepane estate explain` prints and editors show. Inheritance is one level
deep: `defaults.cluster` is laid under each cluster's row (`estate/inherit.py` does it, before validation),
nothing else inherits.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from estate.model.alerts import (
    GROUP_INTERVAL,
    Alerts,
    Heartbeat,
)
from estate.model.clusters import Cloud, Cluster, PrometheusSettings, Subscription, Tenant
from estate.model.credentials import (
    CertificateCredential,
    CliCredential,
    Credential,
    ManagedCredential,
    SecretCredential,
    WorkloadCredential,
)
from estate.model.exporters import (
    Aggregation,
    AzureBudget,
    AzureExporter,
    AzureMatch,
    AzureMetric,
    AzureReading,
    EstateExporter,
    Exporter,
    ExporterRow,
    Grain,
    JsonExporter,
    JsonMetric,
    component_names,
)
from estate.model.grafana import Grafana, GrafanaEntra
from estate.model.kubernetes import EngineVersions, Gate, Images, KubernetesSettings, Rollout, Stack, Wave
from estate.model.maintenance import OneMaintenance, WeeklyMaintenance
from estate.model.metrics import Metrics, QuerySettings, Retention, Store
from estate.model.receivers import (
    AlertRoute,
    EmailReceiver,
    Hours,
    JiraReceiver,
    PagerDutyReceiver,
    Receiver,
    SinglepaneReceiver,
    SlackReceiver,
    TeamsReceiver,
    WebhookReceiver,
    secret_of,
    selected,
)
from estate.model.row import Row
from estate.model.slos import Slo
from estate.model.tls import IssuedCertificate, ReferencedCertificate, TlsSettings
from estate.names import ClusterName, DnsLabel, Url

__all__ = [
    "API_VERSION",
    "GROUP_INTERVAL",
    "RESERVED",
    "Aggregation",
    "AlertRoute",
    "Alerts",
    "AzureBudget",
    "AzureExporter",
    "AzureMatch",
    "AzureMetric",
    "AzureReading",
    "CertificateCredential",
    "CliCredential",
    "Cloud",
    "Cluster",
    "Credential",
    "Defaults",
    "EmailReceiver",
    "EngineVersions",
    "Estate",
    "EstateExporter",
    "Exporter",
    "ExporterRow",
    "Gate",
    "Grafana",
    "GrafanaEntra",
    "Grain",
    "Heartbeat",
    "Hours",
    "Images",
    "IssuedCertificate",
    "JiraReceiver",
    "JsonExporter",
    "JsonMetric",
    "KubernetesSettings",
    "Local",
    "ManagedCredential",
    "Metrics",
    "OneMaintenance",
    "PagerDutyReceiver",
    "PrometheusSettings",
    "QuerySettings",
    "Receiver",
    "ReferencedCertificate",
    "Retention",
    "Rollout",
    "Row",
    "SecretCredential",
    "SinglepaneReceiver",
    "SlackReceiver",
    "Slo",
    "Stack",
    "Store",
    "Subscription",
    "TeamsReceiver",
    "Tenant",
    "TlsSettings",
    "Wave",
    "WebhookReceiver",
    "WeeklyMaintenance",
    "WorkloadCredential",
    "component_names",
    "secret_of",
    "selected",
]

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


class Local(Row):
    """What `singlepane up` puts in the place of what is not on this machine. No other target reads it."""

    replace: dict[Url, Literal["shop"]] = Field(default={})
    """URL prefixes that lead to a simulator instead, such as https://api.shop.example to `shop`."""
    fleet: str = ""
    """Fleet file of the Azure simulator, relative to the estate file.

    Needed where an exporter is of kind azure.
    """
    grafana: str = ""
    """Path of a grafana binary; empty looks on PATH."""


class Defaults(Row):
    """Laid under each row before it is read; the row wins, key by key."""

    cluster: dict[str, Any] = Field(default={})
    """Keys of a cluster's row.

    `prometheus` and `kubernetes` are laid under key by key; every other key of the row wins as a whole.
    """


class Estate(Row):
    """All that one file describes."""

    api_version: Annotated[Literal["singlepane/v1"], Field(alias="apiVersion")]
    """Version of this format."""
    name: DnsLabel
    """Name of the estate; it names the state folder and the objects made for it."""
    include: list[Annotated[str, Field(min_length=1)]] = Field(default=[])
    """Other files that hold parts of this estate, by path, relative to this file.

    A row may stand in one file only.
    """
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
    exporters: dict[DnsLabel, Exporter] = Field(default={})
    """Exporters by name."""
    alerts: Alerts
    """Alerts: who is told."""
    slos: dict[DnsLabel, Slo] = Field(default={})
    """Service level objectives by name: alerts tell when users are failed faster than was promised."""
    grafana: Grafana | None = None
    """Grafana on the hub, in clusters; left out, there is none."""
    images: Images = Images()
    """Where container images come from."""
    rollout: Rollout = Rollout()
    """In which order clusters are changed, and what must hold before the next ones are."""
    local: Local = Local()
    """What `singlepane up` puts in the place of what is not on this machine."""

    def tls_name(self, cluster: str) -> str:
        """The name that the certificate of a cluster bears."""
        tls = self.metrics.tls
        return f"{cluster}.{(tls and tls.domain) or f'{self.name}.internal'}"

    def workloads(self) -> tuple[str, ...]:
        """Names of all clusters but the hub, in the order of the file."""
        return tuple(name for name in self.clusters if name != self.hub)
