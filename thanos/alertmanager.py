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


def alertmanager(estate: Estate, configuration: Mapping[str, Any], files: tuple[File, ...] = ()) -> Component:
    """The estate's Alertmanager with this configuration and the files it refers to."""
    return Component(
        name="alertmanager",
        kind="alertmanager",
        cluster=estate.hub,
        command=Engine("alertmanager"),
        arguments=(
            text("--config.file=", FilePath(CONFIG)),
            text("--storage.path=", DataPath()),
            f"--data.retention={retention_hours(estate)}h",
            text("--web.listen-address=", Listen("http")),
            text("--web.external-url=http://", Address("alertmanager", "http")),
            # There is one: nobody to gossip with. Left out, it would listen on all interfaces.
            "--cluster.listen-address=",
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
