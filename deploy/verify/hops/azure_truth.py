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
from deploy.verify.words import counted
from estate.model import AzureExporter, AzureMetric, Estate
from exporters.azure.naming import MetricName, metric_name

SIMULATOR = "azure-simulator"
LAST_VALUES = 3
LOOK_BACK = "10m"
# The exporter waits up to 15 minutes for a point to be final; then it stays for as long as we look back.
MINUTES = range(2, 28)


@dataclass(frozen=True, slots=True)
class Sampled:
    """A metric of a resource, as Azure and as Prometheus name it. `aggregation` is Azure's, lower case."""

    resource: Mapping[str, Any]
    metric: str
    aggregation: str
    prometheus: MetricName

    def selector(self, cluster: str) -> str:
        """PromQL selector of its one series."""
        group, name = self.resource["resourceGroup"].lower(), self.resource["name"].lower()
        labels = f'cluster="{cluster}",resource_group="{group}",resource_name="{name}"'
        return f"{self.prometheus.name}{{{labels}}}"


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
    """The first gauge of the first live resource of a row's type; None when the row has none."""
    estate = ground.estate
    names = [estate.clusters[cluster].subscription] if exporter.scope == "own" else exporter.scope
    for name in names:
        reply = await _simulator(
            ground, "/sim/resources", subscription=estate.subscriptions[name].id, type=row.type
        )
        live = [each for each in reply["resources"] if each["listed"] and each["lives"]]
        for metric in row.names if live else ():
            asked = {"aggregation": row.aggregations[0].lower()} if row.aggregations else {}
            truth = await _truth(ground, live[0], metric, 0.0, **asked)
            found = metric_name(row.type, metric, truth["aggregation"].capitalize(), truth["unit"])
            if found.type == "gauge":
                return Sampled(live[0], metric, truth["aggregation"], found)
    return None


async def _compare(ground: Ground, cluster: str, sampled: Sampled) -> None:
    """Raises Broken unless one of the last values in Query is the truth of one of the last minutes."""
    selector = sampled.selector(cluster)
    data, now = await ground.data(
        "query", "/api/v1/query", {"query": f"{selector}[{LOOK_BACK}]", "dedup": "true"}
    )
    if not data["result"]:
        raise Broken(
            f"Query has no {selector}",
            f"See with `singlepane logs` of the Azure exporter of {cluster} whether it reads Azure.",
        )
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
        f"Query has {selector} = {last[0]:g}, which the simulator measured in none of the last "
        f"{MINUTES.stop} minutes",
        f"See with `singlepane logs` of the Azure exporter of {cluster} whether it still reads Azure.",
    )


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
