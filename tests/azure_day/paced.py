"""Calls against Azure's limits: what an exporter used of them, and whether it was ever throttled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulators.azure.fleet import Bucket, Limits, Window
from simulators.azure.pace import FixedWindow, TokenBucket
from tests.azure_day.estate import Estate
from tests.azure_day.moment import Moment, live
from tests.azure_day.wire import Made

# What counts against the reads of a subscription.
_ARM = frozenset({"resources", "metrics", "metrics-subscription", "definitions"})


@dataclass(slots=True)
class Used:
    """Of each limit: calls in all, the share of its burst that was ever gone at once, and the share of its
    steady rate that was used on average.
    """

    calls: int = 0
    peak: float = 0.0
    mean: float = 0.0


@dataclass(slots=True)
class Paced:
    """A stretch of time: `throttled` are the replies of 429, `late` the cycles whose calls took longer than
    the interval, `stale` the readings that did not bring everything.
    """

    minutes: int
    calls: int = 0
    throttled: int = 0
    late: int = 0
    stale: int = 0
    planned: int = 0
    longest: float = 0.0
    used: Mapping[str, Used] = field(default_factory=dict)


def pace(
    folder: Path, fleet: str, rows: Iterable[dict[str, Any]], minutes: int, *, restart_every: int = 60
) -> Paced:
    """A cycle a minute, with a restart now and then: a new process knows nothing of the calls before."""

    async def life(moment: Moment) -> Paced:
        estate = Estate(moment, folder, fleet, tuple(rows), keep_calls=True)
        paced = Paced(minutes)
        for minute in range(minutes):
            if minute and minute % restart_every == 0:
                await estate.restart(clean=True)
            since = moment.steady()
            await estate.turn()
            took = moment.steady() - since
            paced.longest = max(paced.longest, took)
            paced.late += took > 60
            paced.stale += bool(estate.cycle.status.error)
            await estate.rest(since)
        paced.planned = sum(estate.collector.reader.calls(group) for group in estate.collector.groups)
        await estate.cycle.close()
        paced.calls = len(estate.wire.made)
        paced.throttled = sum(made.status == 429 for made in estate.wire.made)
        assert paced.throttled == sum(estate.world.throttled.values())
        paced.used = used(estate.wire.made, estate.world.fleet.limits, minutes * 60)
        return paced

    return live(life)


def used(calls: Iterable[Made], limits: Limits, seconds: float) -> Mapping[str, Used]:
    """What of each limit the calls used; of several subscriptions the most."""
    sizes: dict[str, Bucket | Window] = {
        "metrics:getBatch": limits.batch,
        "reads of a subscription": limits.arm_reads,
        "definitions": limits.definitions,
        "Resource Graph": limits.graph,
    }
    meters: dict[tuple[str, str], TokenBucket | FixedWindow] = {}
    counts = Counter[tuple[str, str]]()
    found = {name: Used() for name in sizes}
    for made in calls:
        for name, owner in _limits(made):
            size = sizes[name]
            meter = meters.get((name, owner))
            if meter is None:
                meter = meters[name, owner] = (
                    FixedWindow(size.calls, size.seconds)
                    if isinstance(size, Window)
                    else TokenBucket(size.burst, size.per_second)
                )
            most = size.calls if isinstance(size, Window) else size.burst
            found[name].peak = max(found[name].peak, 1 - meter.take(made.at).remaining / most)
            counts[name, owner] += 1
    for (name, _), number in counts.items():
        size = sizes[name]
        rate = size.calls / size.seconds if isinstance(size, Window) else size.per_second
        found[name].calls += number
        found[name].mean = max(found[name].mean, number / seconds / rate)
    return found


def _limits(made: Made) -> Iterable[tuple[str, str]]:
    if made.api == "metrics-batch":
        yield "metrics:getBatch", made.subscription
    elif made.api in _ARM:
        yield "reads of a subscription", made.subscription
    if made.api == "definitions":
        yield "definitions", ""
    if made.api == "graph":
        yield "Resource Graph", ""
