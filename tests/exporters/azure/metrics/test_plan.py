"""Which calls read what is wanted: never more than the minimum, and everything once."""

from __future__ import annotations

from collections import Counter
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from exporters.azure.metrics.plan import batches, groups
from tests.exporters.azure_values import SUBSCRIPTION, account, batch, wanted

OTHER = "2b1c8f30-7d51-4c8e-9a46-3f1f6d2b0009"
SHAPES = st.tuples(
    st.sampled_from([("Total",), ("Average", "Total")]),
    st.sampled_from(["PT1M", "PT1H"]),
    st.sampled_from([(), ("ApiName",)]),
)


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.sampled_from([SUBSCRIPTION, OTHER]), st.sampled_from(["a", "b"])),
        max_size=160,
        unique_by=lambda each: each[:2],
    ),
    st.dictionaries(st.integers(0, 60).map(lambda n: f"M{n}"), SHAPES, max_size=45),
)
def test_calls_are_the_minimum_and_cover_everything_once(
    places: list[tuple[int, str, str]], shapes: dict[str, tuple[tuple[str, ...], str, tuple[str, ...]]]
) -> None:
    """Per group ceil(resources / 50) x ceil(metrics / 20); no pair of resource and metric twice or never."""
    resources = [account(n, subscription=subscription, region=region) for n, subscription, region in places]
    metrics = [wanted(name, *shape) for name, shape in shapes.items()]
    planned = groups(resources, metrics)
    expected = 0
    per_place = Counter((each.subscription, each.region) for each in resources)
    for names in Counter(shapes.values()).values():
        expected += sum(ceil(n / 50) * ceil(names / 20) for n in per_place.values())
    calls = [one for group in planned for one in batches(group)]
    assert len(calls) == sum(group.calls for group in planned) == expected
    read = Counter(
        (each.id, metric.definition.name) for one in calls for each in one.resources for metric in one.metrics
    )
    assert read == Counter((each.id, name) for each in resources for name in shapes)
    for one in calls:
        assert 1 <= len(one.resources) <= 50
        assert 1 <= len(one.metrics) <= 20
        assert {(each.subscription, each.region) for each in one.resources} == {one.key[:2]}
        assert {(each.aggregations, each.interval, each.dimensions) for each in one.metrics} == {
            (one.key.aggregations, one.key.interval, one.key.dimensions)
        }


def test_a_plan_does_not_depend_on_the_order_of_discovery() -> None:
    """Equal resources and metrics give equal batches, so that what is held keeps its place."""
    metrics = [wanted(f"M{n}") for n in range(25)]
    resources = [account(n) for n in range(120)]
    one = groups(resources, metrics)
    other = groups(resources[::-1], metrics[::-1])
    assert one == other
    assert [len(each.resources) for each in batches(one[0])] == [50, 50, 50, 50, 20, 20]


def test_left_out_resources_make_smaller_batches() -> None:
    """What Azure refuses is not asked for."""
    (group,) = groups([account(n) for n in range(51)], [wanted()])
    without = {account(n).id for n in range(2)}
    assert [len(each.resources) for each in batches(group, without)] == [49]


def test_halves() -> None:
    """A split loses nothing and keeps the slot."""
    whole = batch(wanted("A"), wanted("B"), accounts=5)
    first, second = whole.halves()
    assert first.resources + second.resources == whole.resources
    assert first.slot == second.slot == whole.slot


def test_top_asks_for_all_series_that_one_call_may_give() -> None:
    """The default of ten would cut in silence; more than 500,000 in all is refused."""
    assert batch(wanted()).top == 500_000
    assert batch(*(wanted(f"M{n}") for n in range(20)), accounts=50).top == 500
