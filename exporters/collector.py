"""The contract between a collector, which only collects, and the cycle, which runs it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from exporters.exposition.metrics import Family

# Values outlive this many failed intervals, and at least five minutes, which is how far Prometheus looks
# back.
KEEP_INTERVALS = 3
KEEP_AT_LEAST_SECONDS = 300.0


def keep_seconds(interval: float) -> float:
    """How long the values of a collector are served while it fails."""
    return max(KEEP_INTERVALS * interval, KEEP_AT_LEAST_SECONDS)


class CollectorError(Exception):
    """A collection failed for a reason that a user can act on; the message is one sentence and holds no
    secret.
    """


@dataclass(frozen=True, slots=True)
class Collection:
    """What one cycle brought.

    `problems` says, a sentence each, what is missing although the rest is there: the families are served, and
    the cycle counts as failed.
    """

    families: Sequence[Family]
    problems: tuple[str, ...] = ()


class Collector(Protocol):
    """One source of metrics.

    `name` is its key in `exporters.collectors.COLLECTORS`, `exporter` the row of the configuration that asked
    for it; `interval` and `timeout` are seconds. `collect` raises CollectorError (or anything else: the cycle
    bounds, counts and logs it). `own` gives metrics about the collector itself, at any time and without
    waiting; the cycle adds the `collector` and `exporter` labels.
    """

    @property
    def name(self) -> str: ...

    @property
    def exporter(self) -> str: ...

    @property
    def interval(self) -> float: ...

    @property
    def timeout(self) -> float: ...

    async def collect(self) -> Collection: ...

    def own(self) -> Iterable[Family]: ...

    async def close(self) -> None: ...


@runtime_checkable
class Following(Protocol):
    """A collector that goes on where a closed one of the same row has ended."""

    def follow(self, before: Collector) -> None: ...
