"""Metrics out of JSON: names that Prometheus takes, and JMESPath that compiles."""

from __future__ import annotations

from collections.abc import Iterator

from estate.checks.expressions import expression
from estate.checks.metric_names import names
from estate.checks.scales import scale
from estate.model import Estate, JsonExporter, JsonMetric
from estate.problems import Problem
from estate.tree import Path


def json_metrics(estate: Estate) -> Iterator[Problem]:
    """Metric names are unique in an exporter, their own, and say what they are."""
    for name, exporter in estate.exporters.items():
        if not isinstance(exporter, JsonExporter):
            continue
        metrics = [
            (("exporters", name, "metrics", index), metric) for index, metric in enumerate(exporter.metrics)
        ]
        yield from names(metrics)
        first: dict[str, int] = {}
        for index, (path, metric) in enumerate(metrics):
            if metric.name is not None and (other := first.setdefault(metric.name, index)) != index:
                message = f"{metric.name!r} is the name of metrics.{other} already"
                yield Problem("metric-twice", (*path, "name"), message, "give each metric its own name")
            yield from _expressions(metric, path)
            yield from scale(metric, path)


def _expressions(metric: JsonMetric, path: Path) -> Iterator[Problem]:
    yield from expression(metric.items, (*path, "items"))
    yield from expression(metric.value, (*path, "value"))
    for label, text in metric.labels.items():
        yield from expression(text, (*path, "labels", label))
