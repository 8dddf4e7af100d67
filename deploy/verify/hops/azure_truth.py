"""Last hop, where the Azure simulator stands in: what Query says of Azure is what the simulator measured.

The simulator knows the final value of every minute. An exporter may show a minute before Azure has corrected
it, so of each sampled gauge one of its last values must be true, not all of them.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.replica import Replica
from deploy.verify.series import through_query
from deploy.verify.words import counted
from estate.model import AzureExporter, AzureMatch, AzureMetric, Estate
from exporters.azure.naming import MetricName, metric_name

SIMULATOR = "azure-simulator"
LAST_VALUES = 3
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
    """One gauge of one resource for each row: enough to catch a wrong name, unit, aggregation or label."""
    sampled = await asyncio.gather(
        *(_sample(ground, replica.cluster, *row) for row in rows(ground.estate, replica.cluster))
    )
    chosen = [each for each in sampled if each is not None]
    if not chosen:
        return "no gauge of a live resource to compare"
    await asyncio.gather(*(_compare(ground, replica.cluster, each) for each in chosen))
    return f"{counted(len(chosen), 'gauge')} equal to what the simulator measured"


async def _sample(ground: Ground, cluster: str, exporter: AzureExporter, row: AzureMetric) -> Sampled | None:
    """A series in Query of the row's first gauge; None where there is nothing to be read.

    Raises Broken when Query has no series although a live resource has the metric and nothing leaves it out.
    """
    live = await _live(ground, cluster, exporter, row.type)
    for metric in row.names if live else ():
        asked = {"aggregation": row.aggregations[0].lower()} if row.aggregations else {}
        truth = await _truth(ground, next(iter(live.values())), metric, 0.0, **asked)
        found = metric_name(row.type, metric, truth["aggregation"].capitalize(), truth["unit"])
        if found.type != "gauge":
            continue
        every = f'{found.name}{{cluster="{cluster}"}}'
        any_one = f"topk(1, last_over_time({every}[{LOOK_BACK}]))"
        for one in await through_query(ground, any_one, dedup=True):
            group, name = one.labels["resource_group"], one.labels["resource_name"]
            if (group, name) in live:
                selector = f'{every[:-1]},resource_group="{group}",resource_name="{name}"}}'
                return Sampled(live[group, name], metric, truth["aggregation"], found, selector)
        if not _narrowed(exporter, row):
            raise Broken(f"Query has no {every} of a live resource", _remedy(cluster))
    return None


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


async def _compare(ground: Ground, cluster: str, sampled: Sampled) -> None:
    """Raises Broken unless one of the last values in Query is the truth of one of the last minutes."""
    params = {"query": f"{sampled.selector}[{LOOK_BACK}]", "dedup": "true"}
    data, now = await ground.data("query", "/api/v1/query", params)
    if not data["result"]:
        raise Broken(f"Query has no {sampled.selector}", _remedy(cluster))
    values = [float(value) for _, value in data["result"][0]["values"]]
    last = list(dict.fromkeys(reversed(values)))[:LAST_VALUES]
    for minute in MINUTES:
        truth = await _truth(
            ground, sampled.resource, sampled.metric, now - 60 * minute, aggregation=sampled.aggregation
        )
        if truth["value"] is not None and any(
            math.isclose(truth["value"] / sampled.prometheus.divisor, value, rel_tol=1e-9) for value in last
        ):
            return
    raise Broken(
        f"Query has {sampled.selector} = {last[0]:g}, which the simulator measured in none of the last "
        f"{MINUTES.stop} minutes",
        _remedy(cluster),
    )


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
