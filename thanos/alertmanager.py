"""Alertmanager: takes the alerts of every Prometheus and of the ruler, and tells people."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from estate.components import (
    Address,
    Component,
    DataPath,
    Engine,
    File,
    FilePath,
    Listen,
    Probe,
    Resources,
    text,
)
from estate.model import Estate
from estate.quantities import seconds

CONFIG = "alertmanager.yaml"
# Alertmanager's own default.
SHORTEST_RETENTION_HOURS = 120


def retention_hours(estate: Estate) -> int:
    """How long it knows what it sent: twice the longest pause between two notifications, which is how long it
    wants to know. With less it would forget, and send again too early (alertmanager#3370).
    """
    longest = max(seconds(estate.alerts.repeat), seconds(estate.alerts.heartbeat.every))
    return max(SHORTEST_RETENTION_HOURS, ceil(2 * longest / 3600))


def alertmanagers(
    estate: Estate, configuration: Mapping[str, Any], files: tuple[File, ...] = (), count: int = 1
) -> tuple[Component, ...]:
    """The estate's Alertmanagers with this configuration and the files it refers to.

    A single one has no number. How several find each other is for the target to say.
    """
    if count == 1:
        return (_alertmanager(estate, configuration, files, None),)
    return tuple(_alertmanager(estate, configuration, files, replica) for replica in range(count))


def _alertmanager(
    estate: Estate, configuration: Mapping[str, Any], files: tuple[File, ...], replica: int | None
) -> Component:
    name = "alertmanager" if replica is None else f"alertmanager-{replica}"
    return Component(
        name=name,
        kind="alertmanager",
        cluster=estate.hub,
        replica=replica,
        command=Engine("alertmanager"),
        arguments=(
            text("--config.file=", FilePath(CONFIG)),
            text("--storage.path=", DataPath()),
            f"--data.retention={retention_hours(estate)}h",
            text("--web.listen-address=", Listen("http")),
            text("--web.external-url=http://", Address(name, "http")),
            # One has nobody to gossip with. Left out, it would listen on all interfaces.
            *(("--cluster.listen-address=",) if replica is None else ()),
            # Else nobody could tell which receiver it is that notifications do not get to.
            "--enable-feature=receiver-name-in-metrics",
        ),
        ports={"http": 9093},
        ready=Probe("http", "/-/ready"),
        metrics=("http", "/metrics"),
        files=(File(CONFIG, configuration), *files),
        storage="1Gi",
        resources=Resources(cpu="50m", memory="128Mi", memory_limit="512Mi"),
    )
