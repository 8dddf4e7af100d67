"""An exporter's metrics as a file: what the catalogue ships, and what users add.

`exporter`, `version`, `source`, `licence`; `metrics` by name, each with `type`, `labels` (each with its
closed set of values, or null), `open` and `patterns` where there can be more labels; `dynamic_names`,
regular expressions of names that are made at run time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from estate.errors import UsageError

TYPES = frozenset({"counter", "gauge", "histogram", "info", "summary", "untyped"})
_REMEDY = "write one with `singlepane dashboards catalogue`"


def text(document: Mapping[str, Any]) -> str:
    """A document as a file holds it: a metric a line, so that a new version is a diff that can be read."""
    head = {key: value for key, value in document.items() if key != "metrics" and value}
    lines = [f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(document["metrics"].items())]
    opened = json.dumps(head, indent=1, ensure_ascii=False)[:-2]
    metrics = ",\n".join(lines)
    return f'{opened},\n "metrics": {{\n{metrics}\n }}\n}}\n'


def parsed(text: str, file: str) -> Mapping[str, Any]:
    """A document out of a file's text. Raises UsageError, with the metric that is not as it must be."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file} is no JSON: {error}", _REMEDY) from None
    if not isinstance(found, dict) or not isinstance(found.get("metrics"), dict):
        raise UsageError(f"{file} is no catalogue: it has no `metrics`", _REMEDY)
    for name, row in found["metrics"].items():
        if why := _problem(row):
            raise UsageError(f"{file}: {name}: {why}", _REMEDY)
    for pattern in found.get("dynamic_names", ()):
        _compiled(pattern, file)
    return {"exporter": file, "version": "", **found}


def _problem(row: Any) -> str:
    if not isinstance(row, dict) or row.get("type") not in TYPES:
        return f"its type is none of {', '.join(sorted(TYPES))}"
    labels = row.get("labels", {})
    if not isinstance(labels, dict):
        return "its labels are no object"
    for label, values in labels.items():
        if values is not None and not (isinstance(values, list) and all(isinstance(v, str) for v in values)):
            return f"the values of label {label} are neither null nor a list of texts"
    patterns = row.get("patterns", [])
    if not isinstance(patterns, list) or not all(isinstance(each, str) for each in patterns):
        return "its patterns are no list of texts"
    return ""


def _compiled(pattern: Any, file: str) -> None:
    try:
        re.compile(pattern)
    except (re.error, TypeError):
        message = f"{file}: {pattern!r} in dynamic_names is no regular expression"
        raise UsageError(message, _REMEDY) from None
