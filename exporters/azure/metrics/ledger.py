"""What was read last of every resource: gauges, counters and how old they are. Computing only; no I/O."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock

from estate.model import AzureBudget
from exporters.azure.discovery.naming import MetricName, metric_name
from exporters.azure.discovery.resources import Resource
from exporters.azure.discovery.wanted import Wanted
from exporters.azure.metrics.batch import Item
from exporters.azure.metrics.budget import Dropped, Exposed, Named, within
from exporters.azure.metrics.counters import (
    Track,
    TrackKey,
    advance,
    begin,
    in_one_spelling,
    revisit_seconds,
)
from exporters.azure.metrics.counters import (
    window as window_of,
)
from exporters.azure.metrics.evidence import Evidence
from exporters.azure.metrics.lag import Lag
from exporters.azure.metrics.plan import Batch, Group, Key, Slot, batches
from exporters.azure.metrics.points import REASONS, Dimensions, ItemReadings, Reading, Window, readings
from exporters.azure.metrics.pool import Offer, Place, Pool
from exporters.azure.metrics.spelling import Spellings
from exporters.exposition.metrics import SUFFIXES, Family, Labels, Sample


@dataclass(frozen=True, slots=True)
class Held:
    """What one call said of one resource, and when (Unix seconds). `heard` are the metrics that it brought a
    value of.
    """

    at: float
    samples: tuple[Exposed, ...]
    heard: frozenset[str] = frozenset()


@dataclass(slots=True)
class Tallies:
    """Counts for the exporter's own metrics."""

    rejected: Tally[str] = field(default_factory=lambda: Tally(dict.fromkeys(REASONS, 0)))
    metric_errors: Tally[str] = field(default_factory=Tally)
    # Metrics of resources that Azure gave only the first series of, by type.
    cut: Tally[str] = field(default_factory=Tally)
    # Series that the budget leaves out now.
    dropped: Dropped = field(default_factory=Tally)
    late: Tally[str] = field(default_factory=Tally)
    corrected: int = 0
    shrunk: int = 0
    lost_seconds: int = 0
    missing: int = 0
    decode_seconds: float = 0.0
    conflicts: set[str] = field(default_factory=set)


class Ledger:
    """Tracks, lags and held samples of one exporter. `apply` may run in a thread; the lock keeps it whole.

    `labels` gives the labels of a resource's series; with `timestamps` a sample has the end of its point.
    """

    def __init__(
        self,
        least_lag: int,
        labels: Callable[[Resource], Mapping[str, str]],
        budget: AzureBudget,
        timestamps: bool = False,
    ) -> None:
        self.tracks: dict[TrackKey, Track] = {}
        self.tallies = Tallies()
        self.newest: dict[tuple[str, str], int] = {}
        self.spellings = Spellings()
        self.lock = Lock()
        self._budget = budget
        self._timestamps = timestamps
        self._pool = Pool(least_lag)
        self._resource_labels = labels
        self._labels: dict[tuple[str, Dimensions], Labels] = {}
        self._names: dict[tuple[str, str, str], Named] = {}
        self._owners: dict[str, tuple[str, str, str]] = {}
        self._held: dict[tuple[Slot, str], Held] = {}
        self._alike: dict[frozenset[str], frozenset[str]] = {}
        self._oldest: dict[tuple[str, str], float] = {}
        self._heard: Mapping[Slot, Tally[frozenset[str]]] = {}

    def restore(
        self,
        tracks: dict[TrackKey, Track],
        learnt: Mapping[Place, Mapping[str, Evidence]],
        offers: Iterable[Offer] = (),
        now: float = 0.0,
    ) -> None:
        """Take up what an earlier process had learnt and counted, and what others offer at `now` (Unix
        seconds).
        """
        self.tracks = in_one_spelling(tracks, self.spellings)
        self._pool.restore(learnt, offers, now)

    def lag(self, key: Key) -> Lag:
        """The lag of a key's type and grain."""
        return self._pool.lag(key)

    def lags(self) -> dict[Place, int]:
        """Seconds of lag by type and grain."""
        return self._pool.seconds()

    def learnt(self) -> dict[Place, dict[str, Evidence]]:
        """What is known of how late types are, by type and grain, and by region."""
        return self._pool.learnt()

    def window(self, batch: Batch, horizon: int, now: float) -> Window:
        """What to ask for in a batch. Where one of its resources is watched, also what is not settled yet."""
        step = batch.key.step
        tracks = (
            self.tracks.get(_track_key(batch, resource, metric))
            for resource in batch.resources
            for metric in batch.metrics
            if _counts(metric)
        )
        asked = window_of(tracks, horizon, step)
        if self.lag(batch.key).claims(batch.slot, (resource.id for resource in batch.resources)):
            return Window(asked.start, asked.end, int(now // step) * step)
        return asked

    def apply(self, batch: Batch, items: Iterable[Item], window: Window, now: float) -> None:
        """Take in the reply to a batch that was sent at `now` (Unix seconds)."""
        by_id = {(item.id or "").strip().strip("/").lower(): item for item in items}
        with self.lock:
            self._take(batch, by_id, window, now)

    def _take(self, batch: Batch, items: Mapping[str, Item], window: Window, now: float) -> None:
        step = batch.key.step
        read: list[tuple[Resource, ItemReadings]] = []
        newest = 0
        for resource in batch.resources:
            item = items.get(resource.id.strip("/"))
            if item is None:
                self.tallies.missing += 1
                continue
            result = readings(item, batch, window, self.spellings)
            read.append((resource, result))
            self.tallies.rejected.update(result.rejected)
            self.tallies.metric_errors[batch.key.type] += len(result.errors)
            self.tallies.cut[batch.key.type] += len(result.cut)
            newest = max([newest, *(each.points[-1][0] + step for each in result.readings if each.points)])
        place = (batch.key.subscription, batch.key.type)
        self.newest[place] = max(newest, self.newest.get(place, 0))
        lag = self.lag(batch.key)
        for resource, result in read:
            oldest = window.end - revisit_seconds(step)
            samples = list(self._gauges(resource, result.readings, oldest, result.step))
            if not result.other_interval:
                self.tallies.late[batch.key.type] += lag.watch(
                    batch.slot, resource.id, result.readings, window, now, result.errors
                )
                self._advance(batch, resource, result, window, newest)
            samples.extend(self._counters(batch, resource))
            heard = frozenset(each.metric.definition.name for each in result.readings)
            # Most resources of a type bring the same, which is kept once.
            heard = self._alike.setdefault(heard, heard)
            self._held[batch.slot, resource.id] = Held(now, tuple(samples), heard)

    def _gauges(
        self, resource: Resource, results: Iterable[Reading], not_before: int, step: int
    ) -> Iterable[Exposed]:
        for reading in results:
            if reading.metric.counts(reading.aggregation) or not reading.points:
                continue
            start, value = reading.points[-1]
            if start < not_before:
                continue
            named = self._named(resource.type, reading.metric, reading.aggregation)
            if named is not None:
                labels = self._labels_of(resource, reading.dimensions)
                yield named, Sample(labels, value / named.name.divisor, self._time(start + step))

    def _time(self, end: int) -> float | None:
        return float(end) if self._timestamps and end else None

    def _advance(
        self, batch: Batch, resource: Resource, result: ItemReadings, window: Window, newest: int
    ) -> None:
        step = batch.key.step
        by_metric: dict[str, list[Reading]] = {}
        for reading in result.readings:
            if reading.metric.counts(reading.aggregation):
                by_metric.setdefault(reading.metric.definition.name, []).append(reading)
        for metric in batch.metrics:
            name = metric.definition.name
            if name in result.errors or not _counts(metric):
                continue
            key = _track_key(batch, resource, metric)
            track = self.tracks.setdefault(key, begin(window.end, step))
            advanced = advance(track, by_metric.get(name, ()), window, step, newest)
            self.tallies.corrected += advanced.corrected
            self.tallies.shrunk += advanced.shrunk
            self.tallies.lost_seconds += advanced.lost_seconds

    def _counters(self, batch: Batch, resource: Resource) -> Iterable[Exposed]:
        for metric in batch.metrics:
            track = self.tracks.get(_track_key(batch, resource, metric))
            for (aggregation, dimensions), counter in track.counters.items() if track else ():
                # What was a counter once may be a gauge now, or not asked for any more.
                counts = aggregation in metric.aggregations and metric.counts(aggregation)
                named = self._named(resource.type, metric, aggregation) if counts else None
                if named is not None:
                    labels = self._labels_of(resource, dimensions)
                    time = self._time(track.until if track else 0)
                    yield named, Sample(labels, counter.total / named.name.divisor, time)

    def _named(self, type: str, metric: Wanted, aggregation: str) -> Named | None:
        """The exposed name, or None when another metric has it already: two are never mixed."""
        counts = metric.counts(aggregation)
        owner = (type, metric.definition.name, aggregation if counts else f"{aggregation}, not counted")
        named = self._names.get(owner)
        if named is None:
            definition = metric.definition
            name = metric_name(type, definition.name, aggregation, definition.unit, counts=counts)
            help = f"{definition.name} of {type}, {aggregation}. {definition.help}"
            named = self._names[owner] = Named(
                name, help, owner, aggregation == (metric.first or aggregation)
            )
            self._owners.setdefault(_family(name), owner)
        if self._owners[_family(named.name)] != owner:
            self.tallies.conflicts.add(named.name.name)
            return None
        return named

    def _labels_of(self, resource: Resource, dimensions: Dimensions) -> Labels:
        labels = self._labels.get((resource.id, dimensions))
        if labels is None:
            labels = Labels({**self._resource_labels(resource), **dict(dimensions)})
            self._labels[resource.id, dimensions] = labels
        return labels

    def keep(self, groups: Iterable[Group], resources: Mapping[str, Resource]) -> None:
        """Forget what is held of resources and groups that are gone; counters stay, should they return."""
        slots = {batch.slot for group in groups for batch in batches(group)}
        with self.lock:
            self._held = {
                place: held
                for place, held in self._held.items()
                if place[0] in slots and place[1] in resources
            }
            self._labels = {place: labels for place, labels in self._labels.items() if place[0] in resources}
            self._pool.keep(slots, resources)

    def families(self, now: float, keep: Callable[[Key], float]) -> list[Family]:
        """All samples that are held, not older than their group may be kept, and within the budget."""
        resources: dict[str, list[Exposed]] = {}
        with self.lock:
            self._pool.share()
            self._held = {
                place: held for place, held in self._held.items() if now - held.at <= keep(place[0][0])
            }
            oldest: dict[tuple[str, str], float] = {}
            heard: dict[Slot, Tally[frozenset[str]]] = {}
            for (slot, id), held in self._held.items():
                resources.setdefault(id, []).extend(held.samples)
                place = (slot[0].subscription, slot[0].type)
                oldest[place] = min(held.at, oldest.get(place, held.at))
                heard.setdefault(slot, Tally())[held.heard] += 1
            self._oldest = oldest
            self._heard = heard
        kept, self.tallies.dropped = within(resources.values(), self._budget)
        by_name: dict[str, tuple[Named, list[Sample]]] = {}
        for named, sample in kept:
            by_name.setdefault(named.name.name, (named, []))[1].append(sample)
        return [
            Family(name, named.name.type, named.help, samples, named.name.unit)
            for name, (named, samples) in by_name.items()
        ]

    def heard(self, group: Group) -> dict[str, int]:
        """Of how many resources the last reading brought a value, by metric of a group that was read."""
        found: dict[str, int] = {}
        for batch in batches(replace(group, resources=group.resources[:1])):
            counts = self._heard.get(batch.slot)
            if counts is None:
                continue
            for metric in batch.metrics:
                name = metric.definition.name
                found[name] = sum(number for heard, number in counts.items() if name in heard)
        return found

    def oldest(self) -> dict[tuple[str, str], float]:
        """When the oldest value that `families` gave last was read (Unix seconds), by subscription and type.

        It does not wait for a reply that is being taken in.
        """
        return self._oldest


def _counts(metric: Wanted) -> bool:
    return any(metric.counts(each) for each in metric.aggregations)


def _family(name: MetricName) -> str:
    """What OpenMetrics calls it: a gauge and a counter must not differ in the counter's end alone."""
    return name.name.removesuffix(SUFFIXES[name.type])


def _track_key(batch: Batch, resource: Resource, metric: Wanted) -> TrackKey:
    key = batch.key
    dimensions = tuple(each.lower() for each in key.dimensions)
    return TrackKey(resource.id, metric.definition.name.lower(), key.interval, dimensions)
