"""A user's own exporter becomes a file of the catalogue."""

from __future__ import annotations

import pytest

from catalogue.capture import captured
from catalogue.catalogue import Catalogue
from catalogue.document import parsed, text
from estate.errors import UsageError

EXPOSITION = """\
# HELP jobs_total Jobs.
# TYPE jobs_total counter
jobs_total{queue="a"} 3
# TYPE depth gauge
depth{queue="a",host="h"} 1
depth 2
# TYPE took_seconds histogram
took_seconds_bucket{le="1",queue="a"} 1
took_seconds_bucket{le="+Inf",queue="a"} 1
took_seconds_sum{queue="a"} 1
took_seconds_count{queue="a"} 1
# TYPE quiet_total counter
loose 1
"""


def test_names_types_and_labels_are_kept() -> None:
    """Values are not; a metric without a series may have any label."""
    document = captured(EXPOSITION, "worker", "1.2.0", "metrics.txt")
    assert document["metrics"] == {
        "jobs_total": {"type": "counter", "labels": {"queue": None}},
        "depth": {"type": "gauge", "labels": {"host": None, "queue": None}},
        "took_seconds": {"type": "histogram", "labels": {"queue": None}},
        "quiet_total": {"type": "counter", "labels": {}, "open": True},
        "loose": {"type": "untyped", "labels": {}},
    }


def test_what_is_captured_can_be_read_again() -> None:
    """And answers for its series."""
    document = captured(EXPOSITION, "worker", "1.2.0", "metrics.txt")
    catalogue = Catalogue([parsed(text(document), "worker.json")])
    bucket = catalogue.series("took_seconds_bucket")
    assert bucket is not None
    assert (bucket.type, bucket.exporters) == ("counter", ("worker 1.2.0",))


@pytest.mark.parametrize("exposition", ["", "<html>\n", "x{a=1} 2\n", "a b c d\n"])
def test_what_is_no_exposition_is_refused(exposition: str) -> None:
    """With what to do."""
    with pytest.raises(UsageError, match=r"page\.txt") as raised:
        captured(exposition, "worker", "", "page.txt")
    assert "/metrics" in raised.value.remedy


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("{", "no JSON"),
        ("[]", "no `metrics`"),
        ('{"metrics": {"x": {"type": "thing"}}}', "x: its type is none of"),
        ('{"metrics": {"x": {"type": "gauge", "labels": []}}}', "its labels are no object"),
        ('{"metrics": {"x": {"type": "gauge", "labels": {"a": "b"}}}}', "values of label a"),
        ('{"metrics": {"x": {"type": "gauge", "patterns": "a"}}}', "patterns"),
        ('{"metrics": {}, "dynamic_names": ["("]}', "no regular expression"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused(written: str, why: str) -> None:
    """With the metric that is not as it must be."""
    with pytest.raises(UsageError, match=why):
        parsed(written, "mine.json")
