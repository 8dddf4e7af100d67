"""Metrics that are not asked for, because Azure refused them: of one resource or of all of a type, why, and
until when. Learnt from replies; kept in the state file.

Azure's definitions do not tell all: resources of a type differ, and some metrics want a split that nothing
says. Each is asked for again after a while: resources change, and so does Azure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

from exporters.azure.metrics.plan import Batch, Group, Key

# `missing`: the resource has no such metric. `dimension`: not with this split, or not without one. `refused`:
# for a reason that is not understood. `sought`: some of these resources lack it, and which is not known yet.
Why = Literal["missing", "dimension", "refused", "sought"]
REASONS: tuple[Why, ...] = get_args(Why)
REMEMBER_SECONDS: Mapping[Why, float] = {
    "missing": 86_400.0,
    "dimension": 86_400.0,
    "refused": 300.0,
    "sought": 300.0,
}
# What is not understood may pass. Refused again when it was to be asked for again, it is left out for longer.
AGAIN_SECONDS = 3600.0
SOON_SECONDS = 600.0


class Omission(NamedTuple):
    """`resource` is an id, empty for all of the type; `metric` in lower case; `shape` how it was asked for,
    empty for whatever way.
    """

    type: str
    resource: str
    metric: str
    shape: str


class Until(NamedTuple):
    """Unix seconds, and why."""

    time: float
    why: Why


Known = Mapping[Omission, Until]


@dataclass(slots=True)
class Omissions:
    """What is known, by type in lower case."""

    known: dict[str, dict[Omission, Until]] = field(default_factory=dict)

    def learn(self, key: Key, resources: Iterable[str], metric: str, why: Why, now: float) -> int:
        """Leave a metric out for these resources (ids), for all where there are none; for how many that is
        new.
        """
        shape = "" if why in ("missing", "sought") else shape_of(key)
        of_type = self.known.setdefault(key.type, {})
        new = 0
        for id in tuple(resources) or ("",):
            omission = Omission(key.type, id, metric.lower(), shape)
            before = of_type.get(omission)
            # Before its time is over it is another group that hears the same.
            since = now - before.time if before is not None and before.why == why == "refused" else -1.0
            again = 0 <= since < SOON_SECONDS
            new += before is None
            of_type[omission] = Until(now + (AGAIN_SECONDS if again else REMEMBER_SECONDS[why]), why)
        return new

    def of(self, key: Key, now: float) -> dict[str, frozenset[str]]:
        """Metrics to leave out under a key, by resource id; under the empty id those of all."""
        found: dict[str, set[str]] = {}
        shape = shape_of(key)
        for omission, until in self.known.get(key.type, {}).items():
            if until.time > now and omission.shape in ("", shape):
                found.setdefault(omission.resource, set()).add(omission.metric)
        return {id: frozenset(metrics) for id, metrics in found.items()}

    def narrowed(self, batch: Batch, now: float, by_id: bool) -> list[Batch]:
        """A batch without what is left out: one for the resources that are alike. `by_id` False: a call that
        names no resources leaves out what is left out of all.
        """
        omitted = self.of(batch.key, now)
        return narrowed(batch, omitted if by_id else {"": omitted.get("", frozenset())})

    def counted(self, group: Group, now: float) -> Iterator[tuple[str, Why, int]]:
        """Metrics of a group that are left out, in lower case, why, and of how many of its resources."""
        ids = {each.id for each in group.resources}
        found: Counter[tuple[str, Why]] = Counter()
        for omission, until in self._concerning(group):
            if until.time > now:
                resources = len(ids) if not omission.resource else omission.resource in ids
                found[omission.metric, until.why] += resources
        for (metric, why), resources in found.items():
            yield metric, why, resources

    def ended(self, group: Group, since: float, now: float) -> bool:
        """Whether what was left out of a group at `since` may be asked for again at `now` (Unix seconds)."""
        ids = {omission.resource for omission, until in self._concerning(group) if since < until.time <= now}
        return bool(ids) and ("" in ids or any(each.id in ids for each in group.resources))

    def _concerning(self, group: Group) -> Iterator[tuple[Omission, Until]]:
        """What is known of a group's metrics in its shape, of whichever resource of the type."""
        names = {each.definition.name.lower() for each in group.metrics}
        shape = shape_of(group.key)
        for omission, until in self.known.get(group.key.type, {}).items():
            if omission.metric in names and omission.shape in ("", shape):
                yield omission, until

    def current(self, now: float) -> dict[Omission, Until]:
        """What is in force or was not long ago; also forgets the rest."""
        self.known = {
            type: {omission: until for omission, until in each.items() if until.time > now - SOON_SECONDS}
            for type, each in self.known.items()
        }
        return {omission: until for each in self.known.values() for omission, until in each.items()}

    def restore(self, known: Known) -> None:
        """Take up what an earlier process had learnt."""
        for omission, until in known.items():
            self.known.setdefault(omission.type, {})[omission] = until


def narrowed(batch: Batch, omitted: Mapping[str, frozenset[str]]) -> list[Batch]:
    """See `Omissions.narrowed`."""
    if not omitted:
        return [batch]
    everywhere = omitted.get("", frozenset())
    alike: dict[frozenset[str], list[int]] = {}
    for place, resource in enumerate(batch.resources):
        alike.setdefault(everywhere | omitted.get(resource.id, frozenset()), []).append(place)
    pieces = []
    for without, places in alike.items():
        metrics = tuple(each for each in batch.metrics if each.definition.name.lower() not in without)
        if metrics:
            resources = tuple(batch.resources[place] for place in places)
            pieces.append(batch.of_resources(resources).of_metrics(metrics))
    return pieces


def shape_of(key: Key) -> str:
    """How metrics are asked for under a key."""
    return " ".join([key.interval, ",".join(key.aggregations), ",".join(key.dimensions)])
