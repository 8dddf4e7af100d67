"""Calls of a cycle, counted at the simulator, beside the fewest that Azure's limits allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulators.azure.catalogue import built_in, catalogue
from simulators.azure.world import World
from tests.azure_day.estate import Estate, fleet
from tests.azure_day.fleets import ADDRESSES, POSTGRES, REDIS, ROWS, STORAGE, eight_types
from tests.azure_day.moment import Moment, live

IDS = 50
NAMES = 20


@dataclass(frozen=True, slots=True)
class Sized:
    """A fleet with what is read of it."""

    name: str
    fleet: str
    rows: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """Resources, series served, data calls of each cycle, the fewest that are possible, and all other calls
    of the first cycle by API.
    """

    resources: int
    series: int
    calls: tuple[int, ...]
    fewest: int
    others: dict[str, int]


def row(type: str, aggregation: str, names: int) -> dict[str, Any]:
    """A row of so many metrics of a type that are measured each minute."""
    metrics = catalogue(built_in())[type.lower()].metrics.values()
    found = [
        one.name
        for one in metrics
        if one.every == 1 and aggregation.lower() in one.supported and not one.dimension_required
    ][:names]
    assert len(found) == names
    return {"type": type, "names": found, "aggregations": [aggregation]}


def _rows(type: str, count: int, *regions: str) -> dict[str, Any]:
    return {"type": type, "count": count, "region": list(regions), "name": "r{n:04}"}


def sized() -> tuple[Sized, ...]:
    """From one call to a fleet of 5,000 resources with 20 metrics each."""
    wide = ("westeurope", "northeurope", "eastus", "japaneast")
    return (
        Sized(
            "50 storage accounts x 5",
            fleet({"one": ("main", [_rows(STORAGE, 50, "westeurope")])}),
            (row(STORAGE, "Average", 5),),
        ),
        Sized(
            "51 servers x 21",
            fleet({"one": ("main", [_rows(POSTGRES, 51, "westeurope")])}),
            (row(POSTGRES, "Average", 21),),
        ),
        Sized("eight types, 3 subscriptions", eight_types(), ROWS),
        Sized(
            "1,000 servers x 20",
            fleet(
                {
                    "one": ("main", [_rows(POSTGRES, 740, *wide[:3])]),
                    "two": ("partner", [_rows(POSTGRES, 260, *wide[:2])]),
                }
            ),
            (row(POSTGRES, "Average", 20),),
        ),
        Sized(
            "5,000 of three types x 20",
            fleet(
                {
                    "one": ("main", [_rows(POSTGRES, 1830, *wide), _rows(REDIS, 700, *wide[:2])]),
                    "two": ("main", [_rows(POSTGRES, 670, *wide[:3]), _rows(ADDRESSES, 1000, *wide)]),
                    "three": ("partner", [_rows(REDIS, 800, *wide)]),
                }
            ),
            (row(POSTGRES, "Average", 20), row(REDIS, "Maximum", 20), row(ADDRESSES, "Maximum", 20)),
        ),
    )


def fewest(world: World, rows: Iterable[dict[str, Any]]) -> int:
    """The sum over all groups of ceil(resources / 50) x ceil(metrics / 20)."""
    resources = Counter(
        (one.subscription.id, one.region, one.type.key)
        for one in world.inventory.resources.values()
        if one.listed
    )
    metrics = Counter[tuple[str, str, tuple[str, ...], tuple[str, ...]]]()
    for each in rows:
        shape = (
            each["type"].lower(),
            each.get("interval", "PT1M"),
            tuple(sorted(each["aggregations"])),
            tuple(each.get("dimensions", ())),
        )
        metrics[shape] += len(each["names"])
    return sum(
        -(-count // IDS) * -(-names // NAMES)
        for (_, _, type), count in resources.items()
        for (of, *_), names in metrics.items()
        if type == of
    )


def count(folder: Path, of: Sized, cycles: int = 3) -> Counted:
    """Cycles an hour apart, so that each group has something new in each, whatever its grain."""

    async def life(moment: Moment) -> Counted:
        estate = Estate(moment, folder, of.fleet, of.rows)
        calls: list[int] = []
        others: dict[str, int] = {}
        text = ""
        for _ in range(cycles):
            before = estate.wire.calls["metrics-batch"]
            text = await estate.turn()
            await estate.rest(moment.steady(), 3600)
            calls.append(estate.wire.calls["metrics-batch"] - before)
            others = others or {
                api: number for api, number in estate.wire.calls.items() if api != "metrics-batch"
            }
        assert not estate.cycle.status.error
        await estate.cycle.close()
        resources = sum(one.listed for one in estate.world.inventory.resources.values())
        series = sum(not line.startswith("#") for line in text.splitlines())
        return Counted(resources, series, tuple(calls), fewest(estate.world, of.rows), others)

    return live(life)
