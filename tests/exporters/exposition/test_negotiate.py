"""Content negotiation, with the headers that real scrapers send."""

from __future__ import annotations

import pytest

from exporters.exposition import negotiate

PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
PROMETHEUS_PROTO = (
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,"
    + PROMETHEUS_3
)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "text"),
        ("*/*", "text"),
        (BROWSER, "text"),
        (PROMETHEUS_3, "openmetrics"),
        (PROMETHEUS_PROTO, "openmetrics"),
        ("application/openmetrics-text", "openmetrics"),
        ("application/openmetrics-text; version=1.0.0; charset=utf-8", "openmetrics"),
        ("Application/OpenMetrics-Text;VERSION=1.0.0", "openmetrics"),
        ('application/openmetrics-text;version="1.0.0"', "openmetrics"),
        ("application/openmetrics-text;version=0.0.1", "text"),
        ("application/openmetrics-text;q=0.3,text/plain;q=0.7", "text"),
        ("application/openmetrics-text;q=0.7,text/plain;q=0.3", "openmetrics"),
        ("application/openmetrics-text;q=0,*/*", "text"),
        ("text/plain;q=0,application/openmetrics-text;q=0.1", "openmetrics"),
        ("text/*;q=0.2,application/*;q=0.9", "openmetrics"),
        ("application/openmetrics-text;q=nonsense", "text"),
        ("application/openmetrics-text;q=2", "text"),
        (";;;,,=;q", "text"),
        ("application/json", "text"),
    ],
)
def test_content(accept: str, expected: str) -> None:
    """The format with the highest q wins, text on a tie and where nothing fits."""
    assert negotiate.content(accept) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", False),
        ("gzip", True),
        ("GZIP;q=0.5", True),
        ("gzip, deflate, br, zstd", True),
        ("gzip;q=0", False),
        ("gzip;q=0,*", False),
        ("*", True),
        ("*;q=0", False),
        ("identity", False),
        ("identity;q=1,gzip;q=0.5", False),
        ("identity;q=0.5,gzip;q=0.5", True),
        ("br", False),
        ("x-gzip", True),
    ],
)
def test_gzip(header: str, expected: bool) -> None:
    """Gzip only where it is wanted, and at least as much as no encoding."""
    assert negotiate.gzip(header) is expected


def test_a_very_long_header_costs_nothing() -> None:
    """Only the beginning of an absurd header is read."""
    assert negotiate.content("a/b," * 1_000_000 + "application/openmetrics-text") == "text"
