"""Writes `catalogue/data` from a folder of metric catalogues: `python -m tests.catalogue.compact FOLDER`.

The folder has one JSON file an exporter with `metrics` as a list; help texts and what no rule reads are left
out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from catalogue.document import text
from catalogue.shipped import FOLDER

_HEAD = ("exporter", "version", "commit", "source", "licence", "completeness", "dynamic_names")


def compact(document: Mapping[str, Any]) -> dict[str, Any]:
    """One exporter's document in the form that is shipped."""
    head = {key: document[key] for key in _HEAD if document.get(key)}
    return {**head, "metrics": {row["name"]: _metric(row) for row in document["metrics"]}}


def _metric(row: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"type": row["type"], "labels": row["labels"]}
    if row.get("labels_open"):
        found["open"] = True
    if row.get("label_patterns"):
        found["patterns"] = row["label_patterns"]
    return found


def main(folder: Path) -> None:
    """Write every exporter's file."""
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        (FOLDER / path.name).write_text(text(compact(document)), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
