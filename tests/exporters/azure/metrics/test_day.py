"""Hours of the Azure exporter in simulated time: true values, kept limits, fewest calls, faults survived.

The full counts are the benchmarks `azure-day`, `azure-pace`, `azure-calls` and `azure-faults`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.azure_day.counted import count, sized
from tests.azure_day.day import spend
from tests.azure_day.estate import Estate
from tests.azure_day.faulty import endure
from tests.azure_day.fleets import (
    NETWORK_ROWS,
    ROWS,
    SINGLE_ROWS,
    STORAGE,
    UNLIKE,
    eight_types,
    near_the_limit,
    unlike,
)
from tests.azure_day.honoured import honour
from tests.azure_day.judge import Judge, Verdict
from tests.azure_day.moment import Moment, live
from tests.azure_day.paced import pace

SMALL = eight_types(part=4)
TOTALS: tuple[dict[str, Any], ...] = (
    {"type": STORAGE, "names": ["Ingress"], "aggregations": ["Total"]},
    {"type": STORAGE, "names": ["SuccessE2ELatency"], "aggregations": ["Average"]},
)


def test_hours_of_truth_under_faults_and_restarts(tmp_path: Path) -> None:
    """Every sample of every cycle is true, none is made up, fell, or is missing while Azure answers; what is
    deleted goes and what is new comes in time. Points fall below ten minutes of age in the first hour.
    """
    day, _ = spend(tmp_path, SMALL, ROWS, 2)
    assert day.verdict.found == {}, day.verdict.examples
    assert day.broken == []
    assert day.faults > 500
    assert (day.restarts, day.throttled) == (1, 0)
    assert {kind for kind, number in day.verdict.judged.items() if number > 5000} == {
        "gauge",
        "counter",
        "presence",
    }
    minutely = {place: ages for place, ages in day.ages["minute 0"].items() if place[1] == "60"}
    assert {age < 1100 for age in minutely.values()} == {True}
    for place in minutely:
        assert day.ages["minute 119"][place] < 13 * 60


@pytest.mark.parametrize("case", UNLIKE)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_type_unlike_its_siblings_is_never_shown_too_early(tmp_path: Path, case: str, seed: int) -> None:
    """Of one provider two types are early; the third comes later, is corrected for longer, is a lone series,
    or is new when the others are known. Nothing of it is shown before it is final.
    """
    day, estate = spend(tmp_path, unlike(case, seed=seed), NETWORK_ROWS, 2, seed=seed)
    wrong = {kind: number for kind, number in day.verdict.found.items() if kind.startswith(("wrong", "fell"))}
    assert wrong == {}, day.verdict.examples
    assert day.verdict.judged["gauge"] > 500
    for type, (_, (lag, _, minutes)) in UNLIKE[case].items():
        assert estate.collector.ledger.lags()[type.lower(), "PT1M"] >= 60 * (lag + minutes)


def heard(folder: Path, minutes: int, change: dict[int, Any] | None = None) -> Verdict:
    """The verdict on some minutes in which expositions are changed before the judge hears them."""

    async def life(moment: Moment) -> Verdict:
        estate = Estate(moment, folder, SMALL, TOTALS, {"timestamps": "point"})
        judge = Judge(estate.world, TOTALS)
        for minute in range(minutes):
            since = moment.steady()
            text = await estate.turn()
            if change and minute in change:
                text = change[minute](text)
            judge.hear(text, moment.wall(), quiet=minute > 1)
            await estate.rest(since)
        await estate.cycle.close()
        return judge.verdict

    return live(life)


def test_what_is_published_too_early_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exporter that takes points of three minutes for final is caught: the judge can say no."""
    assert heard(tmp_path / "a", 40).found == {}
    monkeypatch.setattr("exporters.azure.metrics.wait.LONGEST_SECONDS", 180)
    found = heard(tmp_path / "b", 40).found
    assert found["wrong gauge"] > 0
    assert found["wrong counter"] > 0


def _spoilt(text: str, name: str, way: Any) -> str:
    """The text with the first sample of a metric changed."""
    lines = text.splitlines()
    index = next(index for index, line in enumerate(lines) if line.startswith(name))
    series, _, rest = lines[index].rpartition("} ")
    value, stamp = rest.split(" ")
    changed = way(series + "}", float(value), int(stamp))
    return "\n".join([*lines[:index], *([changed] if changed else []), *lines[index + 1 :]])


@pytest.mark.parametrize(
    ("name", "way", "complaint"),
    [
        ("azure_storage_storageaccounts_success", lambda s, v, t: f"{s} {v * 1.01} {t}", "wrong gauge"),
        ("azure_storage_storageaccounts_success", lambda s, v, t: f"{s} {v} {t + 3_600_000}", "future"),
        ("azure_storage_storageaccounts_success", lambda s, v, t: f"{s} {v} {t + 7000}", "grid"),
        ("azure_storage_storageaccounts_success", lambda s, v, t: f"{s} {v}", "untimed"),
        ("azure_storage_storageaccounts_success", lambda s, v, t: f"x{s} {v} {t}", "unknown"),
        ("azure_storage_storageaccounts_success", lambda s, v, t: "", "missing"),
        ("azure_storage_storageaccounts_ingress", lambda s, v, t: f"{s} {v + 1} {t}", "wrong counter"),
        ("azure_storage_storageaccounts_ingress", lambda s, v, t: f"{s} 1 {t}", "fell"),
    ],
)
def test_the_judge_complains(tmp_path: Path, name: str, way: Any, complaint: str) -> None:
    """Of each thing that must not be, once it is there."""
    found = heard(tmp_path, 5, {3: lambda text: _spoilt(text, name, way)}).found
    assert found[complaint] >= 1


def test_never_throttled_by_its_own_fault(tmp_path: Path) -> None:
    """With resources that must be asked one by one, calls keep below Azure's limits, across a restart."""
    paced = pace(tmp_path, near_the_limit(120), SINGLE_ROWS, 24, restart_every=10)
    assert (paced.throttled, paced.late, paced.stale) == (0, 0, 0)
    assert paced.calls > 2000
    assert paced.used["reads of a subscription"].peak < 1
    # The meter is not blind: where Azure allows less than ever, it is met.
    tight = near_the_limit(120, limits={"arm_reads": {"burst": 20, "per_second": 1}})
    assert pace(tmp_path / "tight", tight, SINGLE_ROWS, 3).throttled > 0


def test_waits_are_kept_by_whom_they_are_asked_of(tmp_path: Path) -> None:
    """No call before Retry-After is over, the next one within a second of its end; nobody else waits."""
    kept = honour(tmp_path, SMALL, ROWS, 16, "shop-b")
    assert (kept.waits, kept.early) == (8, 0)
    assert max(kept.overshoots) < 1.0
    assert max(kept.others) < max(kept.undisturbed) + 1.0


@pytest.mark.parametrize("of", sized()[:3], ids=lambda of: of.name)
def test_calls_are_the_fewest(tmp_path: Path, of: Any) -> None:
    """Each cycle with news takes ceil(resources / 50) x ceil(metrics / 20) calls of each group."""
    counted = count(tmp_path, of)
    assert counted.calls == (counted.fewest,) * 3


@pytest.mark.parametrize("victim", ["partner", ""])
def test_faults_end_nothing(tmp_path: Path, victim: str) -> None:
    """Hundreds of faults of all kinds: no exception, no wrong sample, healthy subscriptions stay fresh, and
    afterwards all is well.
    """
    outcome = endure(tmp_path, SMALL, ROWS, 400, victim)
    assert outcome.verdict.found == {}, outcome.verdict.examples
    assert (outcome.broken, outcome.stale, outcome.recovered) == ([], 0, True)
    assert len([kind for kind, number in outcome.struck.items() if number]) > 8
