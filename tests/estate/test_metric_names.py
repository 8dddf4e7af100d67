"""Names of metrics in base units: all that promtool's lint refuses, and percent, which it passes."""

from __future__ import annotations

import subprocess

import pytest

from deploy.engines import find
from estate.checks.expressions import last_key
from estate.checks.units import in_base_units

NAMES = [
    "shop_load_percent",
    "shop_load_percentage_max",
    "shop_load_ratio",
    "shop_latency_ms",
    "shop_latency_sec",
    "shop_latency_seconds",
    "shop_latency_ms_max",
    "shop_waiting_milliseconds",
    "shop_cache_kb",
    "shop_cache_kilobytes",
    "shop_cache_mibibytes",
    "shop_cache_bytes",
    "shop_traffic_megabits",
    "shop_open_minutes",
    "shop_open_hours",
    "days_open",
    "shop_distance_miles",
    "shop_distance_m",
    "shop_weight_kilograms",
    "shop_oven_fahrenheit",
    "shop_oven_celsius",
    "shop_revenue_euros",
    "shop_min_price",
    "shop_megapixels",
    "shop_decimals",
    "ms_shop",
]


def test_all_that_promtool_refuses_is_warned_of() -> None:
    """Each name by the pinned promtool, so that a page of ours passes its lint once nothing is warned of."""
    page = "".join(f"# HELP {name} X.\n# TYPE {name} gauge\n{name} 1\n" for name in NAMES)
    done = subprocess.run(
        [find("promtool"), "check", "metrics"], input=page, capture_output=True, text=True, check=False
    )
    refused = {line.split(" ")[0] for line in (done.stdout + done.stderr).splitlines() if "unit" in line}
    assert len(refused) > 10
    warned = {name for name in NAMES if in_base_units(name)}
    assert sorted(refused - warned) == []
    assert sorted(warned - refused) == ["shop_load_percent", "shop_load_percentage_max"]


@pytest.mark.parametrize(
    ("name", "factors"),
    [
        ("shop_load_percent", ("0.01",)),
        ("shop_latency_ms", ("0.001",)),
        ("shop_latency_nanoseconds", ("0.000000001",)),
        ("shop_latency_milliseconds_max", ("0.001",)),
        ("shop_open_minutes", ("60",)),
        ("shop_cache_kb", ("1000", "1024")),
        ("shop_cache_kilobytes", ("1000", "1024")),
        ("shop_cache_kibibytes", ("1024",)),
        ("shop_cache_petabytes", ("1000000000000000", "1125899906842624")),
        ("shop_traffic_megabits", ("125000",)),
        ("shop_weight_kilograms", ("1000",)),
        ("shop_length_centimeters", ("0.01",)),
        ("shop_oven_fahrenheit", ()),
        ("shop_distance_m", ()),
    ],
)
def test_the_factor_of_a_unit(name: str, factors: tuple[str, ...]) -> None:
    """What the scale must be; both where a word has two meanings, none where a factor does not do it."""
    found = in_base_units(name)
    assert found is not None and found.factors == factors


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("load", "load"),
        ("stats.loadPercent", "loadPercent"),
        ('stats."load percent"', "load percent"),
        ("to_number(stats.ms)", "ms"),
        ("stats | ms", "ms"),
        ("sum(stats[].ms)", ""),
        ("ms || `0`", ""),
        ("`1`", ""),
        ("'ms'", ""),
        ("((", ""),
        ("a" * 2000, ""),
    ],
)
def test_the_key_that_a_value_ends_in(value: str, expected: str) -> None:
    """Of plain paths, also where a text is made a number; what computes may have changed the unit."""
    assert last_key(value) == expected


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("shop_load_percent", "shop_load_ratio"),
        ("shop_latency_ms_total", "shop_latency_seconds_total"),
        ("shop_cache_kilobytes", "shop_cache_bytes"),
        ("shop_oven_fahrenheit", "shop_oven_celsius"),
    ],
)
def test_the_better_name_is_in_base_units(name: str, better: str) -> None:
    """What is offered is not warned of again."""
    found = in_base_units(name)
    assert found is not None and found.name == better
    assert in_base_units(better) is None
