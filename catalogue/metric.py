"""One metric of one or several exporters, and the documents that hold them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

# What each of a histogram's or a summary's series ends in. Prometheus adds the label in the second column.
SERIES = {
    "histogram": (("_bucket", "le"), ("_sum", ""), ("_count", "")),
    "summary": (("", "quantile"), ("_sum", ""), ("_count", "")),
}


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric as it is exposed, histograms and summaries by their base name.

    `labels` are those that the exporter sets, each with the values that it can have; None where any can be.
    `open` says that there may be more labels, `patterns` are regular expressions of names of such.
    `exporters` are those that have it, as `NAME VERSION`.
    """

    name: str
    type: str
    labels: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    open: bool = False
    patterns: tuple[str, ...] = ()
    exporters: tuple[str, ...] = ()

    def has(self, label: str) -> bool:
        """Whether a series of it can have the label."""
        return (
            self.open or label in self.labels or any(re.search(pattern, label) for pattern in self.patterns)
        )

    def and_of(self, other: Metric) -> Metric:
        """Of two exporters: whatever either of them allows."""
        labels: dict[str, frozenset[str] | None] = dict(self.labels)
        for name, values in other.labels.items():
            mine = labels.get(name, frozenset())
            labels[name] = None if mine is None or values is None else mine | values
        return replace(
            self,
            type=self.type if self.type == other.type else "untyped",
            labels=labels,
            open=self.open or other.open,
            patterns=tuple(dict.fromkeys((*self.patterns, *other.patterns))),
            exporters=(*self.exporters, *other.exporters),
        )


def read(name: str, row: Mapping[str, Any], exporter: str) -> Metric:
    """A metric as a row of a document holds it."""
    labels = row.get("labels", {})
    return Metric(
        name,
        row["type"],
        {label: None if values is None else frozenset(values) for label, values in labels.items()},
        row.get("open", False),
        tuple(row.get("patterns", ())),
        (exporter,),
    )
