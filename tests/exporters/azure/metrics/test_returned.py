"""What was left out of a long grain comes back when its time is over, in simulated time."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from exporters.azure.metrics.reader import REFUSAL_SECONDS
from tests.azure_day.estate import Estate, fleet
from tests.azure_day.fleets import STORAGE
from tests.azure_day.moment import Moment, live

FLEET = fleet(
    {"shop-a": ("main", [{"type": STORAGE, "count": 4, "name": "st{n}"}])},
    behaviour={"lag": 2, "late": 0, "absent": 0},
)
HOURLY = {"type": STORAGE, "names": ["UsedCapacity"], "aggregations": ["Average"], "interval": "PT1H"}
MINUTELY = {"type": STORAGE, "names": ["SuccessE2ELatency"], "aggregations": ["Average"]}
# Two regions, each with a group of its own.
REGIONS = fleet(
    {
        "shop-a": (
            "main",
            [
                {"type": STORAGE, "count": 2, "name": "st{n}"},
                {
                    "type": STORAGE,
                    "count": 2,
                    "name": "far{n}",
                    "region": "northeurope",
                },
            ],
        )
    },
    behaviour={"lag": 2, "late": 0, "absent": 0},
)
TWO = {**HOURLY, "names": ["UsedCapacity", "SuccessE2ELatency"]}
CAPACITY = "azure_storage_storageaccounts_used_capacity"


def shown(
    folder: Path, text: str, rows: tuple[dict[str, Any], ...], at: int, **fault: Any
) -> tuple[list[int], list[int]]:
    """How many accounts show their capacity after each minute of the half hour that follows on a fault of
    half a minute, which strikes in minute `at`; and the data calls of each.
    """

    async def life(moment: Moment) -> tuple[list[int], list[int]]:
        estate = Estate(moment, folder, text, rows)
        series: list[int] = []
        calls: list[int] = []
        for minute in range(at + 30):
            since, before = moment.steady(), estate.wire.calls["metrics-batch"]
            if minute == 20:
                # Its group is read again when that is over: in other minutes than its sibling.
                outage = {"kind": "status", "status": 503, "region": "northeurope"}
                estate.order(name="outage", apis=["metrics-batch"], seconds=400, **outage)
            if minute == at:
                estate.order(name="short", apis=["metrics-batch"], seconds=30, **fault)
            exposition = await estate.turn()
            await asyncio.sleep(since + 60.0 - moment.steady())
            series.append(
                sum(line.startswith(f"{CAPACITY}_average_bytes{{") for line in exposition.splitlines())
            )
            calls.append(estate.wire.calls["metrics-batch"] - before)
        await estate.cycle.close()
        return series[at:], calls[at:]

    return live(life)


# A cycle after that time, whenever it ends.
BACK = int(REFUSAL_SECONDS // 60) + 1


@pytest.mark.parametrize("at", range(20, 26))
def test_an_id_that_another_grain_found_bad_comes_back(tmp_path: Path, at: int) -> None:
    """The readings of each minute hear that an id is refused, and it is left out of all grains for five
    minutes. Then it is asked for again in the grain of an hour too, wherever in its five minutes that stands:
    a simulated day had series of hours missing for up to ten minutes after such a refusal.
    """
    series, calls = shown(tmp_path, FLEET, (HOURLY, MINUTELY), at, kind="bad-id", resource="st2")
    assert series[BACK:] == [4] * (30 - BACK)
    # A call a minute, and one more in each five of them.
    assert sum(calls[BACK + 1 :]) <= (29 - BACK) + (29 - BACK) // 5 + 1


@pytest.mark.parametrize("at", range(30, 42))
def test_a_metric_that_another_region_found_refused_comes_back(tmp_path: Path, at: int) -> None:
    """A metric that is refused once for no known reason is left out of its type. After five minutes each
    region asks for it again, also the one whose turn came just before they were over.
    """
    series, _ = shown(tmp_path, REGIONS, (TWO,), at, kind="status", status=400, contains="UsedCapacity")
    assert series[BACK:] == [4] * (30 - BACK)
