"""How far apart the points of a query are, and the window of its rates.

Contract: grafana/grafana pkg/promlib/models/query.go (calculatePrometheusInterval, calculateRateInterval) and
pkg/promlib/intervalv2/intervalv2.go. All lengths in milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.interpolation.durations import milliseconds, nice

# Prometheus answers no query of more points; Grafana stays below.
SAFE_POINTS = 11_000
RATE = ("$__rate_interval", "${__rate_interval}")


@dataclass(frozen=True, slots=True)
class Step:
    """`step` between points, `interval` is `$__interval`, `rate` is `$__rate_interval`, `range` all of it."""

    step: int
    interval: int
    rate: int
    range: int


def step(
    begin: int, end: int, points: int, scrape: int, panel: str = "", target: str = "", factor: int = 1
) -> Step:
    """For a range of time and at most `points`.

    `scrape` is the data source's scrape interval, `panel` and `target` are the least steps that the panel and
    the query ask for, as they write them.
    """
    length = max(end - begin, 1)
    asked = "" if target.startswith(("$", "[[")) else target
    # The browser's share: it floors by the panel's own least step, else by the data source's.
    interval = _calculated(length, points, milliseconds(panel) or scrape)
    # The server's share.
    least = milliseconds(asked) or interval
    adjusted = max(_calculated(length, points, least), nice(length / SAFE_POINTS))
    window = rate_interval(interval, milliseconds(asked) or scrape)
    if target in RATE:
        final = rate_interval(adjusted, scrape)
        return Step(final, final, window, length)
    final = adjusted * max(factor, 1)
    return Step(final, final, window, length)


def rate_interval(interval: int, scrape: int) -> int:
    """Four scrapes, or one step and a scrape: whichever is longer."""
    return max(interval + scrape, 4 * scrape)


def _calculated(length: int, points: int, least: int) -> int:
    wanted = length / max(points, 1)
    return least if wanted < least else nice(wanted)


def aligned(begin: int, end: int, step: int) -> tuple[int, int]:
    """A range whose ends lie on the step, so that the same question gets the same points."""
    return begin // step * step, end // step * step
