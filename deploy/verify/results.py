"""What a verification found, as values: one result per hop and replica, and the document made of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True)
class HopResult:
    """One hop of the data path of one Prometheus replica.

    `detail` says what was seen, "broken", or "not reached": a hop behind a broken one is not tried, and its
    `reached` is false. `cause` and `remedy` are sentences, set on a broken hop alone. `seconds` is how long
    the proof took, waiting included. `proven` says that a broken hop had all the time that its data may
    take, or that time cannot heal it: one that is not may just have been slow. `pending` says of one that
    holds that something of it is not due yet, such as the first block of a Prometheus of today.
    """

    hop: str
    cluster: str
    replica: int
    ok: bool
    detail: str
    cause: str = ""
    remedy: str = ""
    seconds: float = 0.0
    reached: bool = True
    proven: bool = False
    pending: bool = False


# Called with a result as soon as it is known, and with what a hop waits for while it tries again.
Progress = Callable[["HopResult | Waiting"], None]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A hop that does not hold yet and is tried again: data may need time."""

    hop: str
    cluster: str
    replica: int
    cause: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Verification:
    """All results. `started` is Unix seconds, `seconds` the time all took, `hops` the names in path order."""

    estate: str
    started: float
    seconds: float
    timeout: float
    hops: tuple[str, ...]
    results: tuple[HopResult, ...] = field(default_factory=tuple)

    @property
    def ok(self) -> bool:
        """True when there is something to prove and all of it holds."""
        return bool(self.results) and all(result.ok for result in self.results)

    @property
    def first_broken(self) -> HopResult | None:
        """The broken hop that comes first on the path; of several, the one named first in the estate."""
        broken = [result for result in self.results if result.reached and not result.ok]
        return min(broken, key=lambda result: self.hops.index(result.hop), default=None)

    def document(self) -> dict[str, Any]:
        """As the JSON object of `verify -o json` and of `STATE/verification.json`."""
        broken = self.first_broken
        return {
            "estate": self.estate,
            "ok": self.ok,
            "started": round(self.started, 3),
            "seconds": round(self.seconds, 3),
            "timeout": self.timeout,
            "hops": list(self.hops),
            "first_broken": _document(broken) if broken else None,
            "results": [_document(result) for result in self.results],
        }


def _document(result: HopResult) -> dict[str, Any]:
    return {**asdict(result), "seconds": round(result.seconds, 3)}
