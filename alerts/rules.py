"""Alert rules: content in `alerts/content`, and the house rules that are applied once to all of it.

Contract: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/, and for `global`
files also https://thanos.io/tip/components/rule.md (`partial_response_strategy`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from estate.components import Address, RuleFile, Template, text
from estate.model import Estate

FOLDER = Path(__file__).parent / "content"
# The singlepane server serves docs/runbooks at /runbooks/NAME, and one cluster's view at /?cluster=NAME.
SERVER = text("http://", Address("server", "http"))
TEAM = "platform"


@dataclass(frozen=True, slots=True)
class Content:
    """A file of `alerts/content`, and who evaluates it (see `estate.components.RuleFile`)."""

    name: str
    scope: Literal["cluster", "hub", "global"]


CONTENTS = (
    Content("heartbeat", "cluster"),
    Content("prometheus", "cluster"),
    Content("sidecars", "cluster"),
    Content("clocks", "cluster"),
    Content("exporters", "cluster"),
    Content("azure", "cluster"),
    Content("compaction", "hub"),
    Content("alerting", "hub"),
    Content("certificates", "hub"),
    Content("clusters", "global"),
)


def rule_files(estate: Estate, base_url: Template = SERVER) -> tuple[RuleFile, ...]:
    """All rule files with the house rules applied. `base_url` is where people reach the singlepane server.

    They are the same for every estate: what differs between clusters is in the labels of their series.
    """
    return tuple(_rule_file(content, base_url) for content in CONTENTS)


def _rule_file(content: Content, base_url: Template) -> RuleFile:
    document = yaml.safe_load((FOLDER / f"{content.name}.yaml").read_text(encoding="utf-8"))
    groups = [
        {**group, "rules": [_by_the_house(rule, content, base_url) for rule in group["rules"]]}
        for group in document["groups"]
    ]
    return RuleFile(content.name, content.scope, {"groups": groups})


def _by_the_house(rule: Mapping[str, Any], content: Content, base_url: Template) -> Mapping[str, Any]:
    """An alert with its team and its links; a recording rule as it is."""
    if "alert" not in rule:
        return rule
    # Series of one cluster bear no `cluster` in its own Prometheus: it is added when an alert leaves.
    cluster = "{{ $labels.cluster }}" if content.scope == "global" else "{{ $externalLabels.cluster }}"
    return {
        **rule,
        "labels": {"team": TEAM, **rule["labels"]},
        "annotations": {
            **rule["annotations"],
            "runbook_url": _link(base_url, f"/runbooks/{rule['alert']}"),
            "dashboard_url": _link(base_url, f"/?cluster={cluster}"),
        },
    }


def _link(base_url: Template, path: str) -> Template:
    return base_url + path if isinstance(base_url, str) else text(base_url, path)
