"""What one subscription suffers no other feels; what is old says so, and goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from tests.exporters.simulated import (
    POSTGRES,
    SECRET,
    STORAGE,
    SUBSCRIPTIONS,
    Azure,
    azure,
    fleet_text,
    of,
    own,
)

INGRESS = "azure_storage_storageaccounts_ingress_bytes_total"
USED = "azure_storage_storageaccounts_used_capacity_average_bytes"
TOTALS = {"type": STORAGE, "names": ["Ingress"]}
FLEET = fleet_text(
    {
        "shop-a": [{"type": STORAGE, "name": "st{n}", "count": 3}, {"type": POSTGRES, "name": "pg"}],
        "shop-b": [{"type": STORAGE, "name": "far{n}", "count": 2, "region": "northeurope"}],
    }
)


@pytest.fixture
def simulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Azure]:
    """Two subscriptions."""
    monkeypatch.setenv(SECRET, "simulator")
    with azure(tmp_path, FLEET) as running:
        yield running


@pytest.mark.parametrize("status", [429, 503, 529])
async def test_a_throttled_subscription_delays_no_other(simulator: Azure, status: int) -> None:
    """While Azure asks one to wait, the other is read and given at once; the wait is said and kept."""
    collector = simulator.collector(TOTALS)
    await collector.collect()
    simulator.order(
        kind="status",
        status=status,
        retry_after="40",
        subscription=SUBSCRIPTIONS["shop-b"],
        apis=["metrics-batch"],
    )
    struck: list[int] = []
    simulator.forward()
    before = of(await collector.collect(), INGRESS)
    for _ in range(2):
        started = monotonic()
        simulator.forward()
        result = await collector.collect()
        assert monotonic() - started < 40 / 2
        assert all(of(result, INGRESS)[name] > before[name] for name in ("st1", "st2", "st3"))
        assert "shop-b microsoft.storage/storageaccounts: Azure asks to wait" in result.problems
        struck.append(simulator.world.faults.ordered["status"].struck)
    # To the second: nothing was asked again meanwhile.
    assert struck == [1, 1]
    levels = own(collector, "azure_api_bucket_level_ratio")
    assert levels['{api="batch",subscription="shop-b"}'] == 0.0
    assert levels['{api="batch",subscription="shop-a"}'] > 0.0
    await collector.close()


async def test_a_throttled_discovery_holds_up_nothing(simulator: Azure) -> None:
    """What is known is read on while Resource Graph and the listing ask to wait."""
    collector = simulator.collector(TOTALS)
    before = of(await collector.collect(), INGRESS)
    simulator.order(kind="status", status=429, retry_after="45", apis=["graph", "resources"])
    simulator.forward(240)
    started = monotonic()
    after = of(await collector.collect(), INGRESS)
    assert monotonic() - started < 45 / 2
    assert after.keys() == before.keys()
    assert all(after[name] > before[name] for name in before)
    await collector.close()


async def test_age_grows_and_ends_with_the_series(simulator: Azure) -> None:
    """The failing subscription's values are served with their age, then removed; the other's age is 0. A
    metric of a long grain is kept longer, for it is read less often.
    """
    collector = simulator.collector(TOTALS, {"type": STORAGE, "names": ["UsedCapacity"], "interval": "PT1H"})
    # An hour has only a few values.
    for _ in range(3):
        await collector.collect()
        simulator.forward(1800)
    await collector.collect()
    simulator.order(kind="status", status=400, subscription=SUBSCRIPTIONS["shop-b"], apis=["metrics-batch"])
    place = '{{subscription="{}",type="microsoft.storage/storageaccounts"}}'
    lives: list[tuple[bool, bool]] = []
    for minute in range(1, 13):
        simulator.forward()
        result = await collector.collect()
        ages = own(collector, "azure_metrics_age_seconds")
        lives.append(("far1" in of(result, INGRESS), "far1" in of(result, USED)))
        assert ages[place.format("shop-a")] <= 300.0
        assert ages.get(place.format("shop-b")) == (minute * 60.0 if any(lives[-1]) else None)
        assert {"st1", "st2", "st3"} <= set(of(result, INGRESS))
    assert [fresh for fresh, _ in lives] == [True] * 5 + [False] * 7
    assert [long for _, long in lives] == [True] * 10 + [False] * 2
    assert own(collector, "azure_metrics_up")[place.format("shop-b")] == 0.0
    last = own(collector, "azure_metrics_last_success_timestamp_seconds")
    assert last[place.format("shop-b")] == simulator.clock.now() - 720
    await collector.close()


async def test_samples_with_their_own_time(simulator: Azure) -> None:
    """On request a sample has the end of its point: settled, on the grid, never ahead, and growing."""
    collector = simulator.collector(TOTALS, {"type": POSTGRES, "names": ["cpu_percent"]}, timestamps="point")
    newest = 0.0
    for _ in range(8):
        result = await collector.collect()
        times = [
            sample.timestamp
            for family in result.families
            if family.name != "azure_resource_info"
            for sample in family.samples
        ]
        assert times
        now = simulator.clock.now()
        for time in times:
            assert time is not None and time <= now - 180 and time % 60 == 0
        latest = max(time for time in times if time)
        assert latest > newest
        newest = latest
        simulator.forward()
    await collector.close()


async def test_crashes_lose_and_repeat_nothing(simulator: Azure) -> None:
    """A process that ends without a word between two saves: its successor counts on from the file, reads
    again what came since, never falls below what was scraped, and in the end has the exact sum.
    """
    collector = simulator.collector(TOTALS, state="counters")
    shown: dict[str, float] = {}
    for cycle in range(45):
        if cycle % 7 == 6:
            # Not closed: nothing is written.
            await collector.clients.close()
            collector = simulator.collector(TOTALS, state="counters")
        for name, total in of(await collector.collect(), INGRESS).items():
            assert total >= shown.get(name, 0.0)
            shown[name] = total
        simulator.forward()
    for _ in range(8):
        await collector.collect()
        simulator.forward()
    assert collector.ledger.tracks
    for key, track in collector.ledger.tracks.items():
        (counter,) = track.counters.values()
        name = key.resource.rsplit("/", 1)[1]
        true = sum(
            simulator.truth(name, "Ingress", "Total", minute) or 0.0
            for minute in range(track.since // 60, track.until // 60)
        )
        assert counter.total == pytest.approx(true, rel=1e-12)
    await collector.close()
