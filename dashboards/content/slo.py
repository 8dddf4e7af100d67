"""SLOs: how much of each error budget is left, how fast it burns, and which SLOs nobody measures.

The series are those that Sloth's rules record; nothing here depends on what an SLO is about.
"""

from __future__ import annotations

from dashboards.promql import counted, total
from dashboards.values import Column, Dashboard, Lines, Number, Query, Rows, Section, Steps, from_value

ALL = "one figure over the chosen clusters"
DAY = 86_400
SLO = "cluster, sloth_service, sloth_slo"
OF_SLO = "{{cluster}} {{sloth_service}} {{sloth_slo}}"
# Burn rates of the multi-window alerts: a budget of 30 days is gone in two days, in five, in thirty.
FAST, SLOW = 14.4, 6.0
BURNING = Steps("green", ((1, "orange"), (SLOW, "orange"), (FAST, "red")))
LEFT = Steps("red", ((0.0001, "orange"), (0.25, "green")))
REMAINING = total("slo:period_error_budget_remaining:ratio", by=SLO)
OBJECTIVE = total("slo:objective:ratio", by=SLO)
BUDGET = total("slo:error_budget:ratio", by=SLO)
MEASURED = total("slo:sli_error:ratio_rate5m", by=SLO)


def _burn(window: str) -> str:
    """How many times faster than planned the budget was used within the window."""
    return f"{total(f'slo:sli_error:ratio_rate{window}', by=SLO)} / {BUDGET}"


# At the pace of the last hour. An SLO that does not burn has no such time.
UNTIL_GONE = (
    f"clamp_min({REMAINING}, 0) * {DAY} * {total('slo:time_period:days', by=SLO)} / ({_burn('1h')} > 0)"
)

NOW = Section(
    "Now",
    (
        Number(
            "Budgets used up",
            "SLOs that have used their error budget of the period: by what was agreed, repair comes before"
            " anything new.",
            6,
            "short",
            Query(counted(f"{REMAINING} <= 0", REMAINING), collapses=ALL),
            from_value(1),
            missing="no SLOs",
            height=4,
        ),
        Number(
            "Burning fast",
            "SLOs that used their budget within the last hour so fast that 30 days of it last two.",
            6,
            "short",
            Query(counted(f"{_burn('1h')} > {FAST}", BUDGET), collapses=ALL),
            from_value(1),
            missing="no SLOs",
            height=4,
        ),
        Number(
            "Lowest budget",
            "What is left of the error budget that is used most.",
            6,
            "percentunit",
            Query(f"min({REMAINING})", collapses=ALL),
            LEFT,
            missing="no SLOs",
            height=4,
        ),
        Number(
            "Without data",
            "SLOs that have an objective and no measurement now: they can neither burn nor alert.",
            6,
            "short",
            Query(counted(f"{OBJECTIVE} unless {MEASURED}", OBJECTIVE), collapses=ALL),
            from_value(1, "orange"),
            missing="no SLOs",
            height=4,
        ),
    ),
)

EACH = Section(
    "SLOs",
    (
        Rows(
            "Each SLO",
            "Every SLO, the one with least of its budget first: what was promised and what was kept in the"
            " period, how many times faster than planned its budget is used, and when it is gone at the pace"
            " of the last hour.",
            24,
            ("cluster", "sloth_service", "sloth_slo"),
            (
                Column("Promised", "percentunit", Query(OBJECTIVE)),
                Column("Kept", "percentunit", Query(f"1 - {total('slo:sli_error:ratio_rate30d', by=SLO)}")),
                Column("Budget left", "percentunit", Query(REMAINING), LEFT),
                Column("Burn 5m", "short", Query(total("slo:current_burn_rate:ratio", by=SLO)), BURNING),
                Column("Burn 1h", "short", Query(_burn("1h")), BURNING),
                Column("Burn 6h", "short", Query(_burn("6h")), BURNING),
                Column("Burn 3d", "short", Query(_burn("3d")), BURNING),
                Column("Gone in", "dtdurations", Query(UNTIL_GONE)),
            ),
            "Budget left",
            False,
            link="singlepane-workload",
            missing="no SLOs",
            height=10,
        ),
        Lines(
            "Budget left",
            "Share of the error budget of the period that is left; 0 where it is overdrawn.",
            8,
            "percentunit",
            (Query(f"clamp_min({REMAINING}, 0)", OF_SLO),),
            1,
            missing="no SLOs",
        ),
        Lines(
            "Burn rate of an hour",
            "How many times faster than planned the budget is used. At 1 it lasts for the period; above the"
            " lines somebody is told (6), or woken (14.4).",
            8,
            "short",
            (Query(_burn("1h"), OF_SLO),),
            None,
            Steps("green", ((SLOW, "orange"), (FAST, "red"))),
            missing="no SLOs",
        ),
        Lines(
            "Errors",
            "Share of what users asked for that was not as promised, over five minutes.",
            8,
            "percentunit",
            (Query(MEASURED, OF_SLO),),
            missing="no SLOs",
        ),
    ),
)

DASHBOARD = Dashboard(
    uid="singlepane-slo",
    title="SLO",
    about="What was promised to users: how much of each error budget is left, and how fast it burns.",
    sections=(NOW, EACH),
    clusters="label_values(slo:objective:ratio, cluster)",
    drill="singlepane-workload",
    since="now-7d",
    refresh="1m",
)
