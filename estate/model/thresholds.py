"""When alerts fire: one figure for each alert that has one, under the alert's own name.

`alerts/content` refers to a figure as `${NAME}`; a duration is put there in seconds.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from estate.model.row import Row
from estate.quantities import Duration

Ratio = Annotated[float, Field(ge=0.0001, le=1.0)]
Seconds = Annotated[float, Field(ge=0.001, le=600.0)]


class Thresholds(Row):
    """When alerts fire, by the name of the alert. What is not said here stays as it is."""

    NodeFilesystemFilling: Ratio = 0.15
    """Share of a file system that is free, below which it fires if less than a day is left at its pace."""
    NodeFilesystemAlmostFull: Ratio = 0.05
    """Share of a file system that is free, below which somebody is woken."""
    NodeInodesRunningOut: Ratio = 0.1
    """Share of a file system's inodes that are free."""
    NodeConntrackNearLimit: Ratio = 0.75
    """Share of the kernel's table of connections that is taken."""
    NodesNotReadyRatio: Ratio = 0.2
    """Share of a cluster's nodes that are not ready, above which somebody is woken; at least two are."""
    NodePodsNearLimit: Ratio = 0.95
    """Share of the pods that a node may have."""
    KubeletCertificateExpires: Duration = "7d"
    """Time that is left of a kubelet's client certificate."""
    CpuThrottled: Ratio = 0.25
    """Share of the periods in which a container wanted more than its CPU limit."""
    NamespaceQuotaNearLimit: Ratio = 0.9
    """Share of a resource quota that is used."""
    VolumeFull: Ratio = 0.03
    """Share of a volume that is free, below which somebody is woken."""
    VolumeFilling: Ratio = 0.15
    """Share of a volume that is free, below which it fires if less than four days are left at its pace."""
    VolumeInodesGone: Ratio = 0.03
    """Share of a volume's inodes that are free, below which somebody is woken."""
    CoreDnsErrorRatio: Ratio = 0.03
    """Share of a cluster's DNS answers that are SERVFAIL."""
    CoreDnsSlow: Seconds = 1.0
    """Seconds within which 99 of 100 DNS questions are answered."""
    KubeApiErrorBudget: Ratio = 0.01
    """Share of the API server's answers that may be errors of its own over 30 days."""
    PrometheusCardinalitySurge: Annotated[float, Field(ge=0.01, le=100.0)] = 0.5
    """By how much more series than a day ago; 0.5 is half as many again."""
    PrometheusNotificationsFailing: Ratio = 0.01
    """Share of alerts that do not get to an Alertmanager."""
    PrometheusRemoteWriteBehind: Duration = "2m"
    """How far remote write may be behind."""
    ThanosQueryErrorRatio: Ratio = 0.05
    """Share of global queries that end in an error of the server."""
    ThanosQuerySlow: Seconds = 40.0
    """Seconds within which 99 of 100 global queries are answered."""
    ThanosStoreBucketFailures: Ratio = 0.05
    """Share of a store gateway's calls to the object store that fail."""
    KeyVaultUnavailable: Ratio = 0.9
    """Share of requests that a key vault answers."""
    StorageUnavailable: Ratio = 0.99
    """Share of requests that a storage account answers."""
    LoadBalancerUnavailable: Ratio = 0.9
    """Share of tries that reach a load balancer's front."""
    LoadBalancerBackendsUnhealthy: Ratio = 0.5
    """Share of a load balancer's probes that succeed."""
    SnatNearExhaustion: Ratio = 0.9
    """Share of a load balancer's outbound ports that are in use."""
    AzureQuotaNearLimit: Ratio = 0.85
    """Share of an Azure quota that is in use."""
    SpendAnomaly: Annotated[float, Field(ge=1.0, le=100.0)] = 2.0
    """How many times as much as on a day of the week before."""
    EntraCredentialExpires: Duration = "30d"
    """Time that is left of a credential of an Entra application."""
    EntraCredentialExpiresSoon: Duration = "7d"
    """The same, when it gets urgent."""
    CertificateExpires: Duration = "21d"
    """Time that is left of a certificate of cert-manager."""
    CertificateExpiresSoon: Duration = "3d"
    """The same, when somebody is woken."""
    ProbeCertificateExpires: Duration = "14d"
    """Time that is left of a certificate that a probed address serves."""
    ExternalDnsStale: Duration = "15m"
    """Time since external-dns last brought records to their zone."""
    AgentPoolQueue: Annotated[float, Field(ge=0.0, le=10000.0)] = 10.0
    """Jobs that wait for an agent of a pool."""
    IngressErrorRatio: Ratio = 0.05
    """Share of an ingress' requests that end in a server error."""
    IngressSlow: Seconds = 2.0
    """Seconds within which 99 of 100 requests to an ingress are answered."""
    GatewayErrorRatio: Ratio = 0.05
    """Share of a gateway's requests to a service that end in a server error."""
    GatewaySlow: Seconds = 2.0
    """Seconds within which 99 of 100 requests through a gateway are answered."""
    LogQueueNearFull: Ratio = 0.8
    """Share of a log collector's queue that is taken."""
    NodePoolAtMax: Ratio = 0.95
    """Share of a node pool's limit that is used."""
