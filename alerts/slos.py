"""SLOs as recording rules, under the names and labels of Sloth, so that what reads those reads these.

Contract: https://sloth.dev/usage/plugins/ and the rules that Sloth 0.16 makes (windows, names, `sloth_*`
labels); burn rates as in https://sre.google/workbook/alerting-on-slos/. An SLO is measured in each cluster by
itself, and expected in each by the inventory: a cluster that measures nothing is missed. The alerts on all of
it are `alerts/content/slos.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from estate.components import RuleFile
from estate.model import Estate
from estate.model.slos import WINDOW, Slo

DAYS = 30
WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
NAME = "slo-records"


def records(estate: Estate) -> RuleFile:
    """The rules of all SLOs, a group each; the ruler evaluates them, for 30 days are in the bucket."""
    groups = [
        {
            "name": f"slo-{name}",
            # One cluster that is away takes nothing from the others.
            "partial_response_strategy": "warn",
            "rules": list(_rules(name, row, _places(estate, row))),
        }
        for name, row in estate.slos.items()
    ]
    return RuleFile(NAME, "global", {"groups": groups})


def _rules(name: str, row: Slo, places: str) -> Iterator[Mapping[str, Any]]:
    labels = {
        "sloth_id": f"{row.service}-{name}",
        "sloth_service": row.service,
        "sloth_slo": name,
        "team": row.team,
    }

    def rule(record: str, expr: str, **more: str) -> Mapping[str, Any]:
        return {"record": record, "expr": expr, "labels": {**labels, **more}}

    for window in WINDOWS:
        yield rule(f"slo:sli_error:ratio_rate{window}", _ratio(row, window), sloth_window=window)
    chosen = f'{{sloth_id="{labels["sloth_id"]}"}}'
    # Of 30 days the mean of what was recorded: the rate itself would read every sample of a month.
    yield rule(
        f"slo:sli_error:ratio_rate{DAYS}d",
        f"max by (cluster) (avg_over_time(slo:sli_error:ratio_rate5m{chosen}[{DAYS}d]))",
        sloth_window=f"{DAYS}d",
    )
    objective = row.objective / 100
    expected = _expected(places)
    yield rule("slo:objective:ratio", f"{expected} * 0 + {objective:.6g}")
    yield rule("slo:error_budget:ratio", f"{expected} * 0 + {1 - objective:.6g}")
    yield rule("slo:time_period:days", f"{expected} * 0 + {DAYS}")
    budget = f"max by (cluster) (slo:error_budget:ratio{chosen})"
    for record, window in (("slo:current_burn_rate:ratio", "5m"), ("slo:period_burn_rate:ratio", f"{DAYS}d")):
        yield rule(record, f"max by (cluster) (slo:sli_error:ratio_rate{window}{chosen}) / {budget}")
    yield rule(
        "slo:period_error_budget_remaining:ratio",
        f"1 - max by (cluster) (slo:period_burn_rate:ratio{chosen})",
    )
    yield rule("slo:few_events:count1h", f"{_sum(row.total, '1h')} * 3600 < {row.few}")


def _ratio(row: Slo, window: str) -> str:
    """Where nothing has failed yet there is no series of failures, and where nothing happens none fails."""
    errors, total = _sum(row.errors, window), _sum(row.total, window)
    return f"(({errors} or {total} * 0) / ({total} > 0)) or {total} * 0"


def _sum(query: str, window: str) -> str:
    return f"sum by (cluster) ({query.replace(WINDOW, window)})"


def _expected(places: str) -> str:
    info = f'singlepane_estate_cluster_info{{expected_cluster=~"{places}"}}'
    return f'max by (cluster) (label_replace({info}, "cluster", "$1", "expected_cluster", "(.+)"))'


def _places(estate: Estate, row: Slo) -> str:
    return "|".join(row.clusters or estate.workloads() or (estate.hub,))
