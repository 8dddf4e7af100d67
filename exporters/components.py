"""The exporters of an estate as components: one process per row and cluster, with a file of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from estate.components import (
    Address,
    Component,
    DataPath,
    File,
    FilePath,
    Listen,
    Own,
    Probe,
    Resources,
    SecretValue,
    Template,
    Text,
    text,
)
from estate.model import AzureExporter, Estate, EstateExporter, JsonExporter, component_names
from exporters.configuration.tenancy import tenants, workload

API_VERSION = "singlepane/v1"
CONFIG_FILE = "exporter.yaml"
PORT = 9790
# A secret reaches the process through its environment, whatever kind of reference the estate has.
_CLIENT_SECRET = "AZURE_CLIENT_SECRET"  # noqa: S105 - the name of a variable
_BEARER = "EXPORTER_BEARER_TOKEN"
# A stand-in on this machine is reached directly, also where a proxy is set.
_DIRECT = "127.0.0.1,localhost"


@dataclass(frozen=True, slots=True)
class AzureEndpoints:
    """Where Azure is answered by something else. `metrics` holds `{region}` as text; `ca_file` is a PEM
    bundle.

    `client_id` and `client_secret` are what the stand-in takes.
    """

    authority: Template
    arm: Template
    metrics: Template
    ca_file: Template
    client_id: Template
    client_secret: Template


@dataclass(frozen=True, slots=True)
class Peers:
    """What exporters read from. `azure` is None for Azure itself; `replaced` maps URL prefixes to stand-
    ins.
    """

    azure: AzureEndpoints | None = None
    replaced: Mapping[str, Address] = field(default_factory=dict)


def components(estate: Estate, peers: Peers) -> tuple[Component, ...]:
    """Every exporter in every cluster that runs it, named `<row>-<cluster>`, or `<row>-<cluster>-<n>` where
    shards share its resources; without clusters it is the hub.
    """
    return tuple(
        _component(estate, peers, name, cluster, component, f"{index}/{len(shards)}")
        for name, row in estate.exporters.items()
        for cluster in row.clusters or [estate.hub]
        for shards in [component_names(name, row, cluster)]
        for index, component in enumerate(shards)
    )


def _component(
    estate: Estate, peers: Peers, name: str, cluster: str, component: str, shard: str
) -> Component:
    row = estate.exporters[name]
    external = ["cluster", estate.metrics.replica_label, *estate.clusters[cluster].labels]
    document: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "name": component,
        "cluster": cluster,
        "external_labels": external,
    }
    environment: dict[str, Template] = {}
    identity, storage = "", ""
    match row:
        case AzureExporter():
            _azure(estate, peers, name, cluster, row, document, environment)
            if peers.azure is None and workload(estate, row, document["tenants"]):
                identity = "workload"
            storage = "1Gi"
        case JsonExporter():
            _json(peers, name, row, document, environment)
        case EstateExporter():
            _estate(estate, name, row, document)
    templates = [*environment.values(), *_leaves(document)]
    return Component(
        name=component,
        kind="exporter",
        cluster=cluster,
        command=Own(),
        arguments=(
            "exporter",
            "run",
            "--config",
            text(FilePath(CONFIG_FILE)),
            "--listen",
            text(Listen("http")),
            "--state",
            text(DataPath()),
            *(() if shard == "0/1" else ("--shard", shard)),
        ),
        ports={"http": PORT},
        ready=Probe("http", "/readyz"),
        metrics=("http", "/metrics"),
        stamped=isinstance(row, AzureExporter) and row.timestamps == "point",
        files=(File(CONFIG_FILE, document),),
        environment=environment,
        storage=storage,
        needs=tuple(sorted({*_components_in(templates)})),
        resources=Resources("100m", "128Mi", "512Mi"),
        identity=identity,
    )


def _row(row: AzureExporter | JsonExporter | EstateExporter, **changes: Any) -> dict[str, Any]:
    """A row as it stands in the file: what was not written stays unwritten; where it runs is decided here."""
    document = row.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude={"clusters", "shards"})
    return {"kind": row.kind, **document, **changes}


def _azure(
    estate: Estate,
    peers: Peers,
    name: str,
    cluster: str,
    row: AzureExporter,
    document: dict[str, Any],
    environment: dict[str, Template],
) -> None:
    scope = [estate.clusters[cluster].subscription] if row.scope == "own" else list(row.scope)
    identity = row.identity
    if peers.azure is not None:
        document["azure"] = {
            "authority": peers.azure.authority,
            "arm": peers.azure.arm,
            "metrics": peers.azure.metrics,
            "ca_file": peers.azure.ca_file,
            "client_id": peers.azure.client_id,
        }
        environment[_CLIENT_SECRET] = peers.azure.client_secret
        environment["NO_PROXY"] = _DIRECT
        identity = f"env:{_CLIENT_SECRET}"
    elif identity is not None and ":" in identity:
        environment[_CLIENT_SECRET] = text(SecretValue(identity))
        identity = f"env:{_CLIENT_SECRET}"
    names = [estate.subscriptions[each].tenant for each in scope]
    document["tenants"] = tenants(estate, cluster, names, environment, own=identity is None)
    if peers.azure is not None:
        # All clouds are one there, at one address.
        for row_of_tenant in document["tenants"].values():
            row_of_tenant.pop("cloud", None)
    document["subscriptions"] = {
        each: {"id": estate.subscriptions[each].id, "tenant": estate.subscriptions[each].tenant}
        for each in scope
    }
    own = {} if identity is None else {"identity": identity}
    document["exporters"] = {name: _row(row, scope=scope, **own)}


def _json(
    peers: Peers,
    name: str,
    row: JsonExporter,
    document: dict[str, Any],
    environment: dict[str, Template],
) -> None:
    changes: dict[str, Any] = {}
    # The longest prefix that fits is the one that was meant.
    prefix = max((each for each in peers.replaced if row.url.startswith(each)), key=len, default=None)
    if prefix is not None:
        rest = row.url.removeprefix(prefix)
        slash = "" if not rest or rest.startswith(("/", "?")) else "/"
        changes["url"] = text("http://", peers.replaced[prefix], slash, rest)
        environment["NO_PROXY"] = _DIRECT
    if row.bearer is not None:
        environment[_BEARER] = text(SecretValue(row.bearer))
        changes["bearer"] = f"env:{_BEARER}"
    document["exporters"] = {name: _row(row, **changes)}


def _estate(estate: Estate, name: str, row: EstateExporter, document: dict[str, Any]) -> None:
    document["inventory"] = {
        "estate": estate.name,
        "hub": estate.hub,
        "clusters": {
            cluster: {"region": each.region, "subscription": each.subscription, "version": each.version}
            for cluster, each in estate.clusters.items()
        },
    }
    document["exporters"] = {name: _row(row)}


def _leaves(value: Any) -> list[Template]:
    """The templates in a document, which are few: it is walked through for every exporter of an estate."""
    if isinstance(value, Text):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [leaf for each in inner if type(each) is not str for leaf in _leaves(each)]


def _components_in(templates: list[Template]) -> Iterator[str]:
    """Names of the components that templates refer to: they must be ready first."""
    for template in templates:
        for leaf in template.parts if isinstance(template, Text) else ():
            match leaf:
                case Address(component=component):
                    yield component
                case FilePath(component=component) | DataPath(component=component) if component:
                    yield component
