"""D-23: figures have thresholds, and colour is never the only signal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dashboards.lint.rule import Found, Rule, Subject, at
from dashboards.reading.values import Panel

FIGURES = frozenset({"stat", "gauge", "bargauge", "singlestat"})


def check(subject: Subject) -> Iterator[Found]:
    """One in twelve men does not tell red from green."""
    for panel in subject.dashboard.shown():
        if panel.library:
            continue
        if panel.type in FIGURES and not _steps(panel):
            fix = "set thresholds; one step of a neutral colour where no value is bad"
            yield at(panel, "it has no thresholds", fix)
        if panel.type == "stat" and panel.options.get("textMode") == "none":
            yield at(panel, "it shows a colour and no text", "set textMode to value")
        if panel.type in ("state-timeline", "status-history") and panel.options.get("showValue") == "never":
            yield at(panel, "it shows colours and no values", "set showValue to auto")


def _steps(panel: Panel) -> bool:
    if panel.type == "singlestat":
        return bool(panel.raw.get("thresholds"))
    found: Any = panel.defaults.get("thresholds")
    return isinstance(found, dict) and bool(found.get("steps"))


RULE = Rule("D-23", "Figures have thresholds, and colour is not the only signal", check)
