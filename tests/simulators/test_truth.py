"""The truth of simulated metrics: the same everywhere, and consistent with itself however it is asked."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.azure.catalogue import Metric, built_in, catalogue
from simulators.azure.truth import (
    Datum,
    Habit,
    Series,
    datum,
    figure,
    join,
    part,
    series,
    value,
    visible,
)

TYPES = catalogue(built_in())
METRICS = [metric for kind in TYPES.values() for metric in kind.metrics.values()]
RESOURCE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/data01"
MINUTES = st.integers(min_value=20_000_000, max_value=40_000_000)
LATE = Habit(lag=2, late=1024, late_minutes=5, absent=0, zero=0)


def storage(name: str) -> Metric:
    """A metric of storage accounts."""
    return TYPES["microsoft.storage/storageaccounts"].metrics[name.lower()]


def any_series() -> st.SearchStrategy[Series]:
    """Series of every metric of the table, over many resources and seeds."""
    return st.builds(
        lambda metric, seed, number: series(seed, f"{RESOURCE}{number}", metric),
        st.sampled_from(METRICS),
        st.integers(0, 2**31),
        st.integers(0, 500),
    )


def test_same_on_every_machine() -> None:
    """Known values of known series, so that a change of the truth is never an accident."""
    transactions = series(7, RESOURCE, storage("Transactions"))
    latency = series(7, RESOURCE, storage("SuccessE2ELatency"))
    capacity = series(7, RESOURCE, storage("UsedCapacity"))
    at = 29_540_160
    assert [value(transactions, "total", at + i) for i in range(4)] == KNOWN["transactions"]
    assert [value(latency, "average", at + i) for i in range(3)] == KNOWN["latency"]
    assert [value(capacity, "average", at + i) for i in (0, 1, 60)] == KNOWN["capacity"]


KNOWN: dict[str, list[float | None]] = {
    "transactions": [268.0, 249.0, 208.0, 209.0],
    "latency": [22.641927083333332, 21.197916666666668, 24.39453125],
    "capacity": [49541015625.0, None, 49448242187.0],
}


def test_case_of_the_id_does_not_matter() -> None:
    """An id in capitals names the same series."""
    metric = storage("Transactions")
    assert series(7, RESOURCE.upper(), metric).key == series(7, RESOURCE, metric).key


@settings(deadline=None)
@given(any_series(), MINUTES)
def test_parts_add_up_to_the_whole(of: Series, minute: int) -> None:
    """Joining all parts of a minute gives back its datum, figure by figure."""
    minute -= minute % of.every
    whole = datum(of, minute)
    if whole is not None:
        assert join(part(of, whole, minute, index) for index in range(len(of.parts))) == whole


@settings(deadline=None)
@given(any_series(), MINUTES)
def test_average_lies_between_lowest_and_highest(of: Series, minute: int) -> None:
    """Of the whole and of every part."""
    minute -= minute % of.every
    whole = datum(of, minute)
    if whole is None or of.events:
        return
    for one in (whole, *(part(of, whole, minute, index) for index in range(len(of.parts)))):
        assert 0 <= figure(of, one, "minimum") <= figure(of, one, "average") <= figure(of, one, "maximum")


@settings(deadline=None)
@given(any_series(), MINUTES, st.integers(2, 90))
def test_a_range_is_its_minutes_joined(of: Series, minute: int, minutes: int) -> None:
    """Total and count of a range are the exact sums of its minutes', the extremes their extremes."""
    alone = [datum(of, at) for at in range(minute, minute + minutes)]
    there = [one for one in alone if one is not None]
    if not there:
        assert value(of, "total", minute, minutes) is None
        return
    assert value(of, "total", minute, minutes) == sum(figure(of, one, "total") for one in there)
    assert value(of, "count", minute, minutes) == sum(one.samples for one in there)
    assert value(of, "minimum", minute, minutes) == min(figure(of, one, "minimum") for one in there)
    assert value(of, "maximum", minute, minutes) == max(figure(of, one, "maximum") for one in there)


def test_percentages_at_their_highest() -> None:
    """The busiest minutes of every percentage metric, of many resources, stay at or below 100."""
    noons = range(29_540_160 + 720, 29_540_160 + 720 + 20 * 1440, 1440)
    percentages = [metric for metric in METRICS if metric.unit == "Percent"]
    assert len(percentages) > 50
    for number, metric in enumerate(percentages):
        of = series(1, f"{RESOURCE}{number}", metric)
        assert max(value(of, "maximum", at - at % of.every) or 0 for at in noons) <= 100, metric.name


def test_dimension_values_narrow() -> None:
    """One value of a dimension is a share of the whole, all its values together are the whole."""
    of = series(7, RESOURCE, storage("Transactions"))
    minute = next(at for at in range(29_540_160, 29_540_260) if datum(of, at))
    names = {values[2] for values in of.parts}
    shares = [value(of, "total", minute, dimension_values={"ApiName": name}) for name in sorted(names)]
    assert sum(one or 0 for one in shares) == value(of, "total", minute)
    assert value(of, "total", minute, dimension_values={"ApiName": "NoSuchCall"}) is None
    assert value(of, "total", minute, dimension_values={"NoSuchDimension": "x"}) is None


def test_there_are_absent_and_zero_minutes() -> None:
    """A day of a metric has minutes without a datum, minutes that are truly 0, and neither is the rule."""
    of = series(7, RESOURCE, storage("Egress"))
    day = [value(of, "total", at) for at in range(29_540_160, 29_540_160 + 1440)]
    absent, zero = day.count(None), day.count(0.0)
    assert 0 < absent < 100
    assert 0 < zero < 100


def test_hourly_metrics_have_one_datum_an_hour() -> None:
    """UsedCapacity exists at PT1H only: at full hours, and nowhere between."""
    of = series(7, RESOURCE, storage("UsedCapacity"), Habit(absent=0))
    day = [at % 60 for at in range(29_540_160, 29_540_160 + 1440) if datum(of, at)]
    assert day == [0] * 24


def test_visible_grows_to_the_truth() -> None:
    """A datum is invisible, then too low, then right, and then stays right."""
    of = series(7, RESOURCE, storage("Egress"), LATE)
    minute = 29_540_160
    settled = datum(of, minute)
    assert settled is not None
    seen = [visible(of, minute, (minute + 1 + age) * 60) for age in range(10)]
    assert seen[0] is None
    assert seen[1] is None
    assert seen[2] is not None
    assert seen[2].total < settled.total
    assert seen[7:] == [settled] * 3
    totals = [one.total for one in seen if one is not None]
    assert totals == sorted(totals)


def test_nothing_of_the_future() -> None:
    """A minute that has not ended shows nothing, whatever the habit."""
    of = series(7, RESOURCE, storage("Egress"), Habit(lag=0, late=0, absent=0))
    minute = 29_540_160
    assert visible(of, minute, minute * 60) is None
    assert visible(of, minute, minute * 60 + 59) is None
    assert visible(of, minute, minute * 60 + 60) is not None


def test_silent_resources_say_nothing() -> None:
    """A silent resource has no datum ever."""
    of = series(7, RESOURCE, storage("Egress"), Habit(silent=True))
    assert value(of, "total", 29_540_160, 1440) is None


def test_events_count_themselves() -> None:
    """Where Count is the only aggregation, count is the number of events and so is the total."""
    hits = TYPES["microsoft.keyvault/vaults"].metrics["serviceapihit"]
    of = series(7, RESOURCE, hits, Habit(absent=0, zero=0))
    whole = datum(of, 29_540_160)
    assert whole is not None
    assert whole == Datum(whole.samples, whole.samples, 0, 1)
    assert whole.samples > 1


def test_healthy_resources_look_healthy() -> None:
    """Availability is near 100 and differs from minute to minute; nothing is unhealthy or under attack."""
    vip = TYPES["microsoft.network/publicipaddresses"].metrics["vipavailability"]
    attack = TYPES["microsoft.network/publicipaddresses"].metrics["ifunderddosattack"]
    minutes = range(29_540_160, 29_540_160 + 200)
    found = {value(series(7, RESOURCE, vip), "average", minute) for minute in minutes} - {None}
    assert len(found) > 10
    assert all(99.5 <= (one or 0) <= 100 for one in found)
    assert {value(series(7, RESOURCE, attack), "maximum", minute) for minute in minutes} - {None} == {0.0}
