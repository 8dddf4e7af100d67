"""Thousands of faults in one subscription, or in all, and whether anybody else feels them."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.azure_day.day import KINDS, Weather
from tests.azure_day.estate import Estate
from tests.azure_day.judge import Judge, Verdict
from tests.azure_day.moment import Moment, live

# A value that is fresh was read in this cycle or in the one before.
FRESH_SECONDS = 130.0
# A reading of a subscription without faults begins at once.
_SETTLED_CYCLES = 2


@dataclass(slots=True)
class Faulted:
    """What faults did: how many struck, by kind; the cycles; those in which a healthy subscription was not
    fresh; the greatest age of what was shown of healthy ones; exceptions that nobody expected; and whether
    everything was there again at the end.
    """

    verdict: Verdict
    struck: Counter[str] = field(default_factory=Counter)
    cycles: int = 0
    failed: int = 0
    stale: int = 0
    oldest: float = 0.0
    longest_cycle: float = 0.0
    broken: list[str] = field(default_factory=list)
    recovered: bool = False


def endure(
    folder: Path, fleet: str, rows: tuple[dict[str, Any], ...], faults: int, victim: str = "", seed: int = 1
) -> Faulted:
    """Cycles of a minute until so many faults have struck, calls of the subscription `victim` alone or of
    all.
    """

    async def life(moment: Moment) -> Faulted:
        estate = Estate(moment, folder, fleet, rows, {"timestamps": "point"}, seed=seed)
        chance = random.Random(seed)
        weather = Weather(estate, chance)
        judge = Judge(estate.world, rows)
        out = Faulted(judge.verdict)
        ids = {one.name: one.id for one in estate.world.inventory.subscriptions.values()}
        healthy = [id for name, id in ids.items() if victim and name != victim]
        for _ in range(_SETTLED_CYCLES):
            await _turn(estate, judge, out)
        while weather.struck.total() < faults:
            weather.clear()
            for _ in range(4):
                more: dict[str, Any] = {"probability": chance.choice((0.3, 0.6, 1.0))}
                if victim:
                    more["subscription"] = ids[victim]
                weather.order(chance.choice(KINDS), **more)
            await _turn(estate, judge, out)
            out.failed += bool(estate.cycle.status.error)
            ages = _ages(estate, healthy)
            out.oldest = max([out.oldest, *ages])
            out.stale += any(age > FRESH_SECONDS for age in ages)
        weather.clear()
        # What was refused is asked again after five minutes, a route after a day.
        for _ in range(12):
            await _turn(estate, judge, out)
        out.recovered = not estate.cycle.status.error
        await estate.cycle.close()
        out.struck, out.broken = weather.struck, estate.broken
        return out

    return live(life)


async def _turn(estate: Estate, judge: Judge, out: Faulted) -> None:
    since = estate.moment.steady()
    text = await estate.turn()
    judge.hear(text, estate.moment.wall(), quiet=False)
    out.cycles += 1
    out.longest_cycle = max(out.longest_cycle, estate.moment.steady() - since)
    await estate.rest(since)


def _ages(estate: Estate, subscriptions: list[str]) -> list[float]:
    """How long ago the oldest value that is shown of minutes was read, by type."""
    now = estate.moment.wall()
    held = estate.collector.states
    return [
        now - status.last_success
        for key, status in held.items()
        if key.subscription in subscriptions and key.step == 60
    ]
