"""The documents of the API, as the OpenAPI description shows them. Times are Unix seconds."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from estate.running import State
from singlepane.server.facts import Beating
from singlepane.server.health import Level
from singlepane.server.webhook import Alert, Status


class Document(BaseModel):
    """Base of all documents."""

    model_config = ConfigDict(frozen=True)


class Error(Document):
    """Why a request was refused, and what to do.

    `findings` lists what is wrong with a document, at most ten rows.
    """

    error: str
    remedy: str = ""
    findings: list[str] = []


class Accepted(Document):
    """A notification that is kept on disk. `clusters` are those whose heartbeat it was."""

    kept: Literal[True] = True
    clusters: list[str] = []


class Heartbeat(Document):
    """The last heartbeat of a cluster; `last` and `age_seconds` are null when none ever came.

    `state` is `beating`, `silent`, or `waiting` while the server has not listened for long enough to say.
    `expected` is false for a cluster that the estate does not name; its state is `beating` or `silent`.
    """

    cluster: str
    last: float | None
    age_seconds: float | None
    count: int
    state: Beating
    expected: bool


class Heartbeats(Document):
    """Every cluster of the estate in its order, then others that report."""

    heartbeats: list[Heartbeat]


class KeptNotification(Document):
    """One notification as it came, and when."""

    received: float
    status: Status
    receiver: str
    group_key: str
    truncated_alerts: int
    alerts: list[Alert]


class Notifications(Document):
    """The last notifications, newest first."""

    notifications: list[KeptNotification]


class Why(Document):
    """One reason for a cluster's level."""

    level: Level
    text: str


class ClusterDocument(Document):
    """A cluster: what the estate says of it, and how it is."""

    name: str
    role: Literal["hub", "workload"]
    region: str
    subscription: str
    version: str
    labels: dict[str, str]
    level: Level
    reasons: list[Why]
    components_ready: int
    components: int
    hops_held: int
    hops_broken: int
    hops: int
    alerts_firing: int


class VerdictDocument(Document):
    """The verdict on the whole estate."""

    level: Level
    headline: str
    detail: str


class LinkDocument(Document):
    """A place to open in a browser."""

    label: str
    url: str
    ready: bool


class EstateDocument(Document):
    """The estate: verdict, clusters worst first, links."""

    name: str
    hub: str
    target: str
    verdict: VerdictDocument
    clusters: list[ClusterDocument]
    links: list[LinkDocument]


class DashboardRow(Document):
    """A dashboard. `local`: it has something to show under `singlepane up`."""

    uid: str
    title: str
    local: bool


class DashboardRows(Document):
    """All dashboards."""

    dashboards: list[DashboardRow]


class PanelDocument(Document):
    """A panel as its page shows it: `state` is shown, noted, partial (a part of the estate does not answer),
    empty or failed; `words` are why it failed.
    """

    title: str
    state: str
    words: list[str]


class DashboardDocument(Document):
    """What a dashboard shows now, over its own time or from `from` to `to`."""

    uid: str
    title: str
    panels: list[PanelDocument]


class ComponentDocument(Document):
    """A component as the supervisor last wrote it, or as the global view shows it, which tells no addresses
    and no restarts; `addresses` maps port name to `host:port`.
    """

    name: str
    kind: str
    cluster: str
    replica: int | None
    state: State
    addresses: dict[str, str]
    restarts: int
    since: float
    last_error: str
    note: str


class Components(Document):
    """All components.

    `supervised` is false when the supervisor is gone and the rows are the last it wrote; in clusters, when
    the global view does not answer.
    """

    changed: float | None
    age_seconds: float | None
    supervised: bool
    problem: str
    components: list[ComponentDocument]


class LastVerification(Document):
    """The last verification, as `singlepane verify -o json` prints it; null when there was none.

    `problem` says why the last attempt left none, or why it cannot be read.
    """

    age_seconds: float | None
    stale: bool
    problem: str
    verification: dict[str, Any] | None
