"""The metrics of our exporters, read out of the code that makes them: `python -m tests.catalogue.ours` writes
the two files of them in `catalogue/data`.

A call such as `_counter("azure_api_errors", "…", (({"api": api, "kind": kind}, …) for …))` says name, type
and labels by itself. What the example's JSON exporters bring stands in the example estate.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from catalogue.document import text
from catalogue.shipped import FOLDER
from estate.load import load
from estate.model import JsonExporter
from exporters.running import own

ROOT = Path(__file__).parents[2]
# What a call makes, by the function's name: the ending that it adds, and the type where it has no say.
MAKERS = {"_family": ("", ""), "_counter": ("_total", "counter"), "gauge": ("", "gauge"), "Family": ("", "")}
TYPES = ("counter", "gauge", "info")
# Labels that a function elsewhere makes.
ELSEWHERE: dict[str, dict[str, Any]] = {
    "azure_resource_info": {"labels": {}, "open": True, "patterns": ["^tag_"]},
    "exporter_json_bad_values_total": {"open": True},
}
# Whose collectors add who they are of: `own.collectors` does it to what a collector says of itself.
OF_COLLECTORS = ("azure_metrics_", "azure_api_", "exporter_json_")


def exporters() -> dict[str, Any]:
    """The document of our own exporters."""
    found: dict[str, Any] = {}
    for path in sorted((ROOT / "exporters").rglob("*.py")):
        for name, row in _made(ast.parse(path.read_text(encoding="utf-8"))):
            if name.startswith(OF_COLLECTORS):
                row["labels"] |= {"collector": None, "exporter": None}
            found[name] = {**row, **ELSEWHERE.get(name, {})}
    for family in own.collectors((), 0.0):
        found[family.name] = {"type": family.type, "labels": {"collector": None, "exporter": None}}
    return {
        "exporter": "singlepane",
        "source": ["singlepane: exporters/**"],
        "licence": "Apache-2.0",
        # Azure's own metrics: azure_<type>_<metric>_<unit>, as docs/collectors/azure-metrics.md says.
        "dynamic_names": ["^azure_(?!metrics_|api_|resource_)[a-z0-9]+_[a-z0-9]+_\\w+$"],
        "metrics": found,
    }


def _made(tree: ast.Module) -> Iterator[tuple[str, dict[str, Any]]]:
    rows = _labels_of_rows(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
            continue
        first = node.args[0]
        if node.func.id not in MAKERS or not isinstance(first, ast.Constant):
            continue
        name = str(first.value)
        ending, kind = MAKERS[node.func.id]
        words = [each.value for each in node.args[1:] if isinstance(each, ast.Constant)]
        labels = _keys(node)
        for each in ast.walk(node):
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Name):
                labels |= rows.get(each.func.id, set())
        yield (
            f"{name}{ending}",
            {
                "type": kind or next((word for word in words if word in TYPES), "gauge"),
                "labels": dict.fromkeys(sorted(labels)),
            },
        )


def _keys(node: ast.AST) -> set[str]:
    """Texts that are keys of a dict inside."""
    return {
        key.value
        for each in ast.walk(node)
        if isinstance(each, ast.Dict)
        for key in each.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def _labels_of_rows(tree: ast.Module) -> dict[str, set[str]]:
    """Labels that a function called `rows` writes, which stands beside the families that use it."""
    return {
        node.name: _keys(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "rows"
    }


def example() -> dict[str, Any]:
    """The document of the example estate's JSON exporters."""
    loaded = load(ROOT / "examples" / "shop" / "estate.yaml").estate
    return {
        "exporter": "shop",
        "source": ["singlepane: examples/shop/estate.yaml"],
        "licence": "Apache-2.0",
        "metrics": {
            each.name: {"type": each.type, "labels": dict.fromkeys(each.labels)}
            for row in loaded.exporters.values()
            if isinstance(row, JsonExporter)
            for each in row.metrics
        },
    }


def files() -> dict[str, str]:
    """Both files by name."""
    return {f"{each['exporter']}.json": text({**each, "version": ""}) for each in (exporters(), example())}


if __name__ == "__main__":
    for name, content in files().items():
        (FOLDER / name).write_text(content, encoding="utf-8")
