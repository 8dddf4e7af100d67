"""Expected files of the dashboards' tests.

`python -m tests.dashboards.golden` writes them anew; read the diff.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from dashboards import DASHBOARDS
from dashboards.interpolate import Choice, interpolated
from dashboards.render import documents, text
from dashboards.values import Dashboard, Heat, Lines, States, queries
from tests.dashboards.places import DATA
from tests.dashboards.recorded import filled
from tests.dashboards.server import now, over_time, prometheus

VALUES = DATA / "values.json"
# Panels that ask for a range of time; the others ask for now.
GRAPHS = (Lines, Heat, States)


def values(client: httpx.Client, choice: Choice) -> dict[str, dict[str, list[Any]]]:
    """What every query of every dashboard shows: labels and value of each series, by panel and letter."""
    return {
        dashboard.uid: {
            f"{panel.title}.{letter}": shown(
                client, interpolated(query.expr, of(dashboard, choice)), over=isinstance(panel, GRAPHS)
            )
            for panel in dashboard.panels()
            for letter, query in queries(panel)
        }
        for dashboard in DASHBOARDS
    }


def of(dashboard: Dashboard, choice: Choice) -> Choice:
    """The choice with all values of the dashboard's other variables."""
    return replace(choice, variables={each.name: () for each in dashboard.variables})


def shown(client: httpx.Client, expr: str, *, over: bool = True) -> list[Any]:
    """Series of one query in order of their labels. `over` runs it as a graph asks too, which must not
    fail.
    """
    if over:
        over_time(client, expr)
    rows = [[row["metric"], round(float(row["value"][1]), 6)] for row in now(client, expr)]
    return sorted(rows, key=lambda row: sorted(row[0].items()))


def lines(found: dict[str, dict[str, list[Any]]]) -> str:
    """One series a line, so that a change can be read."""
    parts = []
    for uid, panels in found.items():
        rows = []
        for name, series in panels.items():
            body = ",\n".join(f"    {json.dumps(row, sort_keys=True)}" for row in series)
            rows.append(f"  {json.dumps(name)}: [\n{body}\n  ]" if series else f"  {json.dumps(name)}: []")
        parts.append(f" {json.dumps(uid)}: {{\n" + ",\n".join(rows) + "\n }")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> None:
    """Write all expected files."""
    for name, rendered in documents().items():
        (DATA / name).write_text(text(rendered), encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with prometheus(folder, filled(folder)) as client:
            VALUES.write_text(lines(values(client, Choice())), encoding="utf-8")


if __name__ == "__main__":
    main()
