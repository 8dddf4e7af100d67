"""Last hop, where the Azure simulator stands in: what Query says of Azure is what the simulator measured.

The simulator knows the final value of every minute. An exporter may show a minute before Azure has corrected
it, so of each sampled gauge one of its last values must be true, and of each counter one of its last steps,
not all of them.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.replica import Replica
from deploy.verify.series import through_query
from deploy.verify.words import counted
from estate.model import AzureExporter, AzureMatch, AzureMetric, Estate
from exporters.azure.discovery.naming import MetricName, metric_name

SIMULATOR = "azure-simulator"
LAST_VALUES = 3
# A counter that was not read for a while takes some minutes with one step.
MINUTES_A_STEP = 5
LOOK_BACK = "20m"
# The exporter waits up to 15 minutes for a point to be final; then it stays for as long as we look back.
MINUTES = range(2, 38)


@dataclass(frozen=True, slots=True)
class Sampled:
    """A metric of a resource, as Azure and as Prometheus name it. `aggregation` is Azure's, lower case."""

    resource: Mapping[str, Any]
    metric: str
    aggregation: str
    prometheus: MetricName
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
    or label.
    """
    sampled = await asyncio.gather(
        *(_samples(ground, replica.cluster, *row) for row in rows(ground.estate, replica.cluster))
    )
    chosen = [each for some in sampled for each in some]
    compared = await asyncio.gather(*(_compare(ground, replica.cluster, each) for each in chosen))
    found = Counter(each.prometheus.type for each, judged in zip(chosen, compared, strict=True) if judged)
    if not found:
        return "nothing of a live resource to compare"
    said = " and ".join(counted(number, kind) for kind, number in sorted(found.items(), reverse=True))
    return f"{said} equal to what the simulator measured"


async def _samples(
    ground: Ground, cluster: str, exporter: AzureExporter, row: AzureMetric
) -> Iterable[Sampled]:
    """A series in Query of the row's first gauge, and one of its first counter; fewer where there is nothing
    to be read.

    Raises Broken when Query has no series although a live resource has the metric and nothing leaves it out.
    """
    found: dict[str, Sampled] = {}
    live = await _live(ground, cluster, exporter, row.type)
    for metric in row.names if live else ():
        asked = {"aggregation": row.aggregations[0].lower()} if row.aggregations else {}
        truth = await _truth(ground, next(iter(live.values())), metric, 0.0, **asked)
        name = metric_name(row.type, metric, truth["aggregation"].capitalize(), truth["unit"])
        if name.type in found:
            continue
        every = f'{name.name}{{cluster="{cluster}"}}'
        any_one = f"topk(1, last_over_time({every}[{LOOK_BACK}]))"
        for one in await through_query(ground, any_one, dedup=True):
            place = (one.labels["resource_group"], one.labels["resource_name"])
            if place in live:
                selector = f'{every[:-1]},resource_group="{place[0]}",resource_name="{place[1]}"}}'
                found[name.type] = Sampled(live[place], metric, truth["aggregation"], name, selector)
        if name.type not in found and not _narrowed(exporter, row):
            raise Broken(f"Query has no {every} of a live resource", _remedy(cluster))
    return found.values()


async def _live(
    ground: Ground, cluster: str, exporter: AzureExporter, kind: str
) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Live resources of a type in the exporter's subscriptions, by group and name (lower case)."""
    estate = ground.estate
    names = [estate.clusters[cluster].subscription] if exporter.scope == "own" else exporter.scope
    ids = [estate.subscriptions[name].id for name in names]
    replies = await asyncio.gather(
        *(_simulator(ground, "/sim/resources", subscription=each, type=kind) for each in ids)
    )
    return {
        (each["resourceGroup"].lower(), each["name"].lower()): each
        for reply in replies
        for each in reply["resources"]
        if each["listed"] and each["lives"]
    }


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
    counts = sampled.prometheus.type == "counter"
    values = [float(value) for _, value in data["result"][0]["values"]]
    shown = steps(values) if counts else values
    last = list(dict.fromkeys(reversed(shown)))[:LAST_VALUES]
    if not last:
        return False
    # The difference of two large numbers is less exact than they are.
    exact = 1e-12 * values[-1] if counts else 0.0
    measured: list[float] = []
    for minute in MINUTES:
        truth = await _truth(
            ground, sampled.resource, sampled.metric, now - 60 * minute, aggregation=sampled.aggregation
        )
        value = truth["value"]
        if value is None and not counts:
            continue
        measured.append((value or 0.0) / sampled.prometheus.divisor)
        for minutes in range(1, MINUTES_A_STEP + 1 if counts else 2):
            true = sum(measured[-minutes:])
            if any(math.isclose(true, each, rel_tol=1e-9, abs_tol=exact) for each in last):
                return True
    raise Broken(
        f"Query has {sampled.selector} {'grown by' if counts else '='} {last[0]:g}, which the simulator "
        f"measured in none of the last {MINUTES.stop} minutes",
        _remedy(cluster),
    )


def steps(values: Sequence[float]) -> list[float]:
    """By how much a counter grew, each time that it did; a reset is none."""
    return [after - before for before, after in pairwise(values) if after > before]


def _remedy(cluster: str) -> str:
    return f"See with `singlepane logs` of the Azure exporter of {cluster} whether it reads Azure."


async def _truth(
    ground: Ground, resource: Mapping[str, Any], metric: str, at: float, **asked: str
) -> Mapping[str, Any]:
    return await _simulator(
        ground, "/sim/truth", resource=resource["id"], metric=metric, time=f"{at:.0f}", **asked
    )


async def _simulator(ground: Ground, path: str, **params: str) -> Mapping[str, Any]:
    reply: Mapping[str, Any] = (await ground.get(SIMULATOR, path, params, port="https")).json()
    return reply


HOP = Hop(
    name="azure-truth",
    proves="Azure metrics in Query are what the Azure simulator measured.",
    scope="cluster",
    patience=None,
    prove=prove,
    applies=applies,
)
