"""Values with units, as Grafana's valueFormats write them."""

from __future__ import annotations

import math

import pytest

from dashboards.preview.panels.axes import marks
from dashboards.preview.showing.units import written


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (12345, "short", "12.3 K"),
        (1.234, "none", "1.23"),
        (0.5, "short", "0.500"),
        (3, "short", "3"),
        (1536, "bytes", "1.50 KiB"),
        (1e9, "decbytes", "1 GB"),
        (2.5e6, "Bps", "2.50 MB/s"),
        (2048, "binBps", "2 KiB/s"),
        (1e3, "bps", "1 kb/s"),
        (0.0321, "percentunit", "3.21%"),
        (99.94, "percent", "99.9%"),
        (123456, "reqps", "123K req/s"),
        (0.01234, "s", "12.3 ms"),
        (90, "s", "1.50 mins"),
        (3600, "s", "1 hour"),
        (172800, "s", "2 days"),
        (5e-5, "s", "50.0 µs"),
        (1500, "ms", "1.50 s"),
        (100_000, "dtdurations", "1d 3h 46m"),
        (1, "bool_yes_no", "Yes"),
        (0, "bool", "False"),
        (1_700_000_000_000, "dateTimeAsIso", "2023-11-14 22:13:20"),
        (1, "read/s", "1 read/s"),
        (7, "suffix:boxes", "7 boxes"),
        (1234.5, "currencyEUR", "€1.23K"),
        (-0.0001, "none", "-0.000100"),
        (0, "s", "0 s"),
        (math.inf, "s", "∞"),
        (math.nan, "s", "NaN"),
    ],
)
def test_units(value: float, unit: str, text: str) -> None:
    """Three figures that count, and the largest step of the unit."""
    assert written(value, unit) == text


def test_decimals_are_taken_as_told() -> None:
    """Also none at all."""
    assert [written(1234.567, "short", places) for places in (0, 1)] == ["1 K", "1.2 K"]


def test_marks_are_round_in_their_unit() -> None:
    """Bytes by 1024, seconds by 60, others by ten."""
    assert marks(0, 4 * 2**30, "bytes") == [0, 2**30, 2 * 2**30, 3 * 2**30, 4 * 2**30]
    assert marks(0, 3_000, "s") == [0, 600, 1_200, 1_800, 2_400, 3_000]
    assert marks(0, 10 * 86_400, "s") == [day * 86_400 for day in (0, 2, 4, 6, 8, 10)]
    assert marks(0, 1, "percentunit") == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.0])
