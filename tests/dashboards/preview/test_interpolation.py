"""Grafana's rules for steps, windows and values of variables, as its sources have them."""

from __future__ import annotations

import pytest

from dashboards.interpolation.durations import milliseconds, nice, short
from dashboards.interpolation.filling import filled, query, references, title, unknown
from dashboards.interpolation.formats import Value, for_promql, formed
from dashboards.interpolation.steps import aligned, step

HOUR = 3_600_000


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("15s", 15_000),
        ("1m30s", 90_000),
        (">2h", 7_200_000),
        ("30", 30_000),
        ("1d", 86_400_000),
        ("500ms", 500),
    ],
)
def test_durations(text: str, length: int) -> None:
    """With units, a bare number of seconds, and with the sign that old dashboards have."""
    assert milliseconds(text) == length


@pytest.mark.parametrize("text", ["", "auto", "$interval", "1x", "-5m"])
def test_what_is_no_duration(text: str) -> None:
    """Is none."""
    assert milliseconds(text) is None


@pytest.mark.parametrize(
    ("raw", "rounded"),
    [
        (4_285, 5_000),
        (12_000, 10_000),
        (14_000, 15_000),
        (20_000, 20_000),
        (80_000, 60_000),
        (100_000, 120_000),
    ],
)
def test_steps_are_round(raw: int, rounded: int) -> None:
    """The steps of roundInterval in grafana's gtime."""
    assert nice(raw) == rounded


@pytest.mark.parametrize(
    ("range_", "points", "scrape", "expected"),
    [
        # 6 h of 840 pixels is 25.7 s, rounded 30 s; the window is a step and a scrape, or four scrapes.
        (6 * HOUR, 840, 15_000, (30_000, 60_000)),
        (HOUR, 1_400, 15_000, (15_000, 60_000)),
        (24 * HOUR, 700, 30_000, (120_000, 150_000)),
    ],
)
def test_interval_and_rate_interval(range_: int, points: int, scrape: int, expected: tuple[int, int]) -> None:
    """calculatePrometheusInterval and calculateRateInterval of promlib."""
    found = step(0, range_, points, scrape)
    assert (found.interval, found.rate) == expected


def test_the_panel_s_least_step_is_no_scrape_interval() -> None:
    """It raises the interval; the window follows the target's own least step or the data source."""
    found = step(0, HOUR, 1_400, 15_000, panel="1m")
    assert (found.step, found.interval, found.rate) == (60_000, 60_000, 75_000)
    found = step(0, HOUR, 1_400, 15_000, target="1m")
    assert (found.step, found.rate) == (60_000, 240_000)


def test_a_factor_stretches_the_step_and_not_the_window() -> None:
    """`intervalFactor` of old dashboards."""
    found = step(0, HOUR, 1_400, 15_000, factor=2)
    assert (found.step, found.interval, found.rate) == (30_000, 30_000, 60_000)


def test_a_step_that_is_the_window_itself() -> None:
    """`$__rate_interval` as the least step is final."""
    assert step(0, HOUR, 1_400, 15_000, target="$__rate_interval").step == 60_000


def test_no_more_points_than_are_safe() -> None:
    """A range by 11,000, whatever the panel asks for."""
    assert step(0, 30 * 24 * HOUR, 11_000, 1_000, target="1s").step >= 200_000


def test_ends_lie_on_the_step() -> None:
    """alignTimeRange rounds both down."""
    assert aligned(61_001, 125_999, 15_000) == (60_000, 120_000)


def test_short_lengths_drop_what_is_left_over() -> None:
    """gtime.FormatInterval."""
    assert [short(one) for one in (90_000, 15_000, 7_200_000, 250)] == ["1m", "15s", "2h", "250ms"]


def test_lengths_of_a_query() -> None:
    """`$__range_ms` before `$__range`, with and without braces; whole seconds."""
    expr = "a[$__range] b $__range_s c $__range_ms d[${__rate_interval}:$__interval] $__interval_ms"
    shown = query(expr, {}, step(0, HOUR, 1_400, 15_000), 0, HOUR)
    assert shown == "a[3600s] b 3600 c 3600000 d[60s:15s] 15000"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Value(("a.b",), many=True), r"a\\.b"),
        (Value(("a", "b.c"), many=True), r"(a|b\\.c)"),
        (Value(("a\\b",), many=True), r"a\\\\b"),
        (Value(("a.b",)), "a.b"),
        (Value(("it's",)), r"it\\'s"),
        (Value((".*",), many=True, raw=".*"), ".*"),
        (Value(("a/b",), many=True), "a/b"),
    ],
)
def test_values_in_promql(value: Value, written: str) -> None:
    """escaping.ts of grafana-prometheus: only variables of several values are regular expressions."""
    assert for_promql(value) == written


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("csv", "a,b.c"),
        ("pipe", "a|b.c"),
        ("regex", r"(a|b\.c)"),
        ("raw", "a,b.c"),
        ("json", '["a", "b.c"]'),
        ("queryparam", "var-x=a&var-x=b.c"),
        ("glob", "{a,b.c}"),
        ("text", "a + b.c"),
        ("doublequote", '"a","b.c"'),
        ("nobody knows", "{a,b.c}"),
    ],
)
def test_forms(form: str, written: str) -> None:
    """`${x:form}` overrides the escaping."""
    assert formed("x", Value(("a", "b.c"), many=True), form) == written


def test_all_three_ways_to_name_a_variable() -> None:
    """And what nobody defines stays, as `$1` does."""
    values = {"x": Value(("1",))}
    assert filled("$x ${x} [[x]] ${x:csv} $y $1 ${x.y}", values, for_promql, {}) == "1 1 1 1 $y $1 1"
    assert references("$x ${y:csv} [[z]]") == {"x", "y", "z"}
    assert unknown("$x $1 $y", ["x"]) == ("y",)


def test_titles_show_words() -> None:
    """All is All, not its regular expression."""
    assert title("Of $cluster", {"cluster": Value((".*",), True, ".*", "All")}) == "Of All"
