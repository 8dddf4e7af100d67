"""Last hop, where the Azure simulator stands in: what Query says of Azure is what the simulator measured.

The simulator knows the final value of every minute. An exporter may show a minute before Azure has corrected
it, so of each sampled gauge one of its last values must be true, and of each counter one of its last steps,
not all of them.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.replica import Replica
from deploy.verify.series import through_query
from deploy.verify.simulated import SIMULATOR, Defined, definitions, live, measured
from deploy.verify.words import counted
from estate.model import AzureExporter, AzureMatch, AzureMetric, Estate
from exporters.azure.discovery.levels import gauges
from exporters.azure.discovery.naming import MetricName, metric_name

# A group and a name, as labels have them.
Place = tuple[str, str]
LAST_VALUES = 3
# Of one metric some resources may be gone and still in sight.
CANDIDATES = 5
# A counter that was not read for a while takes some minutes with one step.
MINUTES_A_STEP = 5
LOOK_BACK = "20m"
# The exporter waits up to 15 minutes for a point to be final; then it stays for as long as we look back.
MINUTES = range(2, 38)


@dataclass(frozen=True, slots=True)
class Named:
    """A metric of a row with its first aggregation, as Azure and as Prometheus name it."""

    azure: str
    aggregation: str
    prometheus: MetricName


@dataclass(frozen=True, slots=True)
class Sampled:
    """A metric of the resource with this id, and the selector of its series."""

    resource: str
    of: Named
    selector: str


def rows(estate: Estate, cluster: str) -> Iterator[tuple[AzureExporter, AzureMetric]]:
    """Metric rows of the cluster's Azure exporters that have one undivided value a minute."""
    for exporter in estate.exporters.values():
        if isinstance(exporter, AzureExporter) and cluster in (exporter.clusters or [estate.hub]):
            for metric in exporter.metrics:
                if metric.interval == "PT1M" and not metric.dimensions:
                    yield exporter, metric


def applies(ground: Ground, replica: Replica) -> bool:
    """Only where the simulator runs: of the real Azure nobody knows the truth."""
    return bool(ground.of_kind(SIMULATOR)) and any(rows(ground.estate, replica.cluster))


async def prove(ground: Ground, replica: Replica) -> str:
    """One gauge and one counter of one resource for each row: enough to catch a wrong name, unit, aggregation
    or label. What all rows need is asked once: resources, metrics of their types, series in Query.
    """
    cluster = replica.cluster
    chosen = await _chosen(ground, cluster)
    compared = await asyncio.gather(*(_compare(ground, cluster, each) for each in chosen))
    found = Counter(each.of.prometheus.type for each, judged in zip(chosen, compared, strict=True) if judged)
    if not found:
        return "nothing of a live resource to compare"
    said = " and ".join(counted(number, kind) for kind, number in sorted(found.items(), reverse=True))
    return f"{said} equal to what the simulator measured"


async def _chosen(ground: Ground, cluster: str) -> list[Sampled]:
    """For each row a series in Query of its first gauge, and one of its first counter; fewer where there is
    nothing to be read.

    Raises Broken when Query has no series although a live resource has the metric and nothing leaves it out.
    """
    estate = ground.estate
    asked = [
        (row, _scope(estate, cluster, exporter), _narrowed(exporter, row))
        for exporter, row in rows(estate, cluster)
    ]
    resources = await live(ground, sorted({each for _, scope, _ in asked for each in scope}))
    types = {row.type.lower() for row, _, _ in asked} & {each.type for each in resources}
    defined = await definitions(ground, sorted(types))
    lively: list[tuple[list[Named], Mapping[Place, str], bool]] = []
    for row, scope, narrowed in asked:
        ids = {
            (of.group, of.name): of.id
            for of in resources
            if of.type == row.type.lower() and of.subscription in scope
        }
        if ids:
            lively.append(([_named(row, each, defined) for each in row.names], ids, narrowed))
    places = await _places(
        ground, cluster, {each.prometheus.name for names, _, _ in lively for each in names}
    )
    return [
        each for names, ids, narrowed in lively for each in _sampled(cluster, names, ids, places, narrowed)
    ]


def _sampled(
    cluster: str,
    names: Sequence[Named],
    ids: Mapping[Place, str],
    places: Mapping[str, Sequence[Place]],
    narrowed: bool,
) -> Iterator[Sampled]:
    found: set[str] = set()
    for named in names:
        name = named.prometheus.name
        if named.prometheus.type in found:
            continue
        place = next((each for each in places.get(name, ()) if each in ids), None)
        if place is not None:
            found.add(named.prometheus.type)
            of = f'cluster="{cluster}",resource_group="{place[0]}",resource_name="{place[1]}"'
            yield Sampled(ids[place], named, f"{name}{{{of}}}")
        elif not narrowed:
            missing = f'{name}{{cluster="{cluster}"}}'
            raise Broken(f"Query has no {missing} of a live resource", _remedy(cluster))


def _named(row: AzureMetric, metric: str, defined: Mapping[tuple[str, str], Defined]) -> Named:
    of = defined.get((row.type.lower(), metric.lower()))
    if of is None:
        fix = "Remove it from the estate, or see how `singlepane exporter check` spells it."
        raise Broken(f"the simulated Azure has no metric {metric!r} of {row.type}", fix, final=True)
    aggregation = row.aggregations[0] if row.aggregations else of.primary
    levels = gauges(row.type, metric, of.unit, of.primary)
    counts = row.as_ == "counter" if row.as_ is not None else aggregation not in levels
    return Named(of.name, aggregation, metric_name(row.type, metric, aggregation, of.unit, counts=counts))


async def _places(ground: Ground, cluster: str, names: Collection[str]) -> dict[str, list[Place]]:
    """Groups and names of some resources that have a series of each metric in Query."""
    if not names:
        return {}
    every = f'{{__name__=~"{"|".join(sorted(names))}",cluster="{cluster}"}}'
    some = f"topk by (__name__) ({CANDIDATES}, last_over_time({every}[{LOOK_BACK}]))"
    found: dict[str, list[Place]] = {}
    for one in await through_query(ground, some, dedup=True):
        place = (one.labels["resource_group"], one.labels["resource_name"])
        found.setdefault(one.labels["__name__"], []).append(place)
    return found


def _scope(estate: Estate, cluster: str, exporter: AzureExporter) -> frozenset[str]:
    """Ids of the subscriptions that an exporter reads, in lower case."""
    names = [estate.clusters[cluster].subscription] if exporter.scope == "own" else exporter.scope
    return frozenset(estate.subscriptions[name].id.lower() for name in names)


def _narrowed(exporter: AzureExporter, row: AzureMetric) -> bool:
    """Whether the estate asks for fewer than all resources of the type."""
    everything = AzureMatch()
    return any(each.select != everything or each.exclude for each in (exporter, row))


async def _compare(ground: Ground, cluster: str, sampled: Sampled) -> bool:
    """False where there is nothing to compare: a counter may not have grown yet. Raises Broken unless one of
    the last values or steps in Query is the truth of one of the last minutes.
    """
    params = {"query": f"{sampled.selector}[{LOOK_BACK}]", "dedup": "true"}
    data, now = await ground.data("query", "/api/v1/query", params)
    if not data["result"]:
        raise Broken(f"Query has no {sampled.selector}", _remedy(cluster))
    of = sampled.of
    counts = of.prometheus.type == "counter"
    values = [float(value) for _, value in data["result"][0]["values"]]
    shown = steps(values) if counts else values
    last = list(dict.fromkeys(reversed(shown)))[:LAST_VALUES]
    if not last:
        return False
    truth = await measured(
        ground, sampled.resource, of.azure, of.aggregation, now - 60 * MINUTES.start, len(MINUTES)
    )
    # The difference of two large numbers is less exact than they are.
    exact = 1e-12 * values[-1] if counts else 0.0
    for true in _possible(truth, counts):
        if any(
            math.isclose(true / of.prometheus.divisor, each, rel_tol=1e-9, abs_tol=exact) for each in last
        ):
            return True
    raise Broken(
        f"Query has {sampled.selector} {'grown by' if counts else '='} {last[0]:g}, which the simulator "
        f"measured in none of the last {MINUTES.stop} minutes",
        _remedy(cluster),
    )


def _possible(truth: Sequence[float | None], counts: bool) -> Iterator[float]:
    """What a gauge may show, and by what a counter may have grown, after these minutes."""
    if not counts:
        yield from (each for each in truth if each is not None)
        return
    for first in range(len(truth)):
        for minutes in range(1, MINUTES_A_STEP + 1):
            yield sum(each or 0.0 for each in truth[first : first + minutes])


def steps(values: Sequence[float]) -> list[float]:
    """By how much a counter grew, each time that it did; a reset is none."""
    return [after - before for before, after in pairwise(values) if after > before]


def _remedy(cluster: str) -> str:
    return f"See with `singlepane logs` of the Azure exporter of {cluster} whether it reads Azure."


HOP = Hop(
    name="azure-truth",
    proves="Azure metrics in Query are what the Azure simulator measured.",
    scope="cluster",
    patience=None,
    prove=prove,
    applies=applies,
)
