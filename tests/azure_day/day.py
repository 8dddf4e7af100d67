"""Hours of an exporter's life: a cycle a minute, faults in the middle of each hour, a restart at its end."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exporters.azure.metrics import table
from simulators.azure.faults import Ordered
from simulators.azure.inventory import Resource
from tests.azure_day.estate import Estate
from tests.azure_day.judge import Judge, Verdict
from tests.azure_day.moment import START, Moment, live

# Minutes of an hour in which Azure may fail.
FAULTY = range(10, 40)
# Minutes by whose end everything must be there again: an id that was refused is left out for five.
QUIET_AFTER = 46
# Nobody can say yet what is missing in the first minute of a process.
_SETTLED_AFTER = 2

APIS = ("graph", "resources", "definitions", "metrics-batch", "token")
KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 429, "retry_after": "7"},
    {"kind": "status", "status": 429, "retry_after": "35"},
    {"kind": "status", "status": 429},
    {"kind": "status", "status": 503, "retry_after": "2.5"},
    {"kind": "status", "status": 529},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 502},
    {"kind": "status", "status": 400},
    {"kind": "html"},
    {"kind": "empty"},
    {"kind": "slow", "delay": 5},
    {"kind": "slow", "delay": 40},
    {"kind": "truncated"},
    {"kind": "reset"},
    {"kind": "gzip"},
    {"kind": "mixed-case"},
    {"kind": "expired-token"},
    {"kind": "nextlink-loop", "apis": ["resources"]},
    {"kind": "nextlink-foreign", "apis": ["resources"]},
    {"kind": "bad-id", "apis": ["metrics-batch"]},
    {"kind": "resource-error", "apis": ["metrics-batch"]},
    {"kind": "resource-missing", "apis": ["metrics-batch"]},
)


@dataclass(slots=True)
class Day:
    """What a simulated stretch of time brought. `struck` counts faults that struck by kind; `ages` are the
    greatest ages of points by type and grain (seconds) in some minutes, `newest` the mean ages in each minute
    by type, of one minute's grain; `throttled` are replies of 429 that no fault ordered.
    """

    verdict: Verdict
    cycles: int = 0
    restarts: int = 0
    unclean: int = 0
    faults: int = 0
    struck: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    throttled: int = 0
    longest_cycle: float = 0.0
    ages: dict[str, dict[tuple[str, str], int]] = field(default_factory=dict)
    newest: list[dict[str, float]] = field(default_factory=list)
    late: int = 0
    broken: list[str] = field(default_factory=list)


class Weather:
    """Orders faults by chance, and counts those that struck."""

    def __init__(self, estate: Estate, chance: random.Random) -> None:
        self.ordered = 0
        self.struck: Counter[str] = Counter()
        self._estate = estate
        self._chance = chance

    def turn(self, minute: int) -> None:
        """Maybe order a fault in this minute of the hour; outside of `FAULTY` there is none."""
        if minute not in FAULTY:
            self.clear()
        elif self._chance.random() < 0.7:
            self.order(self._chance.choice(KINDS))

    def order(self, kind: dict[str, Any], **more: Any) -> None:
        """Order a fault of a kind for a while, of an API and for some calls by chance."""
        chance = self._chance
        fault = {
            "apis": [chance.choice(APIS)],
            "probability": chance.choice((0.2, 0.5, 1)),
            "seconds": chance.uniform(20, 240),
            "name": f"{kind['kind']}-{kind.get('status', '')}-{self.ordered}",
            **kind,
            **more,
        }
        if kind["kind"].startswith(("bad-", "resource-")):
            fault["resource"] = chance.choice(self._resources()).name
        if kind["kind"] == "slow":
            # A token request is made in one go, out of simulated time.
            fault["apis"] = [api for api in fault["apis"] if api != "token"] or ["metrics-batch"]
        if "nextlink" in kind["kind"]:
            # The listing is asked where Resource Graph fails.
            self._put({**more, "kind": "html", "apis": ["graph"], "seconds": 240, "name": "no-graph"})
        self._put(fault)
        self.ordered += 1

    def clear(self) -> None:
        """End all faults."""
        for ordered in self._estate.world.faults.ordered.values():
            self._count(ordered)
        self._estate.world.faults.lift()

    def _put(self, fault: dict[str, Any]) -> None:
        old = self._estate.world.faults.ordered.get(fault["name"])
        if old is not None:
            self._count(old)
        self._estate.order(**fault)

    def _count(self, ordered: Ordered) -> None:
        fault = ordered.fault
        self.struck[f"{fault.status}" if fault.kind == "status" else fault.kind] += ordered.struck

    def _resources(self) -> list[Resource]:
        return list(self._estate.world.inventory.resources.values())


def spend(
    folder: Path,
    fleet: str,
    rows: tuple[dict[str, Any], ...],
    hours: int,
    *,
    seed: int = 1,
    offered: bytes = b"",
) -> tuple[Day, Estate]:
    """Hours under judgement, with faults, restarts, deletions and new resources in each. `offered` is a table
    of lags that lies in the exporter's folder from the beginning.
    """

    async def life(moment: Moment) -> tuple[Day, Estate]:
        if offered:
            table.store(folder / table.FILE, offered)
        estate = Estate(moment, folder, fleet, rows, {"timestamps": "point"}, seed=seed)
        chance = random.Random(seed)
        _schedule(estate, hours, chance)
        judge = Judge(estate.world, rows)
        weather = Weather(estate, chance)
        day = Day(judge.verdict)
        for number in range(hours * 60):
            minute = number % 60
            if number and minute == 0:
                clean = day.restarts % 2 == 0
                await estate.restart(clean=clean)
                day.restarts += 1
                day.unclean += not clean
            weather.turn(minute)
            since = moment.steady()
            text = await estate.turn()
            day.cycles += 1
            day.longest_cycle = max(day.longest_cycle, moment.steady() - since)
            quiet = _SETTLED_AFTER <= minute < FAULTY.start or minute >= QUIET_AFTER
            judge.hear(text, moment.wall(), quiet=quiet)
            if number in (0, 29, hours * 60 - 1):
                day.ages[f"minute {number}"] = dict(judge.verdict.ages)
            day.newest.append(
                {
                    type: sum(age * number for age, number in ages.items()) / ages.total()
                    for (type, step), ages in judge.verdict.newest.items()
                    if step == "60"
                }
            )
            day.late = sum(estate.collector.ledger.tallies.late.values())
            await estate.rest(since)
        await estate.cycle.close()
        day.faults, day.struck = sum(weather.struck.values()), weather.struck
        day.calls, day.broken = sum(estate.wire.calls.values()), estate.broken
        day.throttled = sum(estate.world.throttled.values())
        return day, estate

    return live(life)


def _schedule(estate: Estate, hours: int, chance: random.Random) -> None:
    """In each hour two resources are deleted and two others come to be, between faults and in peace."""
    resources = chance.sample(list(estate.world.inventory.resources.values()), 4 * hours)
    for hour in range(hours):
        begin = START + hour * 3600
        early, late, new, newer = resources[4 * hour : 4 * hour + 4]
        early.deleted = begin + chance.uniform(600, 2400)
        late.deleted = begin + chance.uniform(2800, 3500)
        new.created = float(int(begin + chance.uniform(600, 2400)))
        newer.created = float(int(begin + chance.uniform(2800, 3500)))
