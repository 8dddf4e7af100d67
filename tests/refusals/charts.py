"""Values of the charts `workload` and `metrics` that Helm refuses, by the chart's own schema."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Values:
    """Values for a chart, as a person wrote them."""

    what: str
    chart: str
    text: str


CASES = (
    Values("objects misspelt", "workload", "object: []\n"),
    Values("objects that are no list", "workload", "objects: {kind: Deployment}\n"),
    Values("an object without a name", "workload", "objects: [{kind: ConfigMap, data: {a: b}}]\n"),
    Values("an object without a kind", "workload", "objects: [{name: query}]\n"),
    Values("a kind that is misspelt", "workload", "objects: [{kind: Deploymnet, name: query, spec: {}}]\n"),
    Values(
        "a Secret, which no release may hold", "workload", "objects: [{kind: Secret, name: key, data: {}}]\n"
    ),
    Values("a Secret among the metrics", "metrics", "objects: [{kind: Secret, name: key, data: {}}]\n"),
    Values("a name in capitals", "workload", "objects: [{kind: ConfigMap, name: Query}]\n"),
    Values("a name that is a number", "workload", "objects: [{kind: ConfigMap, name: 7}]\n"),
    Values(
        "a label that is no text", "workload", "objects: [{kind: ConfigMap, name: a, labels: {tier: 1}}]\n"
    ),
    Values("a kind of the other chart", "metrics", "objects: [{kind: StatefulSet, name: store, spec: {}}]\n"),
    Values(
        "a Prometheus among the workloads", "workload", "objects: [{kind: Prometheus, name: a, spec: {}}]\n"
    ),
)
