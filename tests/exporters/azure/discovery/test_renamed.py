"""The page of names that have changed is what the code does, and its script finds their uses."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from exporters.azure.discovery.levels import table
from exporters.azure.discovery.naming import metric_name
from simulators.azure.catalogue import built_in

DOCS = Path(__file__).parents[4] / "docs" / "exporters"
PAGE = (DOCS / "renamed.md").read_text()
ROWS = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (gauge|) ?\|$", PAGE, re.MULTILINE)
# Of types that the catalogue lacks; all others of them are in Count.
UNITS = {
    "IoOtherBytesPerSecond": "BytesPerSecond",
    "IoOtherOperationsPerSecond": "BytesPerSecond",
    "IoReadBytesPerSecond": "BytesPerSecond",
    "IoReadOperationsPerSecond": "BytesPerSecond",
    "IoWriteBytesPerSecond": "BytesPerSecond",
    "IoWriteOperationsPerSecond": "BytesPerSecond",
    "WorkflowActionsFailureRate": "Percent",
    "WorkflowAppJobPullRate": "CountPerSecond",
    "WorkflowRunsFailureRate": "Percent",
    "WorkflowTriggersFailureRate": "Percent",
}
# Names that said a unit or an ending twice, as they were.
DOUBLED = {
    ("Microsoft.Cdn/profiles", "ByteHitRatio", "Average", "Percent"): "byte_hit_ratio_average_ratio",
    ("Microsoft.Cdn/profiles", "ByteHitRatio", "Maximum", "Percent"): "byte_hit_ratio_maximum_ratio",
    ("Microsoft.Cdn/profiles", "ByteHitRatio", "Minimum", "Percent"): "byte_hit_ratio_minimum_ratio",
    ("Microsoft.Cdn/profiles", "ByteHitRatio", "Total", "Percent"): "byte_hit_ratio_ratio_total",
    ("Microsoft.DBforPostgreSQL/flexibleServers", "xact_total", "Total", "Count"): "xact_total_total",
}


def changed() -> list[tuple[str, str, str]]:
    """Old and new name, and what it is now, in order."""
    units = {(type.type, metric.name): metric.unit for type in built_in() for metric in type.metrics}
    found = []
    for row in table():
        for name in row.metrics:
            unit = units.get((row.type, name)) or UNITS.get(name, "Count")
            old, new = (metric_name(row.type, name, "Total", unit, counts=each) for each in (True, False))
            found.append((old.name, new.name, "gauge"))
    for (type, metric, aggregation, unit), end in DOUBLED.items():
        new = metric_name(type, metric, aggregation, unit)
        scope = "_".join(new.name.split("_")[:3])
        found.append((f"{scope}_{end}", new.name, ""))
    return sorted(found)


def written(page: str) -> str:
    """The page with the table of today."""
    rows = "".join(f"| `{old}` | `{new}` | {kind + ' ' if kind else ''}|\n" for old, new, kind in changed())
    return page[: page.index("| old |")] + "| old | new | |\n|---|---|---|\n" + rows


def test_the_page_lists_what_changed() -> None:
    """`python -m tests.exporters.azure.discovery.test_renamed` writes the table anew."""
    assert written(PAGE) == PAGE
    assert changed() == ROWS


def run(*paths: Path) -> subprocess.CompletedProcess[str]:
    """The script over some paths."""
    script = str(DOCS / "find_renamed_metrics.py")
    return subprocess.run(
        [sys.executable, "-I", script, *map(str, paths)], capture_output=True, text=True, check=False
    )


def test_uses_are_found_where_they_stand(tmp_path: Path) -> None:
    """In rules and dashboards, each with file and line, and nothing that only looks alike."""
    rules = tmp_path / "rules" / "bus.yaml"
    rules.parent.mkdir()
    rules.write_text(
        "groups:\n- name: bus\n  rules:\n"
        "  - alert: A\n    expr: rate(azure_servicebus_namespaces_active_connections_total[5m]) > 0\n"
        "  - alert: B\n    expr: rate(azure_servicebus_namespaces_incoming_messages_total[5m]) > 0\n"
        "  - alert: C\n    expr: my_azure_servicebus_namespaces_active_connections_total > 0\n"
    )
    query = 'sum by (x) (azure_dbforpostgresql_flexibleservers_xact_total_total{a="b"})'
    board = tmp_path / "board.json"
    board.write_text(json.dumps({"panels": [{"targets": [{"expr": query}]}]}))
    ran = run(rules.parent, board)
    assert ran.stdout.splitlines() == [
        f"{rules}:5: azure_servicebus_namespaces_active_connections_total is "
        "azure_servicebus_namespaces_active_connections, a gauge now: no rate() or increase() of it",
        f"{board}:1: azure_dbforpostgresql_flexibleservers_xact_total_total is "
        "azure_dbforpostgresql_flexibleservers_xact_total",
        "2 uses of old names",
    ]
    assert ran.returncode == 1


@pytest.mark.parametrize(("name", "code"), [("good.yaml", 0), ("missing.yaml", 2)])
def test_its_exit_codes(name: str, code: int, tmp_path: Path) -> None:
    """0 where nothing is to be done, 2 where a file cannot be read."""
    (tmp_path / "good.yaml").write_text("expr: azure_servicebus_namespaces_active_connections\n")
    assert run(tmp_path / name).returncode == code


def test_our_own_content_uses_no_old_name() -> None:
    """Neither rules nor dashboards nor examples."""
    root = DOCS.parents[1]
    ran = run(root / "alerts", root / "dashboards", root / "examples")
    assert (ran.returncode, ran.stdout) == (0, "0 uses of old names\n")


if __name__ == "__main__":
    (DOCS / "renamed.md").write_text(written(PAGE))
