"""The values of the chart `exporter`, but for `config`, which is the exporter's own configuration file.

From here come the chart's values.yaml, its schema and the table of its page.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel

from estate.model import Row

# `auto` asks the cluster whether it knows the operator's kinds.
Switch = Annotated[Literal["auto"] | bool, WithJsonSchema({"enum": ["auto", True, False]})]
Texts = dict[str, str]
# What Kubernetes defines is for its API server to judge.
Native = dict[str, Any]
Natives = list[dict[str, Any]]


class Values(Row):
    """Written in camel case, as Helm's users expect."""

    model_config = ConfigDict(alias_generator=to_camel)


class Image(Values):
    """The image of the exporter."""

    registry: str = "ghcr.io"
    """Registry, or the mirror in its place."""
    repository: str = "singlepane/singlepane"
    """Path in the registry."""
    tag: str = ""
    """Tag; empty takes the chart's appVersion."""
    digest: Annotated[str, Field(pattern=r"^(sha256:[0-9a-f]{64})?$")] = ""
    """Digest, such as sha256:…, which goes before the tag."""
    pull_policy: Literal["IfNotPresent", "Always", "Never"] = "IfNotPresent"
    """When it is pulled."""


class WorkloadIdentity(Values):
    """Microsoft Entra Workload ID: the pods sign in as a managed identity, without any secret."""

    client_id: str = ""
    """Client id of the identity; empty leaves workload identity out."""
    tenant_id: str = ""
    """Its tenant, where it is not the cluster's."""


class ServiceAccount(Values):
    """The account that the pods run as. Its token is not mounted: the exporter asks nothing of Kubernetes."""

    create: bool = True
    """Whether the chart makes it."""
    name: str = ""
    """Its name; empty is that of the release when it is made, else `default`."""
    annotations: Texts = Field(default={})
    """Annotations."""


class Service(Values):
    """Where it is reached inside the cluster."""

    port: Annotated[int, Field(ge=1, le=65535)] = 9790
    """Port of the Service, and of the pods."""
    annotations: Texts = Field(default={})
    """Annotations."""


class Tls(Values):
    """HTTPS with a certificate out of a Secret, such as cert-manager keeps. Renewed ones need no restart."""

    existing_secret: str = ""
    """Name of a Secret with tls.crt and tls.key; empty is plain HTTP."""
    client_ca: bool = False
    """Whether clients must show a certificate that ca.crt of that Secret has signed."""
    client_allowed_sans: list[str] = Field(default=[])
    """Names of which one must be in a client's certificate; empty asks for none."""


class Web(Values):
    """A whole web configuration file in place of `tls`: users, tokens, headers, limits."""

    existing_secret: str = ""
    """Name of a Secret with the file under web.yaml, and beside it the files that it names."""
    tls: bool = False
    """Whether that file turns TLS on."""
    credentials: bool = False
    """Whether it asks for users, tokens or certificates. Kubernetes then only looks at the port."""


class BasicAuth(Values):
    """User and password that Prometheus sends, where the web configuration asks for them."""

    existing_secret: str = ""
    """Name of a Secret with both; empty sends none."""
    username_key: str = "username"
    """Key of the user."""
    password_key: str = "password"  # noqa: S105 (a key's name)
    """Key of the password."""


class Bearer(Values):
    """A token that Prometheus sends, where the web configuration asks for one."""

    existing_secret: str = ""
    """Name of a Secret with it; empty sends none."""
    key: str = "token"
    """Key of the token."""


class ServiceMonitor(Values):
    """How prometheus-operator's Prometheus finds it."""

    enabled: Switch = "auto"
    """Whether there is one; `auto` where the cluster knows the kind."""
    labels: Texts = Field(default={})
    """Labels by which a Prometheus selects it, such as `release: kube-prometheus-stack`."""
    interval: str = ""
    """How often it is scraped; empty is Prometheus's own interval."""
    scrape_timeout: str = ""
    """How long a scrape may take; empty is Prometheus's own."""
    tls_config: Native = Field(default={})
    """TLS of the scrape, in place of what follows from `tls`: ca.crt of its Secret, the Service's name."""
    client_secret: str = ""
    """Name of a Secret with tls.crt and tls.key that Prometheus shows, for `tls.clientCa`."""
    basic_auth: BasicAuth = BasicAuth()
    """User and password of the scrape."""
    bearer: Bearer = Bearer()
    """Token of the scrape."""
    relabelings: Natives = Field(default=[])
    """Rules for the target's labels, after the one that sets `component`."""
    metric_relabelings: Natives = Field(default=[])
    """Rules for the series."""


class PrometheusRule(Values):
    """The alerts about exporters, for prometheus-operator."""

    enabled: Switch = "auto"
    """Whether there is one; `auto` where the cluster knows the kind."""
    labels: Texts = Field(default={})
    """Labels by which a Prometheus selects it."""
    alert_labels: Texts = Field(default={})
    """Labels of every alert, such as `team: platform`."""
    runbook_url: str = ""
    """Where your runbooks are: the alert's name is put behind it. Empty leaves the link out."""


class Dashboards(Values):
    """The dashboard, as a ConfigMap that Grafana's sidecar picks up."""

    enabled: bool = True
    """Whether there is one."""
    labels: Texts = Field(default={"grafana_dashboard": "1"})
    """Labels that the sidecar looks for."""
    annotations: Texts = Field(default={})
    """Annotations, such as the one that names the folder in Grafana."""


class Persistence(Values):
    """A volume for each pod, so that counters and what was learnt of Azure's lateness outlive it."""

    enabled: bool = False
    """Whether there is one. The pods are then a StatefulSet's."""
    size: Annotated[str, Field(pattern=r"^[1-9][0-9]*[MGT]i$")] = "1Gi"
    """Its size. It cannot be changed by an upgrade."""
    storage_class: str = ""
    """Its storage class; empty is the cluster's default."""


class PodDisruptionBudget(Values):
    """How many pods may be away at once when nodes are drained."""

    enabled: bool = True
    """Whether there is one."""
    max_unavailable: Annotated[int, Field(ge=1)] = 1
    """So many; at least one, or no node could be drained."""


class NetworkPolicy(Values):
    """Who may talk to it, and to whom it may talk."""

    enabled: bool = False
    """Whether there is one."""
    from_: Annotated[Natives, Field(alias="from", default=[])]
    """Who may scrape it: peers of a NetworkPolicy. Empty is everybody."""
    egress: Natives = Field(default=[])
    """What it may call: egress rules of a NetworkPolicy. Empty is everything."""


class ChartValues(Values):
    """All values but `config`."""

    existing_config_map: str = ""
    """Name of a ConfigMap with the configuration under exporter.yaml, in place of `config`."""
    existing_secret: str = ""
    """Name of a Secret whose keys become environment variables, for references such as env:CLIENT_SECRET."""
    secret_files: str = ""
    """Name of a Secret whose keys become files, for references such as file:/etc/singlepane/secrets/a.pem."""
    workload_identity: WorkloadIdentity = WorkloadIdentity()
    shards: Annotated[int, Field(ge=1, le=64)] = 1
    """Pods that share the resources, each with a part of its own. More than one are a StatefulSet's."""
    image: Image = Image()
    image_pull_secrets: list[Texts] = Field(default=[])
    """Secrets to pull the image with, each as `name: …`."""
    name_override: str = ""
    """In place of the chart's name in the names of objects."""
    fullname_override: Annotated[str, Field(pattern=r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$", max_length=52)] = (
        ""
    )
    """The whole name of objects."""
    common_labels: Texts = Field(default={})
    """Labels of every object and pod."""
    service_account: ServiceAccount = ServiceAccount()
    service: Service = Service()
    tls: Tls = Tls()
    web: Web = Web()
    service_monitor: ServiceMonitor = ServiceMonitor()
    prometheus_rule: PrometheusRule = PrometheusRule()
    dashboards: Dashboards = Dashboards()
    persistence: Persistence = Persistence()
    pod_disruption_budget: PodDisruptionBudget = PodDisruptionBudget()
    network_policy: NetworkPolicy = NetworkPolicy()
    resources: Native = Field(
        default={"requests": {"cpu": "50m", "memory": "192Mi"}, "limits": {"memory": "512Mi"}}
    )
    """What each pod gets; about 130 MB are used for 20,000 series, 250 MB for 100,000."""
    pod_labels: Texts = Field(default={})
    """Labels of the pods."""
    pod_annotations: Texts = Field(default={})
    """Annotations of the pods."""
    pod_security_context: Native = Field(
        default={
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "runAsGroup": 10001,
            "fsGroup": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        }
    )
    """Security of the pods: the restricted Pod Security Standard."""
    security_context: Native = Field(
        default={
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        }
    )
    """Security of the container."""
    node_selector: Texts = Field(default={"kubernetes.io/os": "linux"})
    """Labels of the nodes that it may run on."""
    tolerations: Natives = Field(default=[])
    """Taints that it bears."""
    affinity: Native = Field(default={})
    """Where it would rather run, or not."""
    topology_spread_constraints: Natives = Field(default=[])
    """How the pods of several shards are spread."""
    priority_class_name: str = ""
    """Priority class of the pods."""
    extra_env: Natives = Field(default=[])
    """Environment variables besides, such as HTTPS_PROXY."""
    extra_volumes: Natives = Field(default=[])
    """Volumes besides, such as one of the Secrets Store CSI driver."""
    extra_volume_mounts: Natives = Field(default=[])
    """Where they are mounted."""
