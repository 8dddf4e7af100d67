"""The singlepane server as a component: status page, API, receiver of notifications and heartbeats."""

from __future__ import annotations

from pathlib import Path

from estate.components import Component, DataPath, Listen, Own, Probe, text
from estate.model import Estate


def server(estate: Estate, estate_file: Path, state: Path) -> Component:
    """The server of an estate that runs on this machine; it reads what runs from the state folder."""
    return Component(
        name="server",
        kind="server",
        cluster=estate.hub,
        command=Own(),
        arguments=(
            "serve",
            "--estate",
            str(estate_file),
            "--state",
            str(state),
            "--data",
            text(DataPath()),
            "--listen",
            text(Listen("http")),
        ),
        ports={"http": 9797},
        ready=Probe("http", "/readyz"),
        metrics=("http", "/metrics"),
    )
