"""The probes of azure-metrics-exporter, wherever Prometheus is told to scrape them.

Contract: https://github.com/webdevops/azure-metrics-exporter/blob/main/README.md.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from estate.errors import UsageError
from estate.tree import Path
from exporters.azure.discovery.parts import PARTS
from exporters.configuration.grains import GRAIN_SECONDS
from exporters.imports import intervals
from exporters.imports.filters import Clause, clauses
from exporters.imports.opening import opened
from exporters.imports.reading import LEAST_SECONDS, Reading, Wish, every, identified, series_of
from exporters.imports.reading import Place as Resources
from exporters.imports.scrape_jobs import Job, jobs, only_parameters
from exporters.imports.webdevops_keys import LOSSES, PARAM_LOSSES, PARAMS, WAY

PROBES = (
    "/probe/metrics",
    "/probe/metrics/list",
    "/probe/metrics/resource",
    "/probe/metrics/resourcegraph",
    "/probe/metrics/scrape",
)


def read(text: str, file: str) -> Reading:
    """What the scrape jobs of a file ask for. Raises UsageError, EstateInvalid."""
    reading, tree = opened(text, file, several=True)
    probes = 0
    for job in jobs(tree):
        if job.path in PROBES:
            probes += 1
            _job(reading, job)
        elif "job_name" in job.row:
            reading.leave(
                job.at,
                f"the job {job.row['job_name']!r} scrapes something else: leave it in Prometheus' file",
            )
    if not probes:
        raise UsageError(
            f"{file} has no job whose metrics_path is {PROBES[1]} or another probe",
            "name a Prometheus configuration, a PodMonitor, ServiceMonitor, ScrapeConfig or Probe, or the "
            "values of the chart; templates only after `helm template`",
        )
    return reading


class _Params:
    """The parameters of a job, each a list of texts."""

    def __init__(self, reading: Reading, job: Job) -> None:
        self.reading = reading
        self.at = job.params_at
        self.found = reading.mapping(job.params, job.params_at)

    def values(self, key: str, parted: bool = True) -> list[str]:
        """What stands there; with `parted` a comma is between two values."""
        found = self.found.get(key)
        listed = [found] if isinstance(found, str) else self.reading.items(found, (*self.at, key))
        texts = [self.reading.text(each, (*self.at, key, place)) for place, each in enumerate(listed)]
        return (
            [part.strip() for each in texts for part in each.split(",") if part.strip()] if parted else texts
        )

    def ids(self, key: str) -> list[str]:
        """Ids that stand there."""
        found = self.found.get(key)
        listed = [found] if isinstance(found, str) else self.reading.items(found, (*self.at, key))
        texts = [part for each in listed for part in (each.split(",") if isinstance(each, str) else [each])]
        return [self.reading.id(each, (*self.at, key)) for each in texts if each != ""]


def _job(reading: Reading, job: Job) -> None:
    params = _Params(reading, job)
    at = params.at
    discovery = [
        key for key in job.row if key.endswith(("_configs", "Configs", "Config")) and "elabel" not in key
    ]
    gone = [key for key in ("relabel_configs", "relabelings") if only_parameters(job.row.get(key))]
    reading.leave_rest(dict(job.row), job.at, [*WAY, *discovery, *gone], LOSSES)
    reading.leave_rest(params.found, at, PARAMS, PARAM_LOSSES)
    subscriptions = params.ids("subscription")
    if not subscriptions:
        raise reading.wrong(at, "the job names no subscription", "add params.subscription")
    metrics = params.values("metric")
    if not metrics:
        reading.leave(at, "it names no metrics, so nothing of it is read: name them")
        return
    common: dict[str, Any] = {
        "aggregations": tuple(
            reading.aggregation(each, (*at, "aggregation")) for each in params.values("aggregation")
        ),
        "dimensions": _dimensions(reading, params),
        "interval": _interval(reading, params),
        "poll": _poll(reading, job),
        "at": reading.where(job.at),
    }
    regions = tuple(reading.region(each, (*at, "region")) for each in params.values("region"))
    types: dict[str, None] = {}
    for type, place, own in _places(reading, job.path, params):
        read_as = _namespace(reading, params, type)
        if read_as is None:
            continue
        types[read_as] = None
        # The name of a part holds the whole's.
        names = tuple(f"{each}/default" if read_as != type else each for each in place.names)
        for subscription in [own] if own else subscriptions:
            for metric in metrics:
                reading.wishes.append(
                    Wish(
                        subscription,
                        read_as,
                        metric,
                        groups=place.groups,
                        names=names,
                        regions=regions or place.regions,
                        **common,
                    )
                )
    name = (params.values("name") or ["azurerm_resource_metric"])[0]
    reading.leave((*at, "name") if "name" in params.found else at, series_of(name, types))


def _dimensions(reading: Reading, params: _Params) -> tuple[str, ...]:
    found = [
        each
        for text in params.values("metricFilter", parted=False)
        for each in reading.split(text, (*params.at, "metricFilter"))
    ]
    return tuple({each.lower(): each for each in reversed(found)}.values())[::-1]


def _namespace(reading: Reading, params: _Params, type: str) -> str | None:
    """The type whose metrics are read: its own, or that of a part of it; None for another one."""
    for each in params.values("metricNamespace"):
        if each.lower() == type.lower():
            continue
        part = PARTS.get(each.lower())
        if part is None or part.whole != type.lower():
            reading.leave(
                (*params.at, "metricNamespace"),
                f"{each} is not the type's own namespace and cannot be read: nothing of {type} is carried",
            )
            return None
        return reading.type(each, (*params.at, "metricNamespace"))
    return type


def _places(reading: Reading, probe: str, params: _Params) -> list[tuple[str, Resources, str]]:
    """Type, resources and subscription (empty for those of the job)."""
    at = params.at
    if probe == "/probe/metrics/resource":
        targets = params.values("target")
        if not targets:
            raise reading.wrong(at, "the job names no target", "add params.target")
        found = [identified(reading, each, (*at, "target")) for each in targets]
        return [
            (type, Resources((group,), names=(name,)), subscription)
            for subscription, group, type, name in found
        ]
    places = [
        (reading.type(each, (*at, "resourceType")), Resources(), "") for each in params.values("resourceType")
    ]
    for text in params.values("filter", parted=False):
        if probe == "/probe/metrics/resourcegraph":
            reading.leave(
                (*at, "filter"),
                "not carried: all resources of the type are read, with more series and calls than today; "
                "narrow them by select",
            )
        else:
            places += _filtered(reading, text, (*at, "filter"))
    if not places:
        raise reading.wrong(at, "the job names no resource type", "add params.resourceType")
    return places


def _filtered(reading: Reading, text: str, path: Path) -> list[tuple[str, Resources, str]]:
    """Types and resources of ARM's filter: what it compares with `eq`, as far as `select` can."""
    found = clauses(text)
    fields = {"resourcetype": "", "resourcegroup": "", "name": "", "location": ""}
    crossed = any(
        after.joined == "or" and after.name.lower() != before.name.lower()
        for before, after in pairwise(found)
    )
    values: dict[str, list[str]] = {key: [] for key in fields}
    for each in found:
        key = each.name.lower()
        if key not in values or each.operator != "eq" or (crossed and key != "resourcetype"):
            reading.leave(
                path, f"{_said(each)} is not carried: more resources are read, narrow them by select"
            )
        else:
            values[key].append(each.value)
    regions = tuple(reading.region(each, path) for each in values["location"])
    place = Resources(tuple(values["resourcegroup"]), regions, tuple(values["name"]))
    return [(reading.type(each, path), place, "") for each in values["resourcetype"]]


def _said(clause: Clause) -> str:
    return f"{clause.name} {clause.operator} {clause.value!r}" if clause.name else repr(clause.value)


def _interval(reading: Reading, params: _Params) -> str:
    """The length of a point. Without `interval` Azure gives minutes, whatever the timespan; FULL is one point
    for all of it.
    """
    key = "interval"
    found = (params.values(key) or ["PT1M"])[0].upper()
    if found == "FULL":
        key = "timespan"
        found = (params.values(key) or ["PT1M"])[0].upper()
    if found in GRAIN_SECONDS:
        return found
    seconds = intervals.iso(found)
    if not seconds:
        raise reading.wrong((*params.at, key), f"{found!r} is no interval", "write one such as PT5M")
    return reading.grain(seconds, (*params.at, key))


def _poll(reading: Reading, job: Job) -> int:
    if job.every is not None:
        return every(reading, job.every, job.every_at)
    reading.leave(
        job.at,
        "how often it is scraped is not in this file: fetched every minute, which is 1,440 calls a day for "
        "each 50 resources and 20 metrics; set the exporter's interval",
    )
    return LEAST_SECONDS
