"""D-07: rates follow the zoom: their window is the rate interval."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from dashboards.lint.rule import Found, Rule, Subject, asked
from dashboards.reading.variables import CHOSEN, INTERVAL, RANGE, RATE_INTERVAL

RATES = frozenset({"rate", "irate", "increase"})
# What happened in a day is a question of its own.
LONG = datetime.timedelta(hours=1)
FIX = "write [$__rate_interval]"


def check(subject: Subject) -> Iterator[Found]:
    """A fixed window looks at a part of the samples when zoomed out, and finds none where scrapes are far
    apart.
    """
    for query in subject.queries:
        if query.kind == "variable":
            continue
        for use in query.uses:
            if use.function not in RATES or use.window in (None, RATE_INTERVAL, RANGE):
                continue
            if use.function == "increase" and use.window is not None and use.window >= LONG:
                continue
            name = use.name or "a selector"
            yield asked(query, f"{use.function} of {name} has {_window(use.window)}", FIX)


def _window(window: datetime.timedelta | None) -> str:
    if window == INTERVAL:
        return "the window $__interval, which is shorter than two scrapes when zoomed in"
    if window == CHOSEN:
        return "a window that a variable chooses, whatever the zoom"
    return f"a fixed window of {window.total_seconds():g}s" if window else "no window"


RULE = Rule("D-07", "Rates have the rate interval as their window", check)
