"""What references of components mean in one cluster.

A port that other clusters ask for is reached at their load balancer, where each replica has a number of its
own: behind one number they could not be told apart, and a gRPC client would stay with the first that answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from deploy.targets.kubernetes.objects import names
from estate.components import (
    Address,
    Component,
    DataPath,
    File,
    FilePath,
    Issued,
    Listen,
    ListenHost,
    PortNumber,
    Reference,
    SecretValue,
    Template,
    Text,
)
from estate.errors import UsageError
from estate.model import Estate
from estate.stacks import server_of
from estate.vaults import named, of

FILES = "/etc/singlepane"
# A folder below for each key vault.
VAULTS = "/etc/singlepane-vaults"
DATA = "/data"
# prometheus-operator mounts the Secrets that an Alertmanager names here.
ALERTMANAGER_SECRETS = "/etc/alertmanager/secrets"
# Ports for other clusters, by the kind of component: replica N has this number plus N.
EXPOSED: Mapping[tuple[str, str], int] = {
    ("sidecar", "grpc"): 10901,
    ("alertmanager", "http"): 9093,
    # In the place of the Alertmanagers, with TLS.
    ("alert-gate", "https"): 9093,
}


def secret(file: File) -> bool:
    """Whether a file belongs into a Secret."""
    return file.secret or bool(file.references)


def issued(file: File) -> str:
    """The key of cert-manager's Secret that a file is; empty for any other file."""
    content = file.content
    parts = content.parts if isinstance(content, Text) else ()
    return parts[0].part if len(parts) == 1 and isinstance(parts[0], Issued) else ""


def secret_name(component: Component) -> str:
    """The Secret that holds the secret files of a component; those of an Alertmanager's replicas are one."""
    if component.kind == "alertmanager":
        return f"alertmanager-{names.ALERTMANAGER}-files"
    return f"{component.name}-files"


@dataclass(frozen=True, slots=True)
class Place:
    """One cluster. `components` are those of the whole estate, `secrets` values of references, if known."""

    estate: Estate
    cluster: str
    components: Mapping[str, Component]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def namespace(self) -> str:
        """Where the objects of this cluster are."""
        return self.estate.clusters[self.cluster].kubernetes.namespace

    @property
    def server(self) -> str:
        """Name of the Prometheus object of this cluster."""
        return server_of(self.estate, self.cluster)

    @property
    def mounts_vaults(self) -> bool:
        """Whether secrets of key vaults are mounted; else External Secrets makes Secrets of them."""
        return self.estate.clusters[self.cluster].kubernetes.vaults == "csi"

    def vault(self, name: str) -> str:
        """The folder where secrets of a key vault are mounted."""
        return f"{VAULTS}/{name}"

    def mounted(self, references: Sequence[str]) -> bool:
        """Whether what holds these comes out of a key vault by itself, and is in no Secret of ours."""
        return bool(references) and self.mounts_vaults and any(map(of, references))

    def text(self, own: Component, template: Template) -> str:
        """A template of `own` as text. Raises UsageError and ValueError as `value` does."""
        if isinstance(template, str):
            return template
        parts = template.parts
        return "".join([part if isinstance(part, str) else self.value(own, part) for part in parts])

    def value(self, own: Component, reference: Reference) -> str:
        """A reference as text.

        Raises UsageError for what the estate would have to say, ValueError for what the wiring got wrong.
        """
        match reference:
            case Address(component, port):
                return self.address(self.component(component), port)
            case Listen(port):
                return f"0.0.0.0:{own.ports[port]}"
            case PortNumber(port):
                return str(own.ports[port])
            case ListenHost():
                return "0.0.0.0"
            case FilePath(file, component) if component in ("", own.name):
                return self.file(own, file)
            case DataPath(component, below) if component in ("", own.name):
                return f"{DATA}/{below}" if below else DATA
            case SecretValue(name):
                return self.secrets[name]
            case Issued(part):
                raise ValueError(f"{own.name} has {part} of cert-manager as a part of something")
        raise ValueError(f"{own.name} refers to {reference}, which no pod of its own has")

    def component(self, name: str) -> Component:
        """The component of that name. Raises ValueError."""
        if name not in self.components:
            raise ValueError(f"component {name} is referred to, and is not part of the estate")
        return self.components[name]

    def address(self, of: Component, port: str) -> str:
        """`host:port` of a component as pods of this cluster reach it."""
        if of.cluster != self.cluster:
            return self.outside(of, port)
        number = of.ports[port]
        if of.kind == "alertmanager":
            host = f"{names.pod(of, self.server)}.{names.ALERTMANAGER_SERVICE}"
        elif of.kind in names.OPERATED:
            host = f"{names.pod(of, self.server)}.{names.PROMETHEUS_SERVICE}"
        else:
            host = of.name
        return f"{host}.{self.namespace}.svc:{number}"

    def outside(self, of: Component, port: str) -> str:
        """`host:port` of a component of another cluster."""
        address = self.estate.clusters[of.cluster].kubernetes.address
        number = EXPOSED.get((of.kind, port))
        if number is None:
            raise ValueError(f"{of.name} is in another cluster, and its port {port} is not open to others")
        if address is None:
            raise UsageError(
                f"{self.cluster} must reach {of.name}, and cluster {of.cluster} has no address",
                f"Write clusters.{of.cluster}.kubernetes.address: that of its internal load balancer.",
            )
        return f"{address}:{number + (of.replica or 0)}"

    def file(self, own: Component, path: str) -> str:
        """Where a file of a component, or a folder of them, is in its pod. Raises ValueError."""
        if not any(file.path == path or file.path.startswith(f"{path}/") for file in own.files):
            raise ValueError(f"{own.name} refers to its file {path}, which it does not have")
        for file in own.files:
            if file.path == path and self.mounted(file.references):
                vault, _ = named(file.references[0])
                return f"{self.vault(vault)}/{names.key(path)}"
        if own.kind == "alertmanager":
            return f"{ALERTMANAGER_SECRETS}/{secret_name(own)}/{names.key(path)}"
        return f"{FILES}/{path}"
