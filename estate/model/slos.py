"""Service level objectives: what was promised to users, and how it is measured."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from estate.model.row import Row
from estate.names import ClusterName, DnsLabel

# Where a query of an SLO has its time window.
WINDOW = "${window}"


class Slo(Row):
    """An objective that holds for each of its clusters, over 30 days."""

    service: DnsLabel
    """Service that it is about."""
    objective: Annotated[float, Field(gt=0, lt=100)]
    """Share of good events that was promised, in percent, such as 99.9."""
    errors: Annotated[str, Field(min_length=1)]
    """Rate of bad events as PromQL, with the label `cluster` and `${window}` for its time window."""
    total: Annotated[str, Field(min_length=1)]
    """Rate of all events, in the same way."""
    team: DnsLabel = "platform"
    """Team that is told."""
    clusters: list[ClusterName] = Field(default=[])
    """Clusters that it holds for; all but the hub, unless said."""
    few: Annotated[int, Field(ge=0, le=1_000_000)] = 100
    """With fewer events within an hour nobody is told: one of ten that fails is no outage."""
