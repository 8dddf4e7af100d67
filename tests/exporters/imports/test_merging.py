"""Each metric of a resource is read once, whatever is asked for how often."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from exporters.configuration.grains import GRAIN_SECONDS
from exporters.imports.merging import merged
from exporters.imports.reading import Reading, Wish

SUB = "2b1c8f30-7d51-4c8e-9a46-3f1f6d2b000a"
TYPE = "Microsoft.Storage/storageAccounts"
GROUPS, REGIONS, NAMES = ("g1", "g2"), ("r1", "r2"), ("n1", "n2")
RESOURCES = tuple(product(GROUPS, REGIONS, NAMES))


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """Some of them, each once; none asks for all."""
    return st.lists(st.sampled_from(values), unique=True, max_size=2).map(tuple)


wishes = st.builds(
    Wish,
    subscription=st.just(SUB),
    type=st.sampled_from([TYPE, TYPE.upper()]),
    metric=st.sampled_from(["Ingress", "ingress"]),
    aggregations=some(("Total", "Average")),
    interval=st.sampled_from(["PT1M", "PT5M"]),
    dimensions=some(("ApiName", "apiname", "GeoType")),
    groups=some((*GROUPS, "G1")),
    regions=some(REGIONS),
    names=some((*NAMES, "N2")),
    poll=st.sampled_from([60, 300, 7200]),
    at=st.just("here"),
)


def holds(wish: Wish, resource: tuple[str, str, str]) -> bool:
    """Whether a wish reads a resource."""
    lists = ((wish.groups, wish.regions, wish.names), *((p.groups, p.regions, p.names) for p in wish.without))
    fits = [
        all(
            not each or value in [one.lower() for one in each]
            for each, value in zip(one, resource, strict=True)
        )
        for one in lists
    ]
    return fits[0] and not any(fits[1:])


@settings(max_examples=150, deadline=None)
@given(st.lists(wishes, min_size=1, max_size=5))
def test_what_is_asked_for_is_read_once_and_as_well(asked: list[Wish]) -> None:
    """No resource has a series twice, none loses one; nothing is split less, coarser or read less often."""
    done = merged(Reading(), asked)
    for resource in RESOURCES:
        for aggregation in ("Total", "Average"):
            readers = [
                each
                for each in done
                if holds(each, resource) and (aggregation in each.aggregations or not each.aggregations)
            ]
            # The primary aggregation may be any: it stands beside no other.
            assert len(readers) <= 1, (resource, aggregation, readers)
            for wish in asked:
                if aggregation in wish.aggregations and holds(wish, resource):
                    (reader,) = readers
                    assert aggregation in reader.aggregations
                    assert {d.lower() for d in wish.dimensions} <= {d.lower() for d in reader.dimensions}
                    assert GRAIN_SECONDS[reader.interval] <= GRAIN_SECONDS[wish.interval]
                    assert reader.poll <= wish.poll
        for wish in asked:
            if not wish.aggregations and holds(wish, resource):
                assert any(holds(each, resource) for each in done)


def test_what_is_asked_for_once_stays_as_it_is() -> None:
    """Nothing is said where nothing is lost."""
    reading = Reading()
    wish = Wish(SUB, TYPE, "Ingress", ("Total",), names=("a",), groups=("g",), at="here")
    other = Wish(SUB, TYPE, "Ingress", ("Average",), dimensions=("ApiName",), names=("a",), groups=("g",))
    assert merged(reading, [wish, other, wish]) == [wish, other]
    assert reading.left == []


def test_counters_are_read_before_they_miss_something() -> None:
    """An exporter catches up an hour, or two of the grain: what is read less often loses counts."""
    reading = Reading()
    day = Wish(SUB, TYPE, "Ingress", ("Total",), poll=86_400, at="metrics.0")
    assert merged(reading, [day])[0].poll == 3600
    assert reading.left == [
        f"metrics.0: {TYPE} Ingress is fetched every 1h in place of every 24h, or its counter would miss "
        "what is older: 24 times the calls"
    ]
    gauge = Wish(SUB, TYPE, "Ingress", ("Average",), poll=86_400)
    long = Wish(SUB, TYPE, "Ingress", ("Total",), interval="P1D", poll=86_400)
    assert [each.poll for each in merged(Reading(), [gauge])] == [86_400]
    assert [each.poll for each in merged(Reading(), [long])] == [86_400]
