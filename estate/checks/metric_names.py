"""Names of metrics that rows choose: they say their type, are their own, and are no one else's.

https://prometheus.io/docs/practices/naming/ and the OpenMetrics 1.0 specification, sections on suffixes and
on names of metric families.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from estate.checks.units import in_base_units
from estate.model import JsonMetric
from estate.problems import Problem
from estate.tree import Path, spoken

# What Prometheus writes beside what it scrapes, by name and by beginning:
# https://prometheus.io/docs/concepts/jobs_instances/ and the series of rules that fire.
WRITTEN = ("up", "ALERTS", "ALERTS_FOR_STATE")
WRITTEN_PREFIX = "scrape_"
# What an exporter says about itself on the same page, and what alerts and dashboards read as such.
OWN_PREFIXES = ("exporter_", "azure_metrics_", "azure_api_", "azure_resource_", "singlepane_estate_")
PROCESS = (
    "process_cpu_seconds_total",
    "process_max_fds",
    "process_open_fds",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
    "process_threads",
    "process_virtual_memory_bytes",
    "process_virtual_memory_max_bytes",
)
# Ends that histograms and summaries give a meaning; promtool's lint refuses them elsewhere.
OF_OTHER_TYPES = ("_bucket", "_count", "_sum")


def names(metrics: Iterable[tuple[Path, JsonMetric]]) -> Iterator[Problem]:
    """What is wrong with the names of metrics that one page shows, by the paths of their rows."""
    known: list[tuple[Path, JsonMetric]] = [(path, each) for path, each in metrics if each.name is not None]
    for path, metric in known:
        taken = _taken(metric)
        if taken:
            yield Problem("metric-reserved", (*path, "name"), taken, "give it a name of its own")
            continue
        yield from _suffix(metric, path)
        yield from _unit(metric, path)
    yield from families(known)


def families(metrics: Iterable[tuple[Path, JsonMetric]]) -> Iterator[Problem]:
    """Metrics that are one family to OpenMetrics, and so cannot stand on one page."""
    owners: dict[str, tuple[Path, JsonMetric]] = {}
    for path, metric in metrics:
        if metric.name is None or metric.type is None:
            continue
        for name in _names(metric.name, metric.type):
            where, other = owners.setdefault(name, (path, metric))
            # Two of one name in a row are said to be there twice.
            if other.name == metric.name and (other.type == metric.type or where[:2] == path[:2]):
                continue
            if other is not metric:
                message = (
                    f"the {metric.type} {metric.name!r} shares the name {name!r} with the {other.type} "
                    f"{other.name!r} of {spoken(where)}: a page of OpenMetrics holds one of them"
                )
                yield Problem("metric-family", (*path, "name"), message, "rename one of them")
                break


def _names(name: str, type: str) -> tuple[str, ...]:
    """All names that OpenMetrics gives to a metric: of its family, and of its samples."""
    if type != "counter":
        return (name,)
    base = name.removesuffix("_total")
    return (base, f"{base}_total", f"{base}_created")


def _taken(metric: JsonMetric) -> str:
    """Whose name it is already, in a sentence; empty where it is free."""
    name = metric.name
    if name in WRITTEN or name.startswith(WRITTEN_PREFIX):
        return f"{name!r} is written by Prometheus itself: the metric would stand in its place"
    if ":" in name:
        return f"{name!r} has a colon, as the results of recording rules have, and they alone"
    own = {each for of in PROCESS for each in _names(of, "counter" if of.endswith("_total") else "gauge")}
    if f"{name}_".startswith(OWN_PREFIXES) or not own.isdisjoint(_names(name, metric.type or "gauge")):
        return f"{name!r} is a name by which exporters speak of themselves: the metric would not be served"
    return ""


def _suffix(metric: JsonMetric, path: Path) -> Iterator[Problem]:
    total = metric.name.endswith("_total")
    if metric.type == "counter" and not total:
        message, fix = f"the counter {metric.name!r} does not end in _total", f"write {metric.name}_total"
    elif metric.type == "gauge" and total:
        message, fix = f"{metric.name!r} ends in _total, but is a gauge", "write type: counter, or rename it"
    elif metric.name.endswith(OF_OTHER_TYPES):
        end = next(each for each in OF_OTHER_TYPES if metric.name.endswith(each))
        message = f"{metric.name!r} ends in {end}, as only parts of histograms and summaries do"
        fix = f"write {metric.name.removesuffix(end)}, or say what it counts"
        yield Problem("metric-suffix", (*path, "name"), message, fix)
        return
    else:
        return
    yield Problem("counter-suffix", (*path, "name"), message, fix)


def _unit(metric: JsonMetric, path: Path) -> Iterator[Problem]:
    found = in_base_units(metric.name)
    if found is None:
        return
    if metric.scale not in (None, 1) or found.factors == ("1",):
        fix = f"write {found.name}"
    elif found.factors:
        fix = f"write {found.name}, and scale: {' or '.join(found.factors)} where values are in {found.word}"
    else:
        fix = f"write {found.name}, and give it values in {found.base}"
    message = f"{metric.name!r} says {found.word!r}, which is no base unit"
    yield Problem("metric-unit", (*path, "name"), message, fix)
