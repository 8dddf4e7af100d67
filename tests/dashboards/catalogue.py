"""The metrics that exist: third-party ones from recorded facts, ours from the code and the estate that make
them.
"""

from __future__ import annotations

import json
from pathlib import Path

from catalogue.shipped import documents
from dashboards.lint_query import Catalogue, Metric
from estate.load import load
from estate.model import JsonExporter
from exporters.collectors.estate import families
from exporters.configuration.config import Inventory
from exporters.exposition.snapshot import snapshot
from exporters.running import own
from exporters.running.own import Counts

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data" / "dashboards"
# What the collector of Azure metrics says of itself (exporters/azure/metrics/own.py). It must run to say its
# labels.
AZURE = {
    "azure_metrics_up": Metric("gauge", frozenset({"subscription", "type"})),
    "azure_metrics_resources": Metric("gauge", frozenset({"subscription", "type"})),
    "azure_metrics_newest_point_timestamp_seconds": Metric("gauge", frozenset({"subscription", "type"})),
    "azure_metrics_dropped_series": Metric("gauge", frozenset({"limit", "type", "metric"})),
    "azure_api_requests_total": Metric("counter", frozenset({"api", "code"})),
    "azure_api_throttled_total": Metric("counter", frozenset({"api", "subscription"})),
}


def catalogue() -> Catalogue:
    """Every metric that a dashboard of ours may show."""
    found: dict[str, Metric] = dict(AZURE)
    for exporter in json.loads((DATA / "metrics.json").read_text(encoding="utf-8")).values():
        for name, row in exporter["metrics"].items():
            known = found.get(name)
            labels = frozenset(row["labels"]) | (known.labels if known else frozenset())
            found[name] = Metric(row["type"], labels)
    for exporter in documents():
        for name, row in exporter["metrics"].items():
            known = found.get(name)
            labels = frozenset(row.get("labels", ())) | (known.labels if known else frozenset())
            kind = "gauge" if row["type"] == "info" else row["type"]
            found[name] = Metric(known.type if known else kind, labels)
    loaded = load(ROOT / "examples" / "shop" / "estate.yaml").estate
    for row in loaded.exporters.values():
        if isinstance(row, JsonExporter):
            found |= {each.name: Metric(each.type, frozenset(each.labels)) for each in row.metrics}
    clusters = {
        name: row.model_dump(include={"region", "subscription", "version"})
        for name, row in loaded.clusters.items()
    }
    inventory = Inventory.model_validate({"estate": loaded.name, "hub": loaded.hub, "clusters": clusters})
    ours = (*own.collectors((), 0.0), *own.service(Counts(), snapshot((), 0.0)), *own.process())
    for family in (*families(inventory), *ours):
        labels = frozenset(name for sample in family.samples for name, _ in sample.labels.pairs)
        # Families without a sample here have the labels that tell collectors apart.
        found[family.name] = Metric(family.type, labels or frozenset({"collector", "exporter"}))
    return found
