"""From items of replies to readings: settled, known, finite, and never made up."""

from __future__ import annotations

from typing import Any

import pytest

from exporters.azure.metrics.batch import decode
from exporters.azure.metrics.points import Window, duration_seconds, instant, readings
from tests.exporters.azure_values import batch, decoded, item, metric, series, wanted
from tests.exporters.doubles import body

EIGHT = 1_800_000_000  # 2027-01-15T08:00:00Z
WINDOW = Window(EIGHT, EIGHT + 300)


def at(minute: int, second: int = 0) -> str:
    """A timestamp so many minutes after eight."""
    return f"2027-01-15T{8 + minute // 60:02}:{minute % 60:02}:{second:02}Z"


def read(*metrics: dict[str, Any], window: Window = WINDOW, interval: str = "PT1M", **shape: Any) -> Any:
    """Readings of one item for the metric Ingress in the given shape."""
    (one,) = decoded(item(*metrics, interval=interval))
    return readings(one, batch(wanted(**shape)), window)


def points(result: Any) -> list[tuple[int, float]]:
    """Minutes after eight and values of the only reading."""
    (reading,) = result.readings
    return [((start - EIGHT) // 60, value) for start, value in reading.points]


def test_points_of_the_window_in_order() -> None:
    """Points outside of the window or not yet settled are left out; a missing value is no 0."""
    result = read(
        metric(
            "Ingress",
            series(
                {"timeStamp": at(3), "total": 3.0},
                {"timeStamp": at(0), "total": 0},
                {"timeStamp": at(1)},
                {"timeStamp": at(2), "total": None},
                {"timeStamp": at(4), "total": 4.5},
                {"timeStamp": at(5), "total": 99.0},
                {"timeStamp": "2027-01-15T07:59:00Z", "total": 99.0},
            ),
        )
    )
    assert points(result) == [(0, 0.0), (3, 3.0), (4, 4.5)]
    assert result.rejected == {"outside": 2, "twice": 0}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ([{"timeStamp": "yesterday", "total": 1.0}], "time"),
        ([{"timeStamp": "", "total": 1.0}], "time"),
        ([{"timeStamp": "9999-99-99T00:00:00Z", "total": 1.0}], "time"),
        ([{"timeStamp": at(1, 30), "total": 1.0}], "grid"),
        ([{"timeStamp": at(1), "total": -1.0}], "number"),
        ([{"timeStamp": at(1), "total": 1.0}, {"timeStamp": at(1), "total": 2.0}], "twice"),
        ([{"timeStamp": "2030-01-01T00:00:00Z", "total": 1.0}], "outside"),
    ],
)
def test_bad_points_are_counted_and_left_out(data: list[dict[str, Any]], reason: str) -> None:
    """What cannot be right gives no reading, and says which reason."""
    result = read(metric("Ingress", series(*data)))
    assert result.readings == []
    assert +result.rejected == {reason: 1}


def test_a_gauge_may_be_negative() -> None:
    """Only what counts cannot fall under 0."""
    result = read(metric("Ingress", series({"timeStamp": at(1), "average": -2.0})), aggregations=("Average",))
    assert points(result) == [(1, -2.0)]


def test_dimensions_get_the_spelling_of_the_definition() -> None:
    """The reply says apiname; the label is api_name, whatever the reply says tomorrow."""
    result = read(
        metric(
            "Ingress",
            series({"timeStamp": at(1), "total": 1.0}, apiname="GetBlob", geotype="Primary"),
            series({"timeStamp": at(1), "total": 2.0}, apiname="PutBlob", geotype="Primary"),
        ),
        dimensions=("ApiName", "GeoType"),
    )
    assert [reading.dimensions for reading in result.readings] == [
        (("api_name", "GetBlob"), ("geo_type", "Primary")),
        (("api_name", "PutBlob"), ("geo_type", "Primary")),
    ]


def test_two_series_with_the_same_dimensions_are_both_left_out() -> None:
    """Which of the two is right cannot be known."""
    result = read(
        metric(
            "Ingress",
            series({"timeStamp": at(1), "total": 1.0}, apiname="GetBlob"),
            series({"timeStamp": at(1), "total": 2.0}, apiname="GetBlob"),
        ),
        dimensions=("ApiName",),
    )
    assert result.readings == []
    assert result.rejected["twice"] == 2


def test_a_metric_that_was_not_asked_for_or_comes_twice_is_left_out() -> None:
    """A reply that answers another question answers nothing."""
    one = series({"timeStamp": at(1), "total": 1.0})
    assert read(metric("Egress", one)).rejected == {"metric": 1}
    assert read(metric("Ingress", one), metric("INGRESS", one)).rejected == {"twice": 2}


def test_names_are_compared_without_case() -> None:
    """Azure does not agree with itself on capitals."""
    assert points(read(metric("ingress", series({"timeStamp": at(1), "total": 1.0})))) == [(1, 1.0)]


def test_a_metric_can_fail_inside_a_good_reply() -> None:
    """Its error is kept; the other metrics are read."""
    (one,) = decoded(
        item(
            metric("Egress", errorCode="InvalidSamplingType", errorMessage="Sampling type is not found."),
            metric("Ingress", series({"timeStamp": at(1), "total": 1.0})),
        )
    )
    result = readings(one, batch(wanted("Egress"), wanted("Ingress")), WINDOW)
    assert result.errors == {"Egress": "InvalidSamplingType: Sampling type is not found."}
    assert [reading.metric.definition.name for reading in result.readings] == ["Ingress"]


def test_the_interval_of_the_reply_is_trusted() -> None:
    """Azure may answer with a longer grain than asked; its points settle later, and it is said."""
    result = read(
        metric("Ingress", series({"timeStamp": at(0), "total": 1.0}, {"timeStamp": at(5), "total": 2.0})),
        window=Window(EIGHT, EIGHT + 540),
        interval="PT5M",
    )
    assert points(result) == [(0, 1.0)]
    assert result.other_interval


def test_a_cut_is_noticed() -> None:
    """As many series as were asked for: there may be more, which Azure does not say."""
    full = [series({"timeStamp": at(1), "total": 1.0}, apiname=f"a{n}") for n in range(500_000 // (50 * 200))]
    metrics = [wanted(f"M{n}", dimensions=("ApiName",)) for n in range(200)]
    (one,) = decoded(item(metric("M0", *full)))
    result = readings(one, batch(*metrics, accounts=50), WINDOW)
    assert result.cut == ["M0"]


def test_the_documented_example() -> None:
    """The example of the migration guide: mixed ids, lower-case dimensions, a reply interval of its own."""
    (one,) = decode(body("metrics-getbatch", "storage-with-cost-per-resource"))
    shape = batch(
        wanted("Ingress", ("Average", "Maximum", "Minimum", "Total"), "PT6H", ("ApiName",)),
        wanted("Egress", ("Average", "Maximum", "Minimum", "Total"), "PT6H", ("ApiName",)),
    )
    start = instant("2023-04-20T12:00:00Z")
    assert start is not None
    result = readings(one, shape, Window(start, start + 2 * 86400))
    assert result.other_interval
    found = {
        (reading.metric.definition.name, reading.aggregation, reading.dimensions[0][1]): reading.points
        for reading in result.readings
    }
    assert found["Ingress", "Total", "EntityGroupTransaction"] == (
        (start, 1737897.0),
        (start + 86400, 1712543.0),
    )
    assert found["Ingress", "Average", "GetBlobServiceProperties"] == ((start, 321.0), (start + 86400, 321.0))
    assert +result.rejected == {}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("PT1M", 60), ("P1D", 86400), ("PT4H", 14400), ("P1DT1H1M1S", 90061), ("", 0), ("FULL", 0), ("PT", 0)],
)
def test_durations(text: str, seconds: int) -> None:
    """ISO 8601 durations as Azure writes them."""
    assert duration_seconds(text) == seconds


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [
        ("2027-01-15T08:00:00Z", EIGHT),
        ("2027-01-15T08:00:00", EIGHT),
        ("2027-01-15T08:00:00.000Z", EIGHT),
        ("2027-01-15T09:00:00+01:00", EIGHT),
        ("now", None),
    ],
)
def test_instants(stamp: str, seconds: int | None) -> None:
    """Timestamps with and without offset and fraction."""
    assert instant(stamp) == seconds
