"""From what an exporter exposes to its document: names, types and labels, no values."""

from __future__ import annotations

from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from estate.errors import UsageError

_TYPES = {"counter": "counter", "gauge": "gauge", "histogram": "histogram", "summary": "summary"}
# Labels that Prometheus' client writes for parts of one metric.
_PARTS = {"histogram": {"le"}, "summary": {"quantile"}}


def captured(exposition: str, exporter: str, version: str, source: str) -> dict[str, Any]:
    """The document of an exporter whose `/metrics` was read as Prometheus text.

    Of a capture it is not known which values a label can have, nor whether a metric without a series has
    labels: such a metric is open. Raises UsageError when the text is no exposition, or empty.
    """
    try:
        families = list(text_string_to_metric_families(exposition))
    except (ValueError, KeyError, IndexError) as error:
        raise UsageError(f"{source} is no exposition: {error}", "capture /metrics as plain text") from None
    metrics: dict[str, Any] = {}
    for family in families:
        names = {label for sample in family.samples for label in sample.labels}
        labels = sorted(names - _PARTS.get(family.type, set()))
        name = f"{family.name}_total" if family.type == "counter" else family.name
        if family.type == "counter" and family.samples:
            name = family.samples[0].name
        row: dict[str, Any] = {"type": _TYPES.get(family.type, "untyped")}
        row["labels"] = dict.fromkeys(labels)
        if not family.samples:
            row["open"] = True
        metrics[name] = row
    if not metrics:
        raise UsageError(f"{source} exposes no metric", "capture /metrics of a running exporter")
    return {"exporter": exporter, "version": version, "source": [source], "metrics": metrics}
