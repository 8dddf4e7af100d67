"""What Azure refuses of a call is found, left out, remembered and said; the rest is read, with few calls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exporters.azure.calls.refusal import of_a_metric
from exporters.azure.errors import Refused
from exporters.azure.metrics.isolation import ALONE, MOST_PROBES, LeftOut, read
from exporters.azure.metrics.omissions import AGAIN_SECONDS, REMEMBER_SECONDS, SOON_SECONDS, Omissions
from exporters.azure.metrics.plan import Batch, Group
from tests.exporters.azure_values import batch, wanted
from tests.exporters.doubles import body
from tests.exporters.simulated import SECRET, STORAGE, Azure, azure, fleet_text, of, own

INGRESS = "azure_storage_storageaccounts_ingress_bytes_total"
EGRESS = "azure_storage_storageaccounts_egress_bytes_total"
ROW = {"type": STORAGE, "names": ["Ingress", "Egress", "Transactions"], "aggregations": ["Total"]}
LACKS = (
    "batch: 400 BadRequest: Failed to find metric configuration for provider: Microsoft.Storage, "
    "resource Type: storageAccounts, metric: {}, Valid metrics: Ingress,Used, Capacity"
)


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the simulated application signs in with."""
    monkeypatch.setenv(SECRET, "simulator")


class Refusing:
    """Refuses calls in the words of a function of the numbers of the accounts and the names of the metrics;
    counts what was sent, and what of it was refused.
    """

    def __init__(self, words: Callable[[set[int], set[str]], str]) -> None:
        self.words = words
        self.calls = self.refused = 0

    async def __call__(self, piece: Batch) -> None:
        self.calls += 1
        accounts = {int(each.name.removeprefix("st")) for each in piece.resources}
        words = self.words(accounts, {each.definition.name for each in piece.metrics})
        if words:
            self.refused += 1
            raise Refused(words, status=400)


def pairs(pieces: list[Batch]) -> set[tuple[str, str]]:
    """What was read: names of accounts and metrics, each once."""
    found = [
        (resource.name, metric.definition.name)
        for piece in pieces
        for resource in piece.resources
        for metric in piece.metrics
    ]
    assert len(found) == len(set(found))
    return set(found)


def shown(left: list[LeftOut]) -> list[tuple[str, str, list[str]]]:
    """What was left out."""
    return [(each.metric.definition.name, each.why, [one.name for one in each.resources]) for each in left]


def shape(metrics: int = 20, accounts: int = 50) -> Batch:
    """A batch of so many metrics and accounts."""
    return batch(*(wanted(f"M{n:02}") for n in range(metrics)), accounts=accounts)


async def test_a_metric_that_one_resource_lacks() -> None:
    """One of fifty lacks one of twenty: all others are read in the second call, and who lacks it is found in
    a few more. Nothing else is left out.
    """
    azure = Refusing(lambda accounts, names: LACKS.format("M07") if 33 in accounts and "M07" in names else "")
    outcome = await read(shape(), azure)
    assert shown(outcome.left_out) == [("M07", "missing", ["st33"])]
    assert pairs(outcome.read) == {(f"st{n}", f"M{m:02}") for n in range(1, 51) for m in range(20) if m != 7}
    assert (outcome.failed, outcome.refused) == ([], [])
    assert azure.calls <= 2 + 2 * 6


async def test_a_metric_that_many_lack_is_sought_in_bounds() -> None:
    """Where every other account lacks it, the search ends after some calls. What it does not know yet is left
    out for a short while only, and nobody is blamed who has the metric.
    """
    azure = Refusing(
        lambda accounts, names: LACKS.format("M01") if "M01" in names and any(n % 2 for n in accounts) else ""
    )
    outcome = await read(shape(2), azure)
    assert azure.calls <= 2 + MOST_PROBES
    (missing, sought) = outcome.left_out
    assert (missing.why, sought.why) == ("missing", "sought")
    assert all(int(each.name.removeprefix("st")) % 2 for each in missing.resources)
    assert REMEMBER_SECONDS["sought"] < REMEMBER_SECONDS["missing"]


@pytest.mark.parametrize(
    "words",
    [
        "batch: 400 BadRequest: Metric: M19 does not accept zero dimension case",
        "batch: 400 BadRequest: Metric: M19 does not support requested dimension combination: a, supported "
        "ones are: b, TraceId: {0123}",
    ],
)
async def test_a_metric_that_is_not_split_so(words: str) -> None:
    """It is named and concerns all: one call is refused, the next one reads the rest."""
    azure = Refusing(lambda _, names: words if "M19" in names else "")
    outcome = await read(shape(), azure)
    assert (azure.calls, azure.refused) == (2, 1)
    assert shown(outcome.left_out) == [("M19", "dimension", [])]
    assert len(pairs(outcome.read)) == 50 * 19


@pytest.mark.parametrize(
    "words", ["batch: 400 BadRequest: Something else", "batch: 400 BadRequest: Detected invalid time grain"]
)
async def test_a_metric_that_is_refused_for_no_known_reason(words: str) -> None:
    """It is found among twenty, for any of fifty resources, and the rest is read."""
    azure = Refusing(lambda _, names: words if "M04" in names else "")
    outcome = await read(shape(), azure)
    assert shown(outcome.left_out) == [("M04", "refused", [])]
    assert len(pairs(outcome.read)) == 50 * 19
    assert azure.refused <= 1 + ALONE + 1 + 5
    assert (outcome.failed, outcome.refused) == ([], [])


def test_a_refusal_that_several_groups_hear_counts_once() -> None:
    """Two regions hear the same in one cycle: that is not a metric that is refused again later. And what was
    left out then may be asked for again when its time is over, not before, and not once it was.
    """
    asked_for, known = shape(), Omissions()
    group = Group(asked_for.key, asked_for.resources, asked_for.metrics)
    known.learn(group.key, (), "M04", "refused", 0)
    known.learn(group.key, (), "M04", "refused", 1)
    (until,) = known.current(1).values()
    assert until.time == 1 + REMEMBER_SECONDS["refused"]
    asked = [known.ended(group, since, now) for since, now in ((0, 300), (0, 301), (300, 302), (301, 400))]
    assert asked == [False, True, True, False]


def test_what_is_not_understood_is_left_out_for_longer_when_it_stays() -> None:
    """It may pass: first for minutes, then, refused again, for an hour; what was long ago does not count."""
    key, known = shape().key, Omissions()
    assert known.learn(key, (), "M04", "refused", 0) == 1
    (first,) = known.current(0).values()
    assert known.of(key, first.time - 1) == {"": {"m04"}}
    assert known.of(key, first.time) == {}
    assert known.learn(key, (), "M04", "refused", first.time) == 0
    (second,) = known.current(first.time).values()
    assert second.time - first.time == AGAIN_SECONDS > first.time
    assert known.current(second.time + SOON_SECONDS) == {}
    assert known.learn(key, (), "M04", "refused", second.time + SOON_SECONDS) == 1
    (third,) = known.current(0).values()
    assert third.time - second.time - SOON_SECONDS == first.time
    # Another split is another question.
    assert known.of(key._replace(dimensions=("ApiName",)), 0) == {}


async def test_a_call_that_is_refused_as_a_whole() -> None:
    """A few calls show that it is neither an id nor a metric; nothing is left out."""
    azure = Refusing(lambda *_: "batch: 400 BadRequest: Something else")
    outcome = await read(shape(), azure)
    assert (outcome.left_out, outcome.refused, outcome.read, len(outcome.failed)) == ([], [], [], 1)
    assert azure.calls == 1 + 2 * ALONE


def test_the_metric_that_is_named() -> None:
    """In the recorded reply and in those that others quote: names may hold blanks, slashes and commas."""
    recorded = body("metrics", "error-400-invalid-metric").decode()
    assert of_a_metric(Refused(f"metrics: 400 {recorded}", status=400)) == ("invalidmetric", "missing")
    for name in ("dtu_used", "Disk Read Operations/Sec", "a, b"):
        assert of_a_metric(Refused(LACKS.format(name), status=400)) == (name.lower(), "missing")
        words = f"metrics: 400 BadRequest: Metric: {name} does not accept zero dimension case"
        assert of_a_metric(Refused(words, status=400)) == (name.lower(), "dimension")
    assert of_a_metric(Refused("metrics: 400 BadRequest: no", status=400)) is None
    assert of_a_metric(Refused(LACKS.format("x"), status=404)) is None


def fleet(**more: Any) -> str:
    """Sixty storage accounts, of which two lack a metric."""
    rows = [
        {"type": STORAGE, "name": "st{n:02}", "count": 58},
        {"type": STORAGE, "name": "zz{n}", "count": 2, **more},
    ]
    return fleet_text({"shop-a": rows}, behaviour={"absent": 0, "zero": 0})


def asked(simulator: Azure, api: str, status: int) -> int:
    """Calls of an API with a status."""
    return sum(
        number for (name, _, code), number in simulator.world.calls.items() if (name, code) == (api, status)
    )


async def test_one_resource_without_a_metric(tmp_path: Path) -> None:
    """Its other metrics and those of all others are served from the first cycle on; what is left out is said,
    not asked for again, and survives a restart. After a day it is asked for again. Up says that all came.
    """
    with azure(tmp_path, fleet(lacks=["Egress"])) as simulator:
        collector = simulator.collector(ROW, state="counters")
        await collector.collect()
        first = asked(simulator, "metrics-batch", 400)
        assert 0 < first <= 12
        for _ in range(2):
            simulator.forward()
            result = await collector.collect()
            assert result.problems == ()
        everyone = {each.name for each in simulator.world.inventory.resources.values() if each.listed}
        assert set(of(result, INGRESS)) == everyone
        assert set(of(result, EGRESS)) == everyone - {"zz1", "zz2"}
        assert own(collector, "azure_metrics_refused_metrics") == {
            f'{{metric="Egress",reason="missing",type="{STORAGE.lower()}"}}': 2.0
        }
        assert set(own(collector, "azure_metrics_up").values()) == {1.0}
        calls = asked(simulator, "metrics-batch", 200)
        simulator.forward()
        await collector.collect()
        assert asked(simulator, "metrics-batch", 200) == calls + 3
        assert own(collector, "azure_metrics_planned_calls") == {"": 3.0}
        await collector.close()
        again = simulator.collector(ROW, state="counters")
        await again.collect()
        assert asked(simulator, "metrics-batch", 400) == first
        simulator.forward(REMEMBER_SECONDS["missing"])
        await again.collect()
        assert asked(simulator, "metrics-batch", 400) > first
        await again.close()


@pytest.mark.parametrize("closed", [[], ["batch"], ["batch", "subscription"]])
async def test_a_metric_that_needs_a_split(tmp_path: Path, closed: list[str]) -> None:
    """Whichever route is open: one call is refused for it, the others are served, and it is said."""
    behaviour = {STORAGE: {"needs_split": ["Egress"], "absent": 0, "zero": 0}}
    refuses = {api: [STORAGE] for api in closed}
    rows = {"shop-a": [{"type": STORAGE, "name": "st{n:02}", "count": 60}]}
    with azure(tmp_path, fleet_text(rows, behaviour_of=behaviour, refuses=refuses)) as simulator:
        collector = simulator.collector(ROW)
        for _ in range(2):
            result = await collector.collect()
            simulator.forward()
        assert (len(of(result, INGRESS)), of(result, EGRESS)) == (60, {})
        refused = sum(
            asked(simulator, api, 400) for api in ("metrics-batch", "metrics-subscription", "metrics")
        )
        assert refused == 1 + len(closed)
        assert own(collector, "azure_metrics_refused_metrics") == {
            f'{{metric="Egress",reason="dimension",type="{STORAGE.lower()}"}}': 60.0
        }
        await collector.close()


async def test_a_route_that_is_refused_in_words_that_nobody_knows(tmp_path: Path) -> None:
    """The next one is tried, and kept where it answers; where none answers, it was not the route."""
    rows = {"shop-a": [{"type": STORAGE, "name": "st{n}", "count": 3}]}
    with azure(tmp_path, fleet_text(rows)) as simulator:
        simulator.order(kind="status", status=400, apis=["metrics-batch"])
        collector = simulator.collector(ROW)
        result = await collector.collect()
        assert (result.problems, set(of(result, INGRESS))) == ((), {"st1", "st2", "st3"})
        (route,) = own(collector, "azure_metrics_route")
        assert 'route="subscription"' in route
        await collector.close()
        simulator.lift()
        simulator.order(kind="status", status=400, apis=["metrics-batch", "metrics-subscription", "metrics"])
        collector = simulator.collector(ROW)
        result = await collector.collect()
        assert "batch: 400" in result.problems[0]
        assert collector.reader.refusals.until == {}
        await collector.close()


async def test_metrics_without_values(tmp_path: Path) -> None:
    """A metric whose split brings nothing, and one whose series says no dimension, count no resource; all
    others do. All is up, for Azure may have nothing to say.
    """
    for kind in ("silent_split", "unsplit"):
        behaviour = {STORAGE: {kind: ["Egress"], "absent": 0, "zero": 0}}
        rows = {"shop-a": [{"type": STORAGE, "name": "st{n}", "count": 3}]}
        with azure(tmp_path / kind, fleet_text(rows, behaviour_of=behaviour)) as simulator:
            names = {"type": STORAGE, "names": ["Egress", "Ingress"], "aggregations": ["Total"]}
            collector = simulator.collector(names, {**names, "names": ["Egress"], "dimensions": ["ApiName"]})
            await collector.collect()
            simulator.forward()
            await collector.collect()
            place = f'type="{STORAGE.lower()}"'
            assert own(collector, "azure_metrics_resources_with_values") == {
                f'{{metric="Egress",{place}}}': 3.0,
                f'{{metric="Ingress",{place}}}': 3.0,
                f'{{dimensions="ApiName",metric="Egress",{place}}}': 0.0,
            }
            assert set(own(collector, "azure_metrics_up").values()) == {1.0}
            await collector.close()
