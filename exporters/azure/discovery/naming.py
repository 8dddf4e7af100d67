"""Names of Azure metrics as Prometheus writes them. Pure; rules in docs/collectors/azure-metrics.md, and
labels in estate/series_labels.py.

A name depends on the type, the metric, the aggregation, the unit and whether it counts, never on what else
is configured, so it stays the same when the configuration grows. All spellings are lower case: Azure's APIs
do not agree on any other.
"""

from __future__ import annotations

from dataclasses import dataclass

from estate.series_labels import words
from exporters.exposition.metrics import Type


@dataclass(frozen=True, slots=True)
class Unit:
    """How a unit of Azure Monitor becomes a base unit: its suffix, what to divide by, words it makes
    needless.
    """

    suffix: str
    divisor: float = 1.0
    words: frozenset[str] = frozenset()


_TIME = frozenset({"seconds", "secs", "sec", "milliseconds", "microseconds", "ms"})
_BYTES = frozenset({"bytes"})
_RATE = frozenset({"per second", "per sec"})
_CORES = frozenset({"cores", "millicores", "nanocores"})
# By lower-case name: the enum is open and spelt in two ways
# (https://learn.microsoft.com/rest/api/monitor/metric-definitions).
UNITS = {
    "count": Unit(""),
    "unspecified": Unit(""),
    "percent": Unit("ratio", 100.0, frozenset({"percent", "percentage", "ratio"})),
    "bytes": Unit("bytes", 1.0, _BYTES),
    "seconds": Unit("seconds", 1.0, _TIME),
    "milliseconds": Unit("seconds", 1e3, _TIME),
    "microseconds": Unit("seconds", 1e6, _TIME),
    "nanoseconds": Unit("seconds", 1e9, _TIME),
    "countpersecond": Unit("per_second", 1.0, _RATE | {"sec"}),
    "bytespersecond": Unit("bytes_per_second", 1.0, _BYTES | _RATE | {"sec"}),
    "bitspersecond": Unit("bytes_per_second", 8.0, frozenset({"bits"}) | _RATE | {"sec"}),
    "byteseconds": Unit("byte_seconds"),
    "cores": Unit("cores", 1.0, _CORES),
    "millicores": Unit("cores", 1e3, _CORES),
    "nanocores": Unit("cores", 1e9, _CORES),
}
# promtool's linter refuses these words in a name whatever they stand for; they are written together with a
# neighbour.
_REFUSED = frozenset(
    {"s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d"}
    | {"minutes", "hours", "days", "weeks", "bits", "counter", "gauge", "summary", "histogram"}
)
# What the names of other types end in (https://openmetrics.io, and promtool's linter).
_RESERVED_ENDS = frozenset({"total", "sum", "bucket", "info", "created"})


def unit(name: str) -> Unit:
    """The base unit of a unit of Azure Monitor; an unknown one keeps its name and its values."""
    known = UNITS.get(name.lower())
    return known if known is not None else Unit("_".join(words(name)))


def _subject(metric: str, needless: frozenset[str]) -> str:
    """The words of a metric without those that its unit says, and without those that promtool refuses."""
    every = words(metric)
    pairs = [word for word in needless if " " in word]
    text = f" {' '.join(every)} "
    for pair in pairs:
        text = text.replace(f" {pair} ", " ")
    kept = [_bare(word, needless) for word in text.split() if word not in needless] or every
    out: list[str] = []
    glue = ""
    for word in kept:
        if word in _REFUSED and out:
            out[-1] += word
        elif word in _REFUSED:
            glue += word
        else:
            out.append(glue + word)
            glue = ""
    return "_".join(out) or glue


def _bare(word: str, needless: frozenset[str]) -> str:
    """`usedmemorypercentage` without its end: some metrics are spelt without capitals."""
    for end in ("percentage", "percent"):
        if end in needless and word.endswith(end):
            return word.removesuffix(end)
    return word


@dataclass(frozen=True, slots=True)
class MetricName:
    """What a metric with one aggregation is called, and what its values are divided by."""

    name: str
    type: Type
    unit: str
    divisor: float


def metric_name(
    resource_type: str, metric: str, aggregation: str, azure_unit: str, *, counts: bool = True
) -> MetricName:
    """`Microsoft.Storage/storageAccounts`, `Ingress`, `Total`, `Bytes` ->
    azure_storage_storageaccounts_ingress_bytes_total.

    Total and Count are counters: what Azure counted since the exporter first saw the series. Count is the
    number of measurements behind a point, so it has no unit and is called `samples`. Where they do not count,
    each is a gauge: `ActiveConnections`, Total -> azure_servicebus_namespaces_active_connections.
    """
    base = unit(azure_unit)
    scope = "_".join(words(resource_type.lower().removeprefix("microsoft.")))
    # A number of samples has no unit, so nothing else tells `x_bytes` from `x_percentage`: the words stay.
    stem = f"azure_{scope}_{_subject(metric, frozenset() if aggregation == 'Count' else base.words)}"
    match aggregation:
        case "Total" if counts:
            return MetricName(_joined(stem, base.suffix, "total"), "counter", base.suffix, base.divisor)
        case "Total":
            name = _joined(stem, base.suffix) if base.suffix else _level(stem)
            return MetricName(name, "gauge", base.suffix, base.divisor)
        case "Count" if counts:
            return MetricName(f"{stem}_samples_total", "counter", "", 1.0)
        case "Count":
            return MetricName(f"{stem}_samples", "gauge", "", 1.0)
        case _:
            name = _joined(stem, aggregation.lower(), base.suffix)
            return MetricName(name, "gauge", base.suffix, base.divisor)


def _level(stem: str) -> str:
    """`document_count` -> documents, `xact_total` -> xact: a gauge must not end in what a counter or a
    histogram ends in.
    """
    head, _, last = stem.rpartition("_")
    if last == "count":
        return head if head.endswith("s") else f"{head}s"
    return head if last in _RESERVED_ENDS else stem


def _joined(stem: str, *ends: str) -> str:
    """The parts that are not empty; an end that stands there already is not written twice."""
    for end in ends:
        if end and not stem.endswith(f"_{end}"):
            stem += f"_{end}"
    return stem
