"""Tenants, subscriptions and the clusters in them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from estate.model.credentials import WORKLOAD, Credential
from estate.model.kubernetes import KubernetesSettings
from estate.model.row import Row
from estate.model.tls import ClusterCertificate
from estate.names import DnsLabel, KubernetesVersion, LabelName, LabelValue, Region, Uuid
from estate.quantities import Count, Duration

Cloud = Literal["public", "china", "usgov"]


class Tenant(Row):
    """A Microsoft Entra tenant."""

    id: Uuid
    """Directory (tenant) id."""
    cloud: Cloud = "public"
    """The Azure that it is in: the public one, that of China (21Vianet), or that of the US government."""
    credential: Credential = WORKLOAD
    """How exporters sign in to it; workload identity unless said."""


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
    """How long samples stay on the cluster's own disk.

    At least 6h, which is three blocks; from 24h on, a night without uploads loses nothing.
    """
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
    labels: dict[LabelName, LabelValue] = Field(default={})
    """External labels added to every series of the cluster, beside `cluster` and the replica label."""
    prometheus: PrometheusSettings = PrometheusSettings()
    """The Prometheus of the cluster."""
    tls: ClusterCertificate | None = None
    """The certificate by which other clusters know this one, with metrics.tls."""
    kubernetes: KubernetesSettings = KubernetesSettings()
    """How the cluster is reached, and what of it is used."""
