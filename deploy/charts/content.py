"""Alerts and the dashboard of the chart `exporter`, out of those of an estate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from alerts.rules import groups
from dashboards import exporters
from dashboards.panels import document
from dashboards.render import text
from estate.model.thresholds import Thresholds

# Rule files about exporters alone.
RULES = ("exporters", "azure")
# An estate names the cluster in an external label; without one these sentences would name nothing.
_IN_AN_ESTATE = " of cluster {{ $externalLabels.cluster }}"


class _Blocks(yaml.SafeDumper):
    """Several lines as they are, for a reader."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, "|" if "\n" in text else None)


_Blocks.add_representer(str, _text)


def rules() -> str:
    """The rule groups as Prometheus reads them, without what only an estate knows."""
    alone = [
        {**group, "rules": [_alone(rule) for rule in group["rules"]]}
        for name in RULES
        for group in groups(name, Thresholds())
    ]
    return yaml.dump({"groups": alone}, Dumper=_Blocks, sort_keys=False, width=110, allow_unicode=True)


def _alone(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    said: Mapping[str, str] = rule["annotations"]
    return {**rule, "annotations": {name: text.replace(_IN_AN_ESTATE, "") for name, text in said.items()}}


def dashboard() -> tuple[str, str]:
    """File name and text of the exporters' dashboard; All takes series without `cluster` too."""
    made = document(exporters.DASHBOARD)
    for variable in made["templating"]["list"]:
        if variable["name"] == "cluster":
            variable["allValue"] = ".*"
    return f"{exporters.DASHBOARD.uid}.json", text(made)
