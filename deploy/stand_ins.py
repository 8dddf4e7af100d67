"""What `singlepane up` runs in the place of what is not on this machine: nodes, Azure, blob storage, the shop."""

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
from estate.model import Estate


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
        environment={"AZURITE_ACCOUNTS": text(estate.metrics.store.account, ":", key)},
        ports={"blob": 10000},
        # Every path of the blob API wants a signature, so an open port is the sign that it is up.
        ready=Probe("blob", ""),
        storage="1Gi",
        note="in place of blob storage",
    )


def azure_simulator(estate: Estate, fleet: Path) -> Component:
    """Azure's own APIs, over the fleet that the estate names."""
    return Component(
        name="azure-simulator",
        kind="azure-simulator",
        cluster=estate.hub,
        command=Own(),
        arguments=(
            "simulate",
            "azure",
            "--fleet",
            str(fleet),
            "--listen",
            text(Listen("https")),
            "--ca-dir",
            text(DataPath(below="ca")),
        ),
        ports={"https": 8443},
        ready=Probe("https", "/readyz", tls=True),
        note="in place of Azure",
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
