"""The values that the status page shows, one class for each kind of row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from deploy.verify.results import HopResult
from estate.running import Running
from singlepane.server.facts import Beating, Facts
from singlepane.server.health import ClusterHealth
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
    """A cluster's health beside what the estate says of it."""

    health: ClusterHealth
    region: str
    version: str
    beat: Beating
    beat_age: float | None
    beats: int


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
class AlertRow:
    """An alert in the words of its annotations, and where to read on.

    `since` and `heard` are Unix seconds.
    """

    name: str
    severity: str
    cluster: str
    status: str
    text: str
    since: float
    heard: float
    runbook: str
    source: str


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
    path: tuple[PathRow, ...]
    hidden_path: int
    replicas: int
    broken: tuple[Break, ...]
    components: tuple[ComponentRow, ...]
    hidden_components: int
    ready: int
    running: int
    firing: tuple[AlertRow, ...]
    hidden_firing: int
    resolved: tuple[AlertRow, ...]
    links: tuple[Link, ...]
    hidden_links: int
    notices: tuple[str, ...] = field(default_factory=tuple)
