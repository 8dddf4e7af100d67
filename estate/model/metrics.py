"""The object store, retention and the global query."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from estate.model.row import Row
from estate.model.tls import TlsSettings
from estate.names import Container, LabelName, StorageAccount, Uuid, WorkloadOrSecret
from estate.quantities import Duration


class Store(Row):
    """The blob container where all clusters keep their blocks."""

    account: StorageAccount
    """Storage account name."""
    container: Container
    """Blob container name."""
    identity: WorkloadOrSecret = "workload"
    """`workload` for workload identity, or a reference to the account's connection string."""
    client_id: Uuid | None = None
    """Client id of the managed identity that may read and write the container, for workload identity."""


class Retention(Row):
    """How long blocks are kept in the object store, by resolution.

    Coarser data must be kept at least as long as finer. Equal lengths keep every graph zoomable down to the
    scrape interval; shorter finer ones cost less.
    """

    raw: Duration = "30d"
    """Raw samples. At least 40h, so that they are downsampled before they go."""
    five_minutes: Annotated[Duration, Field(alias="5m")] = "180d"
    """Five-minute resolution. At least 10d, so that it is downsampled before it goes."""
    one_hour: Annotated[Duration, Field(alias="1h")] = "2y"
    """One-hour resolution."""


class QuerySettings(Row):
    """The global view. Its timeouts are ordered: `store_response_timeout` is below `timeout`."""

    timeout: Duration = "2m"
    """A query that takes longer is stopped."""
    store_response_timeout: Duration = "30s"
    """A store that sends nothing for this long is left out, and the reply says so."""


class Metrics(Row):
    """Metrics: the object store, retention and the global query."""

    store: Store
    """The blob container where all clusters keep their blocks."""
    timing: Literal["production", "demonstration"] = "production"
    """How fast blocks move. `demonstration`: every 30 seconds, to see all of it move; too many for good.

    `singlepane up` is always a demonstration.
    """
    retention: Retention = Retention()
    """How long blocks are kept, by resolution."""
    query: QuerySettings = QuerySettings()
    """The global view."""
    tls: TlsSettings | None = None
    """Mutual TLS between clusters; left out, what they tell each other can be read on the way."""
    replica_label: LabelName = "prometheus_replica"
    """External label that tells the replicas of a pair apart; Query removes it."""
