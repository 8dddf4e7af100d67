"""The singlepane server as a component: status page, API, receiver of notifications and heartbeats."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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
    text,
)
from estate.model import Estate

ESTATE = "estate.yaml"
PORT = 9797


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
        ports={"http": PORT},
        ready=Probe("http", "/readyz"),
        metrics=("http", "/metrics"),
    )


def server_of_hub(estate: Estate) -> Component:
    """The server of an estate that runs in clusters, in the hub; it asks the global view what runs."""
    return Component(
        name="server",
        kind="server",
        cluster=estate.hub,
        command=Own(),
        arguments=(
            "serve",
            "--estate",
            text(FilePath(ESTATE)),
            "--query",
            text("http://", Address("query", "http")),
            "--data",
            text(DataPath()),
            "--listen",
            text(Listen("http")),
            # By which Alertmanagers know it, and people.
            *(word for host in _hosts(estate) for word in ("--allow-host", host)),
        ),
        ports={"http": PORT},
        ready=Probe("http", "/readyz"),
        metrics=("http", "/metrics"),
        files=(File(ESTATE, document(estate)),),
        storage="1Gi",
        resources=Resources("50m", "256Mi", "512Mi"),
    )


def _hosts(estate: Estate) -> tuple[str, ...]:
    """Names that the server of the hub answers to."""
    inside = f"server.{estate.clusters[estate.hub].kubernetes.namespace}.svc"
    outside = urlsplit(estate.alerts.base_url or "").hostname
    return (inside, outside) if outside else (inside,)


def document(estate: Estate) -> dict[str, Any]:
    """The estate as one file: what it includes and its defaults are in it already."""
    return estate.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude={"include", "defaults"})
