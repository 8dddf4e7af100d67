"""Alerts and teams that routes and maintenance name: one that does not exist holds back and takes nothing.

Source: https://prometheus.io/docs/alerting/latest/configuration/#route (a matcher that nothing has is no
error)
"""

from __future__ import annotations

from collections.abc import Iterator

from alerts.rules import named
from deploy.cluster_wiring import rule_files
from estate.model import AlertRoute, Estate, OneMaintenance, WeeklyMaintenance
from estate.problems import Problem
from estate.suggest import offer
from estate.tree import Path


def alert_names(estate: Estate) -> Iterator[Problem]:
    """Warn of names that no alert of the estate has; those of others, in the clusters, are not known."""
    rows: list[tuple[tuple[str | int, ...], AlertRoute | OneMaintenance | WeeklyMaintenance]] = [
        *((("routes", index), row) for index, row in enumerate(estate.alerts.routes)),
        *((("maintenance", name), row) for name, row in estate.alerts.maintenance.items()),
    ]
    written: list[tuple[str, str, Path]] = [
        (kind, value, ("alerts", *path, f"{kind}s", place))
        for path, row in rows
        for kind, values in (("alert", row.alerts), ("team", row.teams))
        for place, value in enumerate(values)
    ]
    if not written:
        return
    rules = named(rule_files(estate))
    teams = {rule["labels"]["team"] for rule in rules.values()} | {row.team for row in estate.slos.values()}
    known = {"alert": set(rules), "team": {each for each in teams if "{{" not in each}}
    for kind, value, path in written:
        if value not in known[kind]:
            has = "has the name" if kind == "alert" else "is of the team"
            message = f"no alert of this estate {has} {value!r}"
            yield Problem(f"unknown-{kind}", path, message, offer(value, known[kind]))
