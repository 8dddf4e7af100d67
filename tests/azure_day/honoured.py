"""Whether a wait that Azure asks for is kept, and by whom: the subscription that it asked, and no other."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.azure_day.estate import Estate
from tests.azure_day.moment import Moment, live
from tests.azure_day.wire import Made


@dataclass(frozen=True, slots=True)
class Honoured:
    """`waits` were asked for (429, 503 and 529 with Retry-After); `early` calls were sent before one was
    over; `overshoots` are seconds from its end to the next call. `others` are seconds from the begin of a
    cycle to the last data call of the other subscriptions, `undisturbed` the same in cycles without a wait.
    """

    waits: int
    early: int
    overshoots: tuple[float, ...]
    others: tuple[float, ...]
    undisturbed: tuple[float, ...]


def honour(folder: Path, fleet: str, rows: tuple[dict[str, Any], ...], cycles: int, victim: str) -> Honoured:
    """In every second cycle the first data call of a subscription is answered with a wait of 4 to 40
    seconds.
    """

    async def life(moment: Moment) -> Honoured:
        estate = Estate(moment, folder, fleet, rows, keep_calls=True)
        chance = random.Random(3)
        id = next(one.id for one in estate.world.inventory.subscriptions.values() if one.name == victim)
        asked: list[tuple[float, float]] = []
        others: dict[bool, list[float]] = {True: [], False: []}
        wait = 0.0
        for number in range(cycles + 2):
            if number >= 2 and number % 2 == 0:
                wait = round(chance.uniform(4, 40), chance.choice((0, 1, 3)))
                estate.order(
                    name="wait",
                    kind="status",
                    status=chance.choice((429, 503, 529)),
                    retry_after=f"{wait:g}",
                    subscription=id,
                    apis=["metrics-batch"],
                    times=1,
                )
            since, before = moment.wall(), len(estate.wire.made)
            begin = moment.steady()
            await estate.turn()
            await estate.rest(begin)
            made = [each for each in estate.wire.made[before:] if each.api == "metrics-batch"]
            # A cycle in which nothing was due leaves the wait to the next one.
            new = [(each.answered, wait) for each in made if each.status in (429, 503, 529)]
            asked += new
            last = [each.answered - since for each in made if each.subscription != id]
            if number >= 2 and last:
                others[bool(new)].append(max(last))
        await estate.cycle.close()
        made = [each for each in estate.wire.made if each.subscription == id and each.api == "metrics-batch"]
        early, overshoots = _kept(made, asked)
        return Honoured(len(asked), early, overshoots, tuple(others[True]), tuple(others[False]))

    return live(life)


def _kept(made: Sequence[Made], asked: Sequence[tuple[float, float]]) -> tuple[int, tuple[float, ...]]:
    early = 0
    overshoots = []
    for at, wait in asked:
        after = sorted(each.sent for each in made if each.sent > at)
        # A wait ends to the microsecond: what clocks of doubles leave of it is no call too early.
        early += sum(sent < at + wait - 1e-6 for sent in after)
        if after:
            overshoots.append(after[0] - at - wait)
    return early, tuple(overshoots)
