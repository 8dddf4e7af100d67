"""Variables in queries, as Grafana fills them in."""

from __future__ import annotations

import pytest

from dashboards.interpolate import Choice, interpolated

ASKED = 'rate(x{cluster=~"$cluster"}[$__rate_interval])'


@pytest.mark.parametrize(
    ("clusters", "matcher"),
    [
        ((), ".+"),
        (("prod-weu",), "prod-weu"),
        (("prod-weu", "prod-neu"), "(prod-weu|prod-neu)"),
        (("a.b",), r"a\\.b"),
        (("a|b", "c(d)"), r"(a\\|b|c\\(d\\))"),
    ],
)
def test_clusters(clusters: tuple[str, ...], matcher: str) -> None:
    """All is its own value; chosen ones are escaped twice, for the expression and for its string."""
    assert interpolated(ASKED, Choice(clusters=clusters)) == f'rate(x{{cluster=~"{matcher}"}}[60s])'


@pytest.mark.parametrize(
    ("scrape", "interval", "window"), [(15, 15, 60), (15, 60, 75), (30, 15, 120), (5, 15, 20), (30, 300, 330)]
)
def test_the_rate_interval(scrape: int, interval: int, window: int) -> None:
    """Four scrapes, or one step and a scrape: whichever is longer."""
    assert Choice(scrape=scrape, interval=interval).rate_interval == window


def test_other_times() -> None:
    """The step and the whole range."""
    assert interpolated("avg_over_time(x[$__range:$__interval])") == "avg_over_time(x[3600s:15s])"


def test_replacement_texts_are_no_variables() -> None:
    """`$1` belongs to label_replace."""
    expr = 'label_replace(x, "a", "$1", "b", "(.+)")'
    assert interpolated(expr) == expr


@pytest.mark.parametrize("expr", ["x{a=~'$namespace'}", "x{a='${namespace:pipe}'}", "x{a='[[other]]'}"])
def test_a_variable_that_no_dashboard_has(expr: str) -> None:
    """It would reach Prometheus as it is."""
    with pytest.raises(ValueError, match="is no variable of this dashboard"):
        interpolated(expr)
