"""How components run in clusters: where each cluster is reached, images, and the order of a roll-out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from estate.model.row import Row
from estate.names import (
    ClusterName,
    Digest,
    DnsLabel,
    DnsName,
    EngineVersion,
    HostName,
    ImageName,
    LabelValue,
    ObjectLabel,
    Registry,
    Uuid,
)
from estate.quantities import Duration


class Stack(Row):
    """Names in an installed stack, where they are not those of its chart."""

    release: DnsLabel = "kube-prometheus-stack"
    """Name of its Helm release, as `helm list` shows it. It must be in the cluster's namespace."""
    prometheus: DnsLabel | None = None
    """Name of its Prometheus object; left out, the one that the chart makes of the release's name."""
    account: DnsName | None = None
    """ServiceAccount of its Prometheus; left out, the one that the chart makes of the release's name."""
    labels: dict[ObjectLabel, LabelValue] = Field(default={})
    """Labels that its Prometheus selects monitors and rules by; left out, `release` with its name."""


class KubernetesSettings(Row):
    """How a cluster is reached, and what of it is used. `singlepane up` reads none of it."""

    context: str = ""
    """Context of the kubeconfig; empty: the one of the cluster's name."""
    kubeconfig: str = ""
    """Path of a kubeconfig, relative to the estate file; empty: $KUBECONFIG, else ~/.kube/config."""
    namespace: DnsLabel = "monitoring"
    """Namespace of all that is put into the cluster."""
    address: HostName | None = None
    """Where the other clusters reach this one: the address or DNS name of its internal load balancer.

    A cluster needs one as soon as there is a second: the hub reads each sidecar, each Prometheus tells the
    hub's Alertmanagers.
    """
    existing: Literal["kube-prometheus-stack"] | None = None
    """A stack that is installed there already and is built on, in place of a Prometheus of our own.

    Nothing of it is changed; its Prometheus gets what is missing to be part of the estate.
    """
    stack: Stack = Stack()
    """Names in the installed stack, where they are not those of its chart."""
    storage_class: DnsName | None = None
    """Class of all volumes; left out, the cluster's own default."""
    client_id: Uuid | None = None
    """Client id of this cluster's own managed identity, for workload identity.

    It signs in to the object store in place of metrics.store.client_id, and to the tenant of the cluster's
    subscription in place of that tenant's. With it key vaults are read. Azure takes 20 service accounts for
    an identity, so that large estates need several.
    """
    vaults: Literal["csi", "external-secrets"] = "csi"
    """How `keyvault:` references get into pods of the cluster.

    `csi`: the driver of the Secrets Store mounts them, which is the AKS add-on
    azure-keyvault-secrets-provider. `external-secrets`: External Secrets makes Secrets of them, through a
    ClusterSecretStore with the name of the vault.
    """


class EngineVersions(Row):
    """Versions in place of ours, each the tag of an image without its `v`."""

    prometheus: EngineVersion | None = None
    """Version of Prometheus."""
    thanos: EngineVersion | None = None
    """Version of all Thanos components."""
    alertmanager: EngineVersion | None = None
    """Version of Alertmanager."""
    node_exporter: EngineVersion | None = None
    """Version of the node exporter."""
    kube_state_metrics: EngineVersion | None = None
    """Version of kube-state-metrics."""
    prometheus_operator: EngineVersion | None = None
    """Version of prometheus-operator and of its config reloader."""
    grafana: EngineVersion | None = None
    """Version of Grafana."""

    def pinned(self) -> dict[str, str]:
        """Versions that the estate sets, by engine."""
        rows = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: version for name, version in rows.items() if version is not None}


class Images(Row):
    """Where container images come from."""

    mirror: Registry | None = None
    """A registry with an optional path that holds a copy of every image, under its own full name.

    With mirror.example/copies, quay.io/thanos/thanos is pulled as
    mirror.example/copies/quay.io/thanos/thanos.
    """
    digests: dict[ImageName, Digest] = Field(default={})
    """Digests by image name without tag, such as quay.io/thanos/thanos: pinned beside the tag."""
    versions: EngineVersions = EngineVersions()
    """Versions in place of ours, each the tag of an image without its `v`."""
    pull_secret: DnsName | None = None
    """Name of an image pull secret that is in every namespace already."""


class Wave(Row):
    """Clusters that are changed together."""

    name: DnsLabel
    """Name of the wave, such as canary."""
    clusters: Annotated[list[ClusterName], Field(min_length=1)]
    """Its clusters, changed one after the other."""


class Gate(Row):
    """A condition on the global view between two waves."""

    name: DnsLabel
    """Name of the gate."""
    query: Annotated[str, Field(min_length=1)]
    """PromQL over all clusters. The gate is open when it answers with no series: select what is wrong."""
    hold: Duration = "1m"
    """How long it must stay open."""
    within: Duration = "10m"
    """How long it is waited for; then the roll-out stops."""


class Rollout(Row):
    """In which order clusters are changed, and what must hold before the next ones are."""

    waves: list[Wave] = Field(default=[])
    """Waves in their order; clusters in none of them are the last wave. The hub is changed first of all."""
    gates: list[Gate] = Field(default=[])
    """Conditions after each wave, beside the proof of the data path of its clusters."""
