"""External labels: they name a cluster's series for ever, so they must be unique and collide with nothing.

https://thanos.io/tip/components/sidecar.md/ (unique external labels)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from estate.model import AzureExporter, Estate, JsonExporter, JsonMetric
from estate.problems import Problem
from estate.series_labels import may_be_tag, on_series
from estate.tree import Path

# What scraping puts on every series. An external label of the same name would be overridden, or override it.
ON_EVERY_SERIES = ("job", "instance", "component")
# Names that histograms and summaries give a meaning.
WITH_A_MEANING = ("le", "quantile")


def labels(estate: Estate) -> Iterator[Problem]:
    """External labels are set by the estate alone, and Query may only remove the replica label."""
    replica = estate.metrics.replica_label
    taken = ("cluster", *ON_EVERY_SERIES, *WITH_A_MEANING)
    if replica in taken:
        yield Problem(
            "replica-label",
            ("metrics", "replica_label"),
            f"{replica!r} tells more apart than replicas; Query would merge series that differ",
            "use a label of its own, such as prometheus_replica",
        )
    reserved = {
        "cluster": "it is the name of the cluster, and two clusters could get one identity",
        **dict.fromkeys(ON_EVERY_SERIES, "every scraped series has one of its own"),
        **dict.fromkeys(WITH_A_MEANING, "histograms and summaries give it a meaning"),
    }
    if replica is not None:
        reserved.setdefault(replica, "it is the replica label, which Query removes")
    for name, cluster in estate.clusters.items():
        for label in cluster.labels:
            path = ("clusters", name, "labels", label)
            if label in reserved:
                message = f"the label {label!r} may not be set: {reserved[label]}"
                yield Problem("label-reserved", path, message, "use another name", at_key=True)
    yield from _metric_labels(estate, replica)
    yield from _collisions(estate, replica, reserved)
    yield from _case(estate)


def _metric_labels(estate: Estate, replica: str | None) -> Iterator[Problem]:
    taken = {"cluster", *ON_EVERY_SERIES, *WITH_A_MEANING, replica}
    for name, exporter in estate.exporters.items():
        if isinstance(exporter, JsonExporter):
            yield from metric_labels(("exporters", name), exporter.metrics, taken)


def metric_labels(
    row: Path, metrics: Iterable[JsonMetric], taken: Collection[str | None]
) -> Iterator[Problem]:
    """Labels of JSON metrics that Prometheus sets on their way; `row` is the path of what has the metrics."""
    for index, metric in enumerate(metrics):
        for label in metric.labels:
            if label in taken:
                path: Path = (*row, "metrics", index, "labels", label)
                message = f"the label {label!r} is set by Prometheus; the metric's own would be lost"
                yield Problem("metric-label-reserved", path, message, "use another name", at_key=True)


def _collisions(estate: Estate, replica: str | None, reserved: Collection[str]) -> Iterator[Problem]:
    """Prometheus knows external labels only on the way out, where they replace what a series has of that
    name: two series that differ in it alone are one behind the sidecar (thanos#1579).
    """
    for name, exporter in estate.exporters.items():
        taken: dict[str, str] = {}
        for label, of in on_series(exporter):
            taken.setdefault(label, of)
        of = taken.get(replica or "", "")
        # Labels of JSON metrics have a finding of their own.
        if (
            of
            and replica not in ("cluster", *ON_EVERY_SERIES, *WITH_A_MEANING)
            and not of.startswith("metrics.")
        ):
            message = f"{replica!r} is a label of exporters.{name}, too ({of}): Query would remove it"
            fix = "use a label of its own, such as prometheus_replica"
            yield Problem("label-collides", ("metrics", "replica_label"), message, fix)
        for cluster in dict.fromkeys(exporter.clusters or [estate.hub]):
            for label in estate.clusters[cluster].labels if cluster in estate.clusters else ():
                if label in reserved:
                    continue
                of = taken.get(label, "")
                if not of and isinstance(exporter, AzureExporter) and may_be_tag(label, exporter):
                    of = "a tag of tag_labels"
                if of:
                    message = (
                        f"{label!r} is a label of exporters.{name}, too ({of}): behind Thanos the cluster's "
                        "takes its place, and series that differ in it alone become one"
                    )
                    path = ("clusters", cluster, "labels", label)
                    fix = f"use another name, such as cluster_{label}"
                    yield Problem("label-collides", path, message, fix, at_key=True)


def _case(estate: Estate) -> Iterator[Problem]:
    """`Environment` on one cluster and `environment` on another are two labels, which nobody wants."""
    first = {"cluster": "cluster"}
    for name, cluster in estate.clusters.items():
        for label in cluster.labels:
            other = first.setdefault(label.lower(), label)
            if other != label:
                yield Problem(
                    "label-case",
                    ("clusters", name, "labels", label),
                    f"the labels {other!r} and {label!r} differ in case only",
                    f"write {other}",
                    at_key=True,
                )
