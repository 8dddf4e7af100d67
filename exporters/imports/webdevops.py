"""The probes of azure-metrics-exporter in a Prometheus configuration.

Contract: https://github.com/webdevops/azure-metrics-exporter/blob/main/README.md.
"""

from __future__ import annotations

import re
from typing import Any

from estate.errors import UsageError
from estate.tree import Path
from exporters.configuration.grains import GRAIN_SECONDS
from exporters.imports.opening import opened
from exporters.imports.reading import Reading, Wish, identified

PROBES = (
    "/probe/metrics",
    "/probe/metrics/list",
    "/probe/metrics/resource",
    "/probe/metrics/resourcegraph",
    "/probe/metrics/scrape",
)
_TYPE = re.compile(r"resourceType\s+eq\s+'([^']+)'", re.IGNORECASE)
_GROUP = re.compile(r"resourceGroup\s+eq\s+'([^']+)'", re.IGNORECASE)
_PARAMS = [
    "subscription",
    "resourceType",
    "filter",
    "target",
    "metric",
    "aggregation",
    "interval",
    "timespan",
    "metricFilter",
    "metricNamespace",
    "metricTagName",
    "aggregationTagName",
    "region",
]
_JOB = ("job_name", "metrics_path", "params", "scrape_interval", "scrape_timeout", "static_configs", "scheme")


def read(text: str, file: str) -> Reading:
    """What the scrape jobs of a Prometheus configuration ask for. Raises UsageError, EstateInvalid."""
    reading, tree = opened(text, file)
    path: Path
    if isinstance(tree, dict) and "scrape_configs" in tree:
        jobs, path = tree["scrape_configs"], ("scrape_configs",)
    else:
        jobs, path = (tree if isinstance(tree, list) else [tree]), ()
    probes = 0
    for index, found in enumerate(reading.items(jobs, path)):
        at: Path = (*path, index) if path or isinstance(tree, list) else ()
        job = reading.mapping(found, at)
        if job.get("metrics_path") in PROBES:
            probes += 1
            _job(reading, job, at)
        else:
            reading.leave(at, f"the job {job.get('job_name')!r} is no probe of azure-metrics-exporter")
    if not probes:
        raise UsageError(f"{file} has no job whose metrics_path is {PROBES[1]} or another probe")
    return reading


def _job(reading: Reading, job: dict[str, Any], path: Path) -> None:
    params = reading.mapping(job.get("params"), (*path, "params"))
    at: Path = (*path, "params")
    reading.leave_rest(job, path, _JOB)
    reading.leave_rest(params, at, _PARAMS)

    def values(key: str) -> list[str]:
        found = params.get(key)
        listed = [found] if isinstance(found, str) else reading.items(found, (*at, key))
        texts = [reading.text(each, (*at, key, place)) for place, each in enumerate(listed)]
        # A filter may hold commas; everything else is a list when it does.
        return (
            texts
            if key in ("filter", "metricFilter")
            else [part.strip() for each in texts for part in each.split(",") if part.strip()]
        )

    subscriptions = [reading.id(each, (*at, "subscription")) for each in values("subscription")]
    if not subscriptions:
        raise reading.wrong(at, "the job names no subscription", "add params.subscription")
    metrics = values("metric")
    if not metrics:
        reading.leave(at, "metrics by the tags of resources cannot be asked for: name them")
    for key in ("metricTagName", "aggregationTagName"):
        if key in params:
            reading.leave((*at, key), "not carried: metrics and aggregations are in the file")
    dimensions = tuple(
        each for text in values("metricFilter") for each in reading.split(text, (*at, "metricFilter"))
    )
    common: dict[str, Any] = {
        "aggregations": tuple(
            reading.aggregation(each, (*at, "aggregation")) for each in values("aggregation")
        ),
        "dimensions": dimensions,
        "regions": tuple(reading.region(each, (*at, "region")) for each in values("region")),
        "interval": _interval(
            reading, (values("interval") or values("timespan") or ["PT1M"])[0], (*at, "interval")
        ),
        "poll": _poll(reading, job.get("scrape_interval", "1m"), (*path, "scrape_interval")),
    }
    namespaces = values("metricNamespace")
    for type, group, name, own in _places(reading, job["metrics_path"], values, at):
        if any(each.lower() != type.lower() for each in namespaces):
            reading.leave((*at, "metricNamespace"), "another namespace than the type's cannot be read")
            continue
        for subscription in [own] if own else subscriptions:
            for metric in metrics:
                groups, names = (group,) if group else (), (name,) if name else ()
                reading.wishes.append(Wish(subscription, type, metric, groups=groups, names=names, **common))


def _places(reading: Reading, probe: str, values: Any, at: Path) -> list[tuple[str, str, str, str]]:
    """Type, resource group, name and subscription; what is empty is not asked for."""
    if probe == "/probe/metrics/resource":
        targets = values("target")
        if not targets:
            raise reading.wrong(at, "the job names no target", "add params.target")
        found = [identified(reading, each, (*at, "target")) for each in targets]
        return [(type, group, name, subscription) for subscription, group, type, name in found]
    places = [(reading.type(each, (*at, "resourceType")), "", "", "") for each in values("resourceType")]
    for text in values("filter"):
        types, groups = _TYPE.findall(text), _GROUP.findall(text)
        rest = re.sub(r"(?i)\b(and|or)\b|[()\s]", "", _GROUP.sub("", _TYPE.sub("", text)))
        if rest:
            reading.leave((*at, "filter"), "only resourceType and resourceGroup of a filter are carried")
        for type in types:
            of_type = reading.type(type, (*at, "filter"))
            places.extend((of_type, group, "", "") for group in groups or [""])
    if not places:
        raise reading.wrong(at, "the job names no resource type", "add params.resourceType")
    return places


def _interval(reading: Reading, found: str, path: Path) -> str:
    if found.upper() in GRAIN_SECONDS:
        return found.upper()
    match = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?", found.upper())
    if match is None:
        raise reading.wrong(path, f"{found!r} is no interval", "write one such as PT5M")
    days, hours, minutes = (int(each or 0) for each in match.groups())
    return reading.grain(days * 86_400 + hours * 3600 + minutes * 60, path)


def _poll(reading: Reading, found: Any, path: Path) -> str:
    if re.fullmatch(r"[1-9]\d*[mh]", str(found)):
        return str(found)
    reading.leave(path, f"{found} is not carried: fetched every minute")
    return "1m"
