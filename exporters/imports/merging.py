"""Wishes that are asked for more than once become one, so that each metric of a resource is read once. Pure.

What is read twice under one name doubles every sum. So of two wishes for one metric with one aggregation, of
resources that may be the same, the widest split is carried, the finest interval and the shortest pause; each
loss is said, with its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from exporters.azure.metrics.counters import CATCH_UP_SECONDS
from exporters.configuration.grains import GRAIN_SECONDS
from exporters.imports.intervals import spoken
from exporters.imports.reading import AGGREGATIONS, Place, Reading, Wish

# What a counter is made of; without an aggregation it may be one.
_COUNTED = frozenset({"Total", "Count"})


def merged(reading: Reading, wishes: Iterable[Wish]) -> list[Wish]:
    """The wishes, none of which reads what another one reads."""
    by_metric: dict[tuple[str, str, str], list[Wish]] = {}
    for wish in _spelt(wishes):
        by_metric.setdefault((wish.subscription, wish.type, wish.metric), []).append(wish)
    single = [one for some in by_metric.values() for one in _of_metric(reading, some)]
    return [_caught_up(reading, each) for each in _together(single)]


def _spelt(wishes: Iterable[Wish]) -> list[Wish]:
    """Azure compares types, metrics and names without case: each in the spelling that came first."""
    spellings: dict[tuple[str, str], str] = {}

    def spelt(kind: str, texts: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(spellings.setdefault((kind, each.lower()), each) for each in texts))

    return [
        replace(
            wish,
            type=spelt("type", [wish.type])[0],
            metric=spelt("metric", [wish.metric])[0],
            groups=spelt("group", wish.groups),
            names=spelt("name", wish.names),
            dimensions=spelt(wish.type.lower(), wish.dimensions),
        )
        for wish in wishes
    ]


def _of_metric(reading: Reading, wishes: Sequence[Wish]) -> list[Wish]:
    """The wishes for one metric, each with one aggregation or none, that overlap in nothing."""
    single = [replace(w, aggregations=(a,) if a else ()) for w in wishes for a in w.aggregations or ("",)]
    by_aggregation: dict[tuple[str, ...], list[Wish]] = {}
    for wish in single:
        by_aggregation.setdefault(wish.aggregations, []).append(wish)
    unnamed = by_aggregation.pop((), [])
    done = [one for some in by_aggregation.values() for one in _apart(reading, some)]
    return [*done, *_beside(reading, _apart(reading, unnamed), done)]


def _beside(reading: Reading, unnamed: Iterable[Wish], named: Sequence[Wish]) -> Iterator[Wish]:
    """Wishes without an aggregation, without what is read with one: the primary one may be the same."""
    for wish in unnamed:
        others = [each for each in named if wish.place.overlaps(each.place)]
        if others:
            reading.left.append(
                f"{wish.at}: {wish.type} {wish.metric} is asked for without an aggregation here and with "
                f"{others[0].aggregations[0]} at {others[0].at}: where both are, only that is read"
            )
        places = [each.place for each in others]
        if not any(wish.place.within(each) for each in places):
            yield replace(wish, without=tuple(dict.fromkeys((*wish.without, *places))))


def _apart(reading: Reading, wishes: Sequence[Wish]) -> Iterator[Wish]:
    """The wishes with one aggregation: those that may hold the same resource are read alike, and what is in
    several places by the first of these.
    """
    for some in _touching(wishes):
        alike = _widest(reading, some)
        places = list(dict.fromkeys(each.place for each in some))
        largest = _largest(places)
        for number, place in enumerate(largest):
            first = next(each for each in some if each.place == place)
            without = tuple(each for each in largest[:number] if each.overlaps(place))
            yield replace(
                alike,
                groups=place.groups,
                regions=place.regions,
                names=place.names,
                without=without,
                at=first.at,
            )


def _largest(places: Sequence[Place]) -> list[Place]:
    """The places that are in no other one; of equal ones the first."""
    found: list[Place] = []
    for place in places:
        if not any(place.within(each) for each in found):
            found = [*(each for each in found if not each.within(place)), place]
    return found


def _touching(wishes: Sequence[Wish]) -> list[list[Wish]]:
    """The wishes in sets; no resource is in two of them."""
    found: list[list[Wish]] = []
    for wish in wishes:
        near = [some for some in found if any(each.place.overlaps(wish.place) for each in some)]
        together = [*(each for some in near for each in some), wish]
        found = [*(some for some in found if some not in near), together]
    return found


def _widest(reading: Reading, wishes: Sequence[Wish]) -> Wish:
    """One wish for what all of them ask for; what is another way than the first one's is said."""
    first = wishes[0]
    dimensions = tuple(dict.fromkeys(each for wish in wishes for each in wish.dimensions))
    interval = min((each.interval for each in wishes), key=GRAIN_SECONDS.__getitem__)
    poll = min(each.poll for each in wishes)
    for other in wishes[1:]:
        said = []
        if set(first.dimensions) != set(other.dimensions):
            said.append(f"split by {' and '.join(dimensions)}, {_whole(first.aggregations)}")
        if first.interval != other.interval:
            said.append(f"in steps of {interval}, longer ones are … over time in a query")
        if first.poll != other.poll:
            times = f"{max(first.poll, other.poll) / poll:.3g}"
            said.append(f"every {spoken(poll)}, which is {times} times the calls of the slower one")
        if first.identity != other.identity:
            said.append(f"as {first.identity}, for one identity reads a metric")
        if said:
            reading.left.append(
                f"{other.at}: {other.type} {other.metric} is asked for at {first.at}, too, in another way: "
                f"read once, {'; '.join(said)}"
            )
    return replace(first, dimensions=dimensions, interval=interval, poll=poll)


def _whole(aggregations: tuple[str, ...]) -> str:
    """How the whole comes out of its parts."""
    whole = {"Total": "sum", "Count": "sum", "Minimum": "min", "Maximum": "max"}
    found = whole.get("".join(aggregations))
    return f"the whole is {found}() in a query" if found else "and the whole cannot be made out of averages"


def _together(wishes: Iterable[Wish]) -> list[Wish]:
    """Aggregations, then names of resources, put together where all else is equal."""
    by_place: dict[Wish, tuple[Wish, set[str]]] = {}
    for wish in wishes:
        _, found = by_place.setdefault(replace(wish, aggregations=()), (wish, set()))
        found.update(wish.aggregations)
    by_names: dict[Wish, tuple[Wish, list[str]]] = {}
    for wish, found in by_place.values():
        full = replace(wish, aggregations=tuple(each for each in AGGREGATIONS if each in found))
        # Only names are put together: groups and names are both asked for at once.
        key = replace(full, names=("",)) if full.names else full
        by_names.setdefault(key, (full, []))[1].extend(full.names)
    return [replace(first, names=tuple(dict.fromkeys(names))) for first, names in by_names.values()]


def _caught_up(reading: Reading, wish: Wish) -> Wish:
    """No counter is read so seldom that it would miss what was counted in between."""
    longest = max(CATCH_UP_SECONDS, GRAIN_SECONDS[wish.interval])
    counts = not wish.aggregations or _COUNTED & set(wish.aggregations)
    if not counts or wish.poll <= longest:
        return wish
    times = f"{wish.poll / longest:.3g}"
    reading.left.append(
        f"{wish.at}: {wish.type} {wish.metric} is fetched every {spoken(longest)} in place of every "
        f"{spoken(wish.poll)}, or its counter would miss what is older: {times} times the calls"
    )
    return replace(wish, poll=longest)
