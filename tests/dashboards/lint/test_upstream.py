"""Known faults of untouched public dashboards are found, each at its line."""

from __future__ import annotations

import re

import pytest

from catalogue.catalogue import Catalogue
from catalogue.shipped import documents
from dashboards.lint.options import Options
from dashboards.lint.run import lint
from estate.findings import Finding
from tests.dashboards.places import MIXINS

# What a cluster with cert-manager and Thanos runs; not OpenCost, which has names that others had before.
RUN = {
    *("cadvisor", "cert-manager", "client-golang", "client-golang-runtime", "grpc-go", "kube-apiserver"),
    *("kube-state-metrics", "kubelet", "node-exporter", "prometheus", "prometheus-scrape", "thanos"),
}
CATALOGUE = Catalogue(each for each in documents() if each["exporter"] in RUN)


def dead(file: str) -> list[tuple[str, Finding]]:
    """Metrics that no exporter has, with the finding of each."""
    text = (MIXINS / file).read_text(encoding="utf-8")
    found = lint([(file, text)], Options(CATALOGUE))
    lines = text.splitlines()
    rows = [row for row in found if row.code == "D-11"]
    names = [row.message.rsplit(" ", 1)[1] for row in rows]
    for name, row in zip(names, rows, strict=True):
        assert re.search(rf"\b{name}\b", lines[row.position.line - 1])
    return list(zip(names, rows, strict=True))


@pytest.mark.parametrize(
    ("file", "names"),
    [
        (
            "thanos-compact.json",
            {"thanos_compact_downsample_failed_total", "thanos_compact_blocks_marked_for_deletion_total"},
        ),
        ("dotdc-k8s-views-global.json", {"kube_hpa_labels"}),
        (
            "cert-manager-overview.json",
            {
                f"kube_pod_container_resource_{what}"
                for what in (
                    "requests_cpu_cores",
                    "limits_cpu_cores",
                    "requests_memory_bytes",
                    "limits_memory_bytes",
                )
            },
        ),
    ],
)
def test_dead_metrics(file: str, names: set[str]) -> None:
    """All that were found by comparing queries with the exporters' source, and no other."""
    assert {name for name, _ in dead(file)} == names


def test_the_name_that_was_meant_is_offered() -> None:
    """With its exporter and version."""
    fixes = {name: row.fix for name, row in dead("thanos-compact.json")}
    assert fixes["thanos_compact_downsample_failed_total"].startswith(
        "did you mean thanos_compact_downsample_failures_total of thanos v0.42.4?"
    )


def test_every_finding_has_a_line_a_place_and_a_remedy() -> None:
    """In the file that was given."""
    for path in sorted(MIXINS.glob("*.json")):
        found = lint([(path.name, path.read_text(encoding="utf-8"))], Options(CATALOGUE))
        assert len(found) > 20
        for row in found:
            assert row.position.file == path.name
            assert row.position.line > 0
            assert row.message
            assert row.fix
