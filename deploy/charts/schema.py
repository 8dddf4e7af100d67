"""values.schema.json of the chart `exporter`: its own values, and under `config` the exporter's file."""

from __future__ import annotations

from typing import Any

from deploy.charts.configuration import configuration
from deploy.charts.values import ChartValues

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The schema, with a sentence for each key, which editors show."""
    own = ChartValues.model_json_schema(by_alias=True)
    config, rows = configuration()
    definitions = {**own["$defs"], **rows}
    # Helm gives `global` to every chart that is a part of another one.
    unused = {"type": "object", "description": "Not used here."}
    return {
        "$schema": DIALECT,
        "title": "Values of the chart exporter",
        "type": "object",
        "additionalProperties": False,
        "properties": {"config": {**config, "description": CONFIG}, **own["properties"], "global": unused},
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }


CONFIG = "What the exporter reads: its configuration file. apiVersion and name may be left out."
