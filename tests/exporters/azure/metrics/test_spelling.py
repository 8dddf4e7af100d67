"""Values of dimensions that differ in case only are one series, in one spelling, for ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from estate.model import AzureBudget
from exporters.azure.discovery.resources import series_labels
from exporters.azure.metrics import spelling
from exporters.azure.metrics.counters import Counter, Track, TrackKey
from exporters.azure.metrics.ledger import Ledger
from exporters.azure.metrics.points import Window, readings
from exporters.azure.metrics.spelling import Spellings
from exporters.azure.metrics.state import load, save
from tests.exporters.azure.metrics.test_points import EIGHT, at
from tests.exporters.azure_values import STORAGE, account, batch, decoded, item, metric, series, wanted

SPLIT = {"dimensions": ("GeoType",)}


def ledger() -> Ledger:
    """An empty one."""
    return Ledger(180, lambda one: series_labels(one, "shop"), AzureBudget())


def apply(to: Ledger, upto: int, *of: dict[str, Any], now: int = 0, **shape: Any) -> None:
    """Let a ledger take in series of the five minutes up to `upto` minutes after eight."""
    asked = batch(wanted(**{**SPLIT, **shape}))
    window = Window(EIGHT + (upto - 5) * 60, EIGHT + upto * 60)
    to.apply(asked, decoded(item(metric("Ingress", *of))), window, EIGHT + (now or upto) * 60)


def totals(of: Ledger) -> dict[str, float]:
    """What each value of the dimension is shown with."""
    return {
        sample.labels.get("geo_type"): sample.value
        for family in of.families(EIGHT, lambda _: 1e9)
        for sample in family.samples
    }


def test_parts_never_exceed_the_whole() -> None:
    """`Primary` in one reply and `primary` in the next, both of the same minutes, as Azure does by turns:
    each minute is added once, under the spelling that came first
    (open-telemetry/opentelemetry-collector-contrib, issue 45942).
    """
    one = ledger()
    for minute in range(5, 15):
        spelt = "Primary" if minute % 2 else "primary"
        points = [{"timeStamp": at(each), "total": 10.0} for each in range(minute - 5, minute)]
        apply(one, minute, series(*points, geotype=spelt))
    assert list(totals(one)) == ["Primary"]
    # The counter begins with the newest minute of the first reply.
    assert totals(one) == {"Primary": 100.0}


def test_a_gauge_keeps_its_spelling() -> None:
    """Otherwise one series ends and another begins, again and again."""
    one = ledger()
    for minute, spelt in ((5, "Primary"), (6, "PRIMARY"), (7, "primary")):
        point = {"timeStamp": at(minute - 1), "average": float(minute)}
        apply(one, minute, series(point, geotype=spelt), aggregations=("Average",))
        assert totals(one) == {"Primary": float(minute)}


def read(*of: dict[str, Any], **shape: Any) -> Any:
    """Readings of one reply."""
    (one,) = decoded(item(metric("Ingress", *of)))
    return readings(one, batch(wanted(**{**SPLIT, **shape})), Window(EIGHT, EIGHT + 300))


@pytest.mark.parametrize(
    ("first", "second", "together", "twice"),
    [
        ({0: 1.0, 1: 2.0}, {2: 3.0}, [1.0, 2.0, 3.0], 0),
        ({0: 1.0, 1: 2.0}, {0: 1.0, 1: 2.0}, [1.0, 2.0], 0),
        ({0: 5.0, 1: 0.0}, {0: 0.0, 1: 7.0}, [5.0, 7.0], 0),
        ({0: 5.0}, {0: 6.0}, [6.0], 1),
    ],
)
def test_two_spellings_in_one_reply(
    first: dict[int, float], second: dict[int, float], together: list[float], twice: int
) -> None:
    """Minutes of the one and minutes of the other, the same minutes told twice, and zeros where the other has
    the value make one series. Two different values cannot both be right: the larger one holds, and it is
    counted that they were two.
    """
    result = read(
        series(
            *({"timeStamp": at(each), "total": value} for each, value in first.items()), geotype="Primary"
        ),
        series(
            *({"timeStamp": at(each), "total": value} for each, value in second.items()), geotype="primary"
        ),
    )
    (reading,) = result.readings
    assert reading.dimensions == (("geo_type", "Primary"),)
    assert [value for _, value in reading.points] == together
    assert result.rejected["twice"] == twice


def test_the_spelling_outlives_a_restart(tmp_path: Path) -> None:
    """A counter's is in its track, any that came in two in the head of the file."""
    file = tmp_path / "x.counters"
    before = Spellings()
    assert [before.shown(STORAGE, "geo_type", each) for each in ("Primary", "primary", "Secondary")] == [
        "Primary",
        "Primary",
        "Secondary",
    ]
    save(file, {}, {}, EIGHT, spelt=before.spelt())
    after = Spellings()
    after.restore(load(file).spelt)
    assert after.shown(STORAGE, "geo_type", "PRIMARY") == "Primary"
    assert after.shown("other/type", "geo_type", "primary") == "primary"


def test_counters_of_a_file_become_one() -> None:
    """What an earlier version counted under two spellings goes on as the larger one, once; the dimensions'
    own spelling, which Azure may change, does not begin a track anew.
    """
    one = ledger()
    recent = {EIGHT - 60: 10.0}
    track = Track(
        EIGHT - 3600,
        EIGHT,
        {
            ("Total", (("geo_type", "primary"),)): Counter(40.0, {EIGHT - 120: 5.0}),
            ("Total", (("geo_type", "Primary"),)): Counter(70.0, dict(recent)),
            ("Total", (("geo_type", "Secondary"),)): Counter(1.0, {}),
        },
    )
    one.restore({TrackKey(account().id, "ingress", "PT1M", ("GEOTYPE",)): track}, {})
    points = [{"timeStamp": "2027-01-15T07:59:00Z", "total": 10.0}, {"timeStamp": at(0), "total": 2.0}]
    apply(one, 1, series(*points, geotype="primary"))
    assert totals(one) == {"Primary": 72.0, "Secondary": 1.0}


def test_values_come_and_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of names of pods only so many are remembered; those that came in two spellings stay."""
    monkeypatch.setattr(spelling, "MOST_VALUES", 10)
    one = Spellings()
    one.shown("a/b", "pod", "Api")
    one.shown("a/b", "pod", "api")
    for number in range(100):
        one.shown("a/b", "pod", f"pod-{number}")
    assert one.shown("a/b", "pod", "API") == "Api"
    assert len(one.spelt()) == 1
    assert one.shown("a/b", "pod", "POD-99") == "pod-99"
    assert one.shown("a/b", "pod", "POD-1") == "POD-1"
