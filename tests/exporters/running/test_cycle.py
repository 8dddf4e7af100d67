"""The cycle: success, failure, hanging, staleness, and that collectors never overlap."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from exporters.collector import CollectorError, keep_seconds
from exporters.exposition.metrics import gauge
from exporters.running import cycle as cycles
from exporters.running.cycle import Cycle
from tests.exporters.doubles import Scripted, gives, hangs, raises

ONE = gauge("one", "One.", 1.0)
TWO = gauge("two", "Two.", 2.0)


class Now:
    """A wall clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[Now]:
    """The wall clock of the cycle."""
    clock = Now()
    monkeypatch.setattr(cycles, "time", clock)
    yield clock


async def test_a_success_is_recorded(now: Now) -> None:
    """Families are served, success is 1, the time is kept, and the board hears of it."""
    heard: list[bool] = []
    cycle = Cycle(Scripted(gives(ONE, TWO)), lambda: heard.append(True))
    await cycle.once()
    status = cycle.status
    assert (status.success, status.last_success, status.series, status.error) == (True, now.seconds, 2, "")
    assert list(cycle.families()) == [ONE, TWO]
    assert heard == [True]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (CollectorError("the shop is closed"), "the shop is closed"),
        (KeyError("x"), "KeyError: 'x'"),
        (RecursionError("deep"), "RecursionError: deep"),
        (asyncio.CancelledError(), "the collector cancelled itself"),
    ],
)
async def test_every_error_becomes_success_0(now: Now, error: BaseException, said: str) -> None:
    """Whatever a collector raises, the cycle ends in order, says why, and the old values stay."""
    cycle = Cycle(Scripted(gives(ONE), raises(error)), lambda: None)
    await cycle.once()
    good = now.seconds
    now.seconds += 60
    await cycle.once()
    status = cycle.status
    assert (status.success, status.last_success, status.error) == (False, good, said)
    assert (status.cycles, status.failures) == (2, 1)
    assert list(cycle.families()) == [ONE]


async def test_problems_are_a_failure_with_data(now: Now) -> None:
    """What came is served; what is missing makes the cycle a failed one."""
    cycle = Cycle(Scripted(gives(ONE, problems=("a: gone", "b: gone"))), lambda: None)
    await cycle.once()
    assert (cycle.status.success, cycle.status.error) == (False, "a: gone; b: gone")
    assert cycle.status.last_success == 0.0
    assert list(cycle.families()) == [ONE]


async def test_old_values_are_removed(now: Now) -> None:
    """While a collector fails its values are served up to a bound, and not a second longer."""
    cycle = Cycle(Scripted(gives(ONE), raises(CollectorError("no"))), lambda: None)
    await cycle.once()
    now.seconds += keep_seconds(60.0)
    await cycle.once()
    assert list(cycle.families()) == [ONE]
    now.seconds += 1
    assert list(cycle.families()) == []
    assert cycle.status.series == 0


def test_values_are_kept_for_five_minutes_or_three_intervals() -> None:
    """The bound follows the interval and is never shorter than Prometheus' own look back."""
    assert [keep_seconds(each) for each in (15.0, 60.0, 100.0, 3600.0)] == [300.0, 300.0, 300.0, 10800.0]


async def test_a_hanging_collector_is_cut_off() -> None:
    """A collector that gives no result in time has failed, and the next cycle runs."""
    collector = Scripted(hangs(), gives(ONE), timeout=0.05)
    cycle = Cycle(collector, lambda: None)
    await cycle.once()
    assert (cycle.status.success, cycle.status.error) == (False, "no result within 0.05 s")
    await cycle.once()
    assert cycle.status.success is True


async def test_a_deaf_collector_is_not_run_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that does not even end when cancelled is left behind, and not started again while it lives."""
    monkeypatch.setattr(cycles, "GRACE_SECONDS", 0.05)
    collector = Scripted(hangs(deaf=True), gives(ONE), timeout=0.05)
    cycle = Cycle(collector, lambda: None)
    await cycle.once()
    await cycle.once()
    assert collector.runs == 1
    assert cycle.status.error == "the cycle before this one was cancelled and has not ended yet"
    await cycle.close()
    assert collector.closed


async def test_stopping_takes_the_collector_along() -> None:
    """A cycle that is cancelled cancels what it waits for."""
    ended = asyncio.Event()

    async def step() -> object:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError

    cycle = Cycle(Scripted(step), lambda: None)  # type: ignore[arg-type]  # it never returns
    task = asyncio.create_task(cycle.run())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(2):
        await ended.wait()


async def test_cycles_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """A collector runs again on its interval, near to it but not in step with others."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 20:
            raise asyncio.CancelledError

    monkeypatch.setattr("exporters.running.cycle.asyncio.sleep", sleep)
    cycle = Cycle(Scripted(gives(ONE), interval=100.0), lambda: None)
    with pytest.raises(asyncio.CancelledError):
        await cycle.run()
    assert all(94.0 < pause <= 105.0 for pause in pauses)
    assert len({round(pause, 3) for pause in pauses}) > 1


async def test_the_first_success_is_sought_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until something came once, a failed cycle is repeated with growing pauses up to the interval."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 7:
            raise asyncio.CancelledError

    monkeypatch.setattr("exporters.running.cycle.asyncio.sleep", sleep)
    monkeypatch.setattr(cycles, "JITTER", 0.0)
    cycle = Cycle(Scripted(raises(CollectorError("no")), interval=60.0), lambda: None)
    with pytest.raises(asyncio.CancelledError):
        await cycle.run()
    assert [round(pause) for pause in pauses] == [4, 8, 16, 32, 60, 60, 60]
