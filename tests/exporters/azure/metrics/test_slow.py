"""Groups that take longer than their cycle, in simulated time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from exporters.azure.metrics.evidence import evenly
from tests.azure_day.estate import Estate
from tests.azure_day.fleets import SINGLE_ROWS, near_the_limit
from tests.azure_day.moment import Moment, live


def test_a_group_that_outlasts_its_cycle_is_read_each_minute(tmp_path: Path) -> None:
    """Three hundred calls of one group go on after the cycle has given what it had; by the next one they
    have ended, and the group is due again.
    """

    async def life(moment: Moment) -> tuple[list[float], list[int]]:
        estate = Estate(moment, tmp_path, near_the_limit(300), SINGLE_ROWS)
        took: list[float] = []
        calls: list[int] = []
        for _ in range(4):
            since, before = moment.steady(), estate.wire.calls["metrics"]
            await estate.turn()
            took.append(moment.steady() - since)
            # A minute to the second, so that each cycle has a new point.
            await asyncio.sleep(since + 60.0 - moment.steady())
            calls.append(estate.wire.calls["metrics"] - before)
        await estate.cycle.close()
        return took, calls

    took, calls = live(life)
    assert max(took) < 20
    assert calls == [320] * 4


def test_a_counter_is_written_before_it_is_shown(tmp_path: Path) -> None:
    """A process that dies right after its first cycle has left what it counted."""

    async def life(moment: Moment) -> tuple[str, str]:
        estate = Estate(moment, tmp_path, near_the_limit(3), SINGLE_ROWS)
        first = await estate.turn()
        await estate.restart(clean=False)
        second = await estate.turn()
        await estate.cycle.close()
        return first, second

    first, second = live(life)
    assert len(_totals(first)) == 23
    assert _totals(second) == _totals(first)


def _totals(text: str) -> list[str]:
    return sorted(line for line in text.splitlines() if "_total{" in line)


@pytest.mark.parametrize(
    "lags", [[200.0] * 5 + [800.0] * 15, [200.0 + 60 * n for n in range(9)] + [800.0] * 11]
)
def test_a_lag_that_grows_stops_nobody(tmp_path: Path, lags: list[float]) -> None:
    """At once or by a minute each minute: while nothing new is settled, what is held is read again each
    minute, and no more often. It does not get old, and stays.
    """

    async def life(moment: Moment) -> tuple[list[float], list[int], list[int]]:
        estate = Estate(moment, tmp_path, near_the_limit(3), SINGLE_ROWS)
        ages: list[float] = []
        calls: list[int] = []
        series: list[int] = []
        for lag in lags:
            since, before = moment.steady(), estate.wire.calls["metrics"]
            for key in estate.collector.states:
                known = estate.collector.ledger.lag(key)
                known.learnt = {key.region: evenly(lag - 70, 10_000)}
                known.share((), None)
            text = await estate.turn()
            await asyncio.sleep(since + 60.0 - moment.steady())
            ages.append(max(moment.wall() - each.last_success for each in estate.collector.states.values()))
            calls.append(estate.wire.calls["metrics"] - before)
            series.append(len(_totals(text)))
        await estate.cycle.close()
        return ages, calls, series

    ages, calls, series = live(life)
    assert max(ages) < 65
    assert calls == [23] * 20
    assert series == [23] * 20
