"""The estate as a JSON Schema (draft 2020-12), for editors that complete and check while one types.

It is looser than `singlepane check` where one file alone cannot tell: a cluster's keys may come from
`defaults`, and sections may come from files that are included.
"""

from __future__ import annotations

from typing import Any

from estate.model import API_VERSION, RESERVED, Estate

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The schema of an estate file, and of a file that it includes (one without apiVersion)."""
    document = Estate.model_json_schema(by_alias=True)
    rows = document["$defs"]
    rows["Cluster"].pop("required")
    rows["Defaults"]["properties"]["cluster"] = {
        "$ref": "#/$defs/Cluster",
        "description": rows["Defaults"]["properties"]["cluster"]["description"],
    }
    _close(document)
    required = document.pop("required")
    document["anyOf"] = [
        {"required": required},
        {"required": ["apiVersion", "include"]},
        {"not": {"required": ["apiVersion"]}},
    ]
    return {
        "$schema": DIALECT,
        "title": f"Estate ({API_VERSION})",
        "$comment": f"Kept for later modules: {', '.join(RESERVED)}.",
        **{key: value for key, value in document.items() if key != "title"},
    }


def _close(node: Any) -> None:
    """Refuse names that no pattern allows, as the estate does; by itself JSON Schema lets them pass."""
    if isinstance(node, dict):
        if "patternProperties" in node:
            node["additionalProperties"] = False
        for value in node.values():
            _close(value)
    elif isinstance(node, list):
        for value in node:
            _close(value)
