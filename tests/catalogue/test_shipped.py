"""The catalogue that is shipped: whole, current, and right about metrics that there are and are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalogue.catalogue import Catalogue
from catalogue.document import parsed, text
from catalogue.shipped import FOLDER, documents, shipped
from tests.catalogue import ours

FILES = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_file_is_a_document_and_says_where_it_is_from(path: Path) -> None:
    """As `text` writes it, with source and licence."""
    written = path.read_text(encoding="utf-8")
    document = parsed(written, path.name)
    assert document["exporter"] == path.stem
    assert document["source"]
    assert document["licence"]
    assert text(json.loads(written)) == written


@pytest.mark.parametrize("name", ["singlepane.json", "shop.json"])
def test_our_own_names_are_those_of_the_code(name: str) -> None:
    """`python -m tests.catalogue.ours` writes them anew."""
    assert (FOLDER / name).read_text(encoding="utf-8") == ours.files()[name]


def test_the_documented_names_of_our_azure_collector_are_all_there() -> None:
    """Every name on its page, in the catalogue that is read out of its code."""
    page = (ours.ROOT / "docs" / "collectors" / "azure-metrics.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith(("| `azure_metrics_", "| `azure_api_"))]
    names = [word for row in rows for word in row.split("|")[1].replace("`", "").replace(",", "").split()]
    assert len(names) > 20
    assert [name for name in names if shipped().series(name) is None] == []


@pytest.mark.parametrize(
    "name",
    [
        "up",
        "ALERTS",
        "kube_pod_status_phase",
        "thanos_compact_downsample_failures_total",
        "apiserver_request_duration_seconds_bucket",
        "go_gc_duration_seconds",
        "go_gc_duration_seconds_count",
        "exporter_collector_success",
        "exporter_web_connections",
    ],
)
def test_metrics_that_exist(name: str) -> None:
    """Also series of histograms and summaries."""
    assert shipped().series(name) is not None


@pytest.mark.parametrize(
    ("name", "closest"),
    [
        # Names that upstream dashboards read and no exporter has.
        ("thanos_compact_downsample_failed_total", "thanos_compact_downsample_failures_total"),
        ("thanos_compact_blocks_marked_for_deletion_total", ""),
        ("kube_hpa_labels", ""),
        ("kube_pod_status_phase_bucket", "kube_pod_status_phase"),
        ("up_total", ""),
    ],
)
def test_metrics_that_do_not_exist(name: str, closest: str) -> None:
    """With the name that was meant, where one is alike."""
    assert shipped().series(name) is None
    if closest:
        assert shipped().closest(name) == closest


def test_series_of_a_histogram_are_counters_with_its_labels() -> None:
    """`le` for the buckets alone."""
    bucket = shipped().series("prometheus_http_request_duration_seconds_bucket")
    count = shipped().series("prometheus_http_request_duration_seconds_count")
    assert bucket is not None and count is not None
    assert (bucket.type, sorted(bucket.labels)) == ("counter", ["handler", "le"])
    assert (count.type, sorted(count.labels)) == ("counter", ["handler"])


def test_closed_sets_of_values() -> None:
    """kube-state-metrics writes phases with a capital letter."""
    metric = shipped().series("kube_pod_status_phase")
    assert metric is not None
    assert sorted(metric.labels["phase"] or ()) == ["Failed", "Pending", "Running", "Succeeded", "Unknown"]
    assert metric.labels["namespace"] is None


def test_names_made_at_run_time() -> None:
    """They may exist, and nothing more is known of them."""
    assert shipped().named_at_run_time("azure_storage_storageaccounts_ingress_bytes_total")
    assert not shipped().named_at_run_time("azure_metrics_nonsense")


def test_one_name_of_two_exporters_allows_what_either_has() -> None:
    """Labels and their values together; a closed set stays closed."""
    one = {
        "exporter": "a",
        "version": "1",
        "metrics": {"x": {"type": "gauge", "labels": {"s": ["on"], "t": None}}},
    }
    two = {"exporter": "b", "version": "2", "metrics": {"x": {"type": "counter", "labels": {"s": ["off"]}}}}
    metric = Catalogue([one, two]).series("x")
    assert metric is not None
    assert metric.labels == {"s": {"on", "off"}, "t": None}
    assert (metric.type, metric.exporters) == ("untyped", ("a 1", "b 2"))


def test_every_exporter_is_listed() -> None:
    """By name and version."""
    assert "thanos v0.42.4" in shipped().exporters
    assert len(shipped().exporters) == len(FILES) == len(documents())
