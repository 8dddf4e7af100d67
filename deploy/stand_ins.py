"""What `singlepane up` runs in the place of what is not on this machine: nodes, Azure, blobs, the shop."""

from __future__ import annotations

from pathlib import Path

from estate.components import (
    Component,
    DataPath,
    Engine,
    Listen,
    ListenHost,
    Own,
    PortNumber,
    Probe,
    SecretValue,
    text,
)
from estate.errors import UsageError
from estate.model import Estate
from exporters.components import AzureEndpoints
from simulators.azure import fleetfile

# Folder of the simulator's certificate authority, in its data folder.
_CA = "ca"


def node_exporter(cluster: str) -> Component:
    """The node of a cluster: this machine, through the real node_exporter."""
    return Component(
        name=f"node-exporter-{cluster}",
        kind="node-exporter",
        cluster=cluster,
        command=Engine("node_exporter"),
        arguments=(text("--web.listen-address=", Listen("http")),),
        ports={"http": 9100},
        ready=Probe("http", "/"),
        metrics=("http", "/metrics"),
        note="this machine",
    )


def azurite(estate: Estate, key: SecretValue) -> Component:
    """Blob storage: Azurite, with the account that the estate names and a key of this machine's own."""
    return Component(
        name="azurite",
        kind="azurite",
        cluster=estate.hub,
        command=Engine("azurite"),
        arguments=(
            "--blobHost",
            text(ListenHost()),
            "--blobPort",
            text(PortNumber("blob")),
            "--location",
            text(DataPath()),
            # Thanos asks for an API version newer than the emulator knows.
            "--skipApiVersionCheck",
            "--disableTelemetry",
            "--silent",
        ),
        environment={
            "AZURITE_ACCOUNTS": text(estate.metrics.store.account, ":", key),
            # Left to itself, the heap grows with what passes through it and hardly shrinks again.
            "NODE_OPTIONS": "--max-semi-space-size=4 --max-old-space-size=256",
        },
        ports={"blob": 10000},
        # Every path of the blob API wants a signature, so an open port is the sign that it is up.
        ready=Probe("blob", ""),
        storage="1Gi",
        note="in place of blob storage",
    )


def fleet(estate: Estate, estate_file: Path) -> Path:
    """The fleet file that the estate names. Raises UsageError when there is none."""
    if not estate.local.fleet:
        raise UsageError(
            "the estate has exporters of kind azure, and names no fleet for the simulator to answer for",
            "Write `local: {fleet: fleet.yaml}`; examples/shop/fleet.yaml is one to copy.",
        )
    path = estate_file.resolve().parent / estate.local.fleet
    if not path.is_file():
        raise UsageError(
            f"the fleet file {path} is not there", "`local.fleet` is relative to the estate file."
        )
    return path


def azure_simulator(estate: Estate, fleet_file: Path) -> Component:
    """Azure's own APIs, over a fleet file."""
    return Component(
        name="azure-simulator",
        kind="azure-simulator",
        cluster=estate.hub,
        command=Own(),
        arguments=(
            "simulate",
            "azure",
            "--fleet",
            str(fleet_file),
            "--listen",
            text(Listen("https")),
            "--ca-dir",
            text(DataPath(below=_CA)),
        ),
        ports={"https": 8443},
        ready=Probe("https", "/readyz", tls=True),
        note="in place of Azure",
    )


def azure_endpoints(simulator: Component, fleet_file: Path) -> AzureEndpoints:
    """How exporters reach the simulator, signed in as the fleet's first principal.

    Raises UsageError for a fleet file that cannot be read.
    """
    try:
        principal = fleetfile.load(fleet_file).effective_principals()[0]
    except fleetfile.FleetError as error:
        raise UsageError(
            f"the fleet file cannot be used:\n{error}", "docs/simulators.md explains every key."
        ) from None
    at = simulator.address("https")
    return AzureEndpoints(
        authority=text("https://", at, "/entra"),
        arm=text("https://", at, "/arm"),
        metrics=text("https://", at, "/metrics/{region}"),
        ca_file=text(DataPath(simulator.name, f"{_CA}/ca.pem")),
        client_id=principal.client_id,
        client_secret=principal.secret,
    )


def shop(estate: Estate) -> Component:
    """The demonstration shop, whose API the JSON exporters read."""
    return Component(
        name="shop",
        kind="shop",
        cluster=estate.hub,
        command=Own(),
        arguments=("simulate", "shop", "--listen", text(Listen("http"))),
        ports={"http": 8080},
        ready=Probe("http", "/readyz"),
        metrics=("http", "/metrics"),
        note="in place of the shop",
    )
