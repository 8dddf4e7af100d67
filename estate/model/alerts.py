"""Alerts: who is told, and how it is noticed that nobody is told any more."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from estate.model.maintenance import Maintenance
from estate.model.receivers import AlertRoute, Hours, Receiver
from estate.model.row import Row
from estate.model.thresholds import Thresholds
from estate.names import DnsLabel, Url
from estate.quantities import Duration

# How often a group of alerts is looked at again: what it holds is sent at these times alone.
GROUP_INTERVAL = "5m"
# In the hub, where an estate runs in clusters. They gossip, so that one page is sent while one of them is
# away: one could not, and two cannot tell which of them lost the other.
ALERTMANAGERS = 3
# Exporters that others run in the clusters, by their names in the catalogue of metrics.
AlertSet = Literal[
    "argo-cd",
    "azure-devops-exporter",
    "azure-resourcemanager-exporter",
    "blackbox-exporter",
    "cert-manager",
    "cluster-autoscaler",
    "external-dns",
    "external-secrets",
    "fluent-bit",
    "ingress-nginx",
    "istio",
    "karpenter",
    "otel-collector",
]


class Heartbeat(Row):
    """The dead man's switch: every cluster's Watchdog alert, sent again and again."""

    receiver: DnsLabel
    """Receiver of the heartbeats."""
    every: Duration = "1m"
    """How often a heartbeat is sent."""


class Alerts(Row):
    """Alerts: who is told."""

    receivers: Annotated[dict[DnsLabel, Receiver], Field(min_length=1)]
    """Receivers by name."""
    default: DnsLabel
    """Receiver of every alert that no route takes."""
    routes: list[AlertRoute] = Field(default=[])
    """Which alerts go elsewhere: the first route that takes an alert has it."""
    hours: dict[DnsLabel, Hours] = Field(default={})
    """Parts of the week by name, for routes."""
    maintenance: dict[DnsLabel, Maintenance] = Field(default={})
    """Windows of maintenance by name: nobody is told of what fires within them."""
    heartbeat: Heartbeat
    """The dead man's switch."""
    base_url: Url | None = None
    """Where people reach the singlepane server, for the links in alerts.

    Without it they lead to its address inside the hub.
    """
    repeat: Duration = "4h"
    """A notification that still fires is sent again after this long.

    At least 5m, which is how often Alertmanager looks at a group of alerts.
    """
    sets: list[AlertSet] = Field(default=[])
    """Exporters in the clusters that this estate does not run itself, and whose alerts are wanted.

    Alerts about nodes, workloads, volumes, DNS and the API server are always there, since every cluster has
    what they look at; those about the estate's own exporters are there where it has such an exporter.
    """
    thresholds: Thresholds = Thresholds()
    """When alerts fire, by the name of the alert."""
