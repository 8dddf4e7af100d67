"""The values that the status page shows, one class for each kind of row."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from deploy.verify.results import HopResult
from estate.running import Running
from singlepane.server.facts import Beating, Facts
from singlepane.server.health import ClusterHealth, Reason
from singlepane.server.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Choices:
    """What the reader asked for: one cluster alone, all rows, no refresh."""

    cluster: str = ""
    everything: bool = False
    paused: bool = False

    def address(self, **change: Any) -> str:
        """The page's own address with something chosen otherwise."""
        cluster = change.get("cluster", self.cluster)
        everything = change.get("everything", self.everything)
        paused = change.get("paused", self.paused)
        query = {
            **({"cluster": cluster} if cluster else {}),
            **({"show": "all"} if everything else {}),
            **({"refresh": "off"} if paused else {}),
        }
        return f"/?{urlencode(query)}" if query else "/"


@dataclass(frozen=True, slots=True)
class Link:
    """A place to open. `ready` is false when what answers there is not; `replica` names a Prometheus."""

    label: str
    url: str
    ready: bool
    replica: str = ""


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """A cluster's health beside what the estate says of it, with the reasons that are shown at once."""

    health: ClusterHealth
    region: str
    version: str
    beat: Beating
    beat_age: float | None
    beats: int
    reasons: tuple[Reason, ...]
    hidden_reasons: int


@dataclass(frozen=True, slots=True)
class PathRow:
    """One replica and its hops in path order; None where the last verification has no result."""

    cluster: str
    replica: int
    hops: tuple[HopResult | None, ...]

    @property
    def ends(self) -> tuple[int, int]:
        """Places of the first and the last hop that this replica has: its line runs between them."""
        places = [place for place, hop in enumerate(self.hops) if hop is not None]
        return places[0], places[-1]

    @property
    def broken(self) -> bool:
        """Whether any hop does not hold."""
        return any(hop is not None and not hop.ok for hop in self.hops)


@dataclass(frozen=True, slots=True)
class Break:
    """One hop that does not hold for one cause, and the replicas (`prod-weu replica 0`) where it is so."""

    hop: str
    cause: str
    remedy: str
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComponentRow:
    """A component, where it answers a browser, and for how long it has been as it is (seconds)."""

    running: Running
    url: str
    addresses: tuple[str, ...]
    age: float | None


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert of a group: what it does not share with the others, and since when (Unix seconds)."""

    labels: tuple[tuple[str, str], ...]
    text: str
    since: float


@dataclass(frozen=True, slots=True)
class AlertGroup:
    """Alerts of one name, cluster and severity, what they share, and where to read on and to act.

    `rank` is 0 for critical; `since` is when the first began, `ended` when the last was told of, `unheard`
    when Alertmanager said that it ended, 0 unless that is not believed (Unix seconds).
    """

    name: str
    severity: str
    rank: int
    cluster: str
    fires: bool
    unheard: float
    count: int
    text: str
    since: float
    ended: float
    labels: tuple[tuple[str, str], ...]
    lines: tuple[AlertLine, ...]
    runbook: str
    dashboard: str
    silence: str
    source: str

    def only(self, lines: tuple[AlertLine, ...]) -> AlertGroup:
        """The same group with fewer lines."""
        return replace(self, lines=lines)


@dataclass(frozen=True, slots=True)
class Missing:
    """Alerts of a group that Alertmanager left out: the group in words, how many, when (Unix seconds)."""

    group: str
    count: int
    when: float


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page. `hidden_*` counts the rows that are left out until asked for."""

    facts: Facts
    choices: Choices
    verdict: Verdict
    clusters: tuple[ClusterRow, ...]
    rest: tuple[ClusterRow, ...]
    well: int
    total: int
    hops: tuple[str, ...]
    held: int
    cut: int
    untried: int
    path: tuple[PathRow, ...]
    hidden_path: int
    replicas: int
    broken: tuple[Break, ...]
    components: tuple[ComponentRow, ...]
    hidden_components: int
    ready: int
    running: int
    firing: tuple[AlertGroup, ...]
    fires: int
    hidden_firing: int
    resolved: tuple[AlertGroup, ...]
    missing: tuple[Missing, ...]
    silent: tuple[str, ...]
    links: tuple[Link, ...]
    hidden_links: int
    notices: tuple[str, ...] = field(default_factory=tuple)
