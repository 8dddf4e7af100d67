"""Names of the series that recording rules make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from alerts.rules import CONTENTS, FOLDER
from estate.errors import UsageError

# Sloth 0.16 makes these for each SLO, with windows of 30 days: whoever runs it has them all.
OF_SLOTH = frozenset(
    {
        *(f"slo:sli_error:ratio_rate{each}" for each in ("5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d")),
        *("slo:objective:ratio", "slo:error_budget:ratio", "slo:time_period:days"),
        *("slo:current_burn_rate:ratio", "slo:period_burn_rate:ratio"),
        "slo:period_error_budget_remaining:ratio",
    }
)
# Of our own for each SLO (alerts/slos.py), beside Sloth's.
OF_SLOS = frozenset({"slo:few_events:count1h"})
_FIX = "give a rule file of Prometheus, or a PrometheusRule"


def of_ours() -> frozenset[str]:
    """Those of our own rule files."""
    texts = ((FOLDER / f"{content.name}.yaml").read_text(encoding="utf-8") for content in CONTENTS)
    return frozenset(name for text in texts for name in of_file(text, "our rules"))


def known() -> frozenset[str]:
    """Ours, and those that a generator makes under names of its own."""
    return of_ours() | OF_SLOTH | OF_SLOS


def of_file(text: str, file: str) -> frozenset[str]:
    """Those of a rule file, or of PrometheusRule objects. Raises UsageError."""
    try:
        documents = list(yaml.load_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except (yaml.YAMLError, RecursionError) as error:
        raise UsageError(f"{file} is no YAML: {error}", _FIX) from None
    groups = [group for document in documents for group in _groups(document)]
    if not groups:
        raise UsageError(f"{file} holds no groups of rules", _FIX)
    return frozenset(name for group in groups for name in _names(group))


def _groups(document: Any) -> list[Any]:
    if not isinstance(document, dict):
        return []
    if isinstance(document.get("items"), list):
        return [group for item in document["items"] for group in _groups(item)]
    found = document.get("groups") or (document.get("spec") or {}).get("groups")
    return found if isinstance(found, list) else []


def _names(group: Any) -> Iterator[str]:
    rules = group.get("rules") if isinstance(group, dict) else None
    for rule in rules if isinstance(rules, list) else ():
        if isinstance(rule, dict) and isinstance(rule.get("record"), str):
            yield rule["record"]
