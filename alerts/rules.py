"""Alert rules: content in `alerts/content`, and the house rules that are applied once to all of it.

Contract: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/, and for `global`
files also https://thanos.io/tip/components/rule.md (`partial_response_strategy`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from alerts.asks import answered
from estate.components import Address, RuleFile, Template, text
from estate.model import Estate
from estate.model.thresholds import Thresholds
from estate.quantities import seconds

FOLDER = Path(__file__).parent / "content"
# The singlepane server serves docs/runbooks at /runbooks/NAME, and one cluster's view at /?cluster=NAME.
SERVER = text("http://", Address("server", "http"))
TEAM = "platform"
# A label of a namespace, and the value that keeps it silent; kube-state-metrics says it of all namespaces.
MUTE = 'kube_namespace_labels{label_singlepane_alerts="off"}'
_THRESHOLD = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Content:
    """A file of `alerts/content`, who evaluates it (see `estate.components.RuleFile`), and the exporters
    that it is about: where one of them does not run, the file is of no use and is left out.

    `muted`: its alerts are about things in namespaces, and not about those in namespaces with `MUTE`.
    """

    name: str
    scope: Literal["cluster", "hub", "global"]
    needs: tuple[str, ...] = ()
    muted: bool = False


CONTENTS = (
    Content("heartbeat", "cluster"),
    Content("prometheus", "cluster"),
    Content("sidecars", "cluster"),
    Content("clocks", "cluster"),
    Content("exporters", "cluster"),
    Content("estate", "cluster"),
    Content("azure", "cluster"),
    Content("compaction", "hub"),
    Content("alerting", "hub"),
    Content("thanos", "hub"),
    Content("certificates", "hub"),
    Content("clusters", "global"),
    Content("days", "global"),
    Content("hosts", "cluster", ("node-exporter",)),
    Content("nodes", "cluster", ("kube-state-metrics", "kubelet")),
    Content("workloads", "cluster", ("cadvisor", "kube-state-metrics"), muted=True),
    Content("volumes", "cluster", ("kube-state-metrics", "kubelet"), muted=True),
    Content("dns", "cluster", ("coredns",)),
    Content("apiserver", "cluster", ("kube-apiserver",)),
    Content("apiservers", "global", ("kube-apiserver",)),
    Content("usage", "cluster", ("cadvisor", "kube-state-metrics")),
    Content("issued-certificates", "cluster", ("cert-manager",)),
    Content("secrets", "cluster", ("external-secrets",)),
    Content("argo-cd", "cluster", ("argo-cd",)),
    Content("probes", "cluster", ("blackbox-exporter",)),
    Content("ingress-nginx", "cluster", ("ingress-nginx",)),
    Content("gateways", "cluster", ("istio",)),
    Content("external-dns", "cluster", ("external-dns",)),
    Content("pipelines", "cluster", ("azure-devops-exporter",)),
    Content("logs", "cluster", ("otel-collector",)),
    Content("log-agents", "cluster", ("fluent-bit",)),
    Content("autoscaler", "cluster", ("cluster-autoscaler",)),
    Content("node-pools", "cluster", ("karpenter",)),
    Content("azure-facts", "cluster", ("azure-resourcemanager-exporter",)),
    Content("azure-resources", "cluster", ("azure",)),
    Content("spending", "global", ("azure-resourcemanager-exporter",)),
)


def rule_files(estate: Estate, base_url: Template = SERVER, runs: Iterable[str] = ()) -> tuple[RuleFile, ...]:
    """The rule files that have something to look at, with the house rules and the estate's thresholds.

    `base_url` is where people reach the singlepane server. `runs` are the exporters that the target brings
    along; those that the estate has or names (`alerts.sets`) are added.
    """
    there = {*runs, *estate.alerts.sets, *(row.kind for row in estate.exporters.values())}
    files = (_rule_file(content, base_url, estate) for content in CONTENTS if there.issuperset(content.needs))
    return tuple(file for file in files if any(group["rules"] for group in file.document["groups"]))


def groups(name: str, thresholds: Thresholds) -> list[dict[str, Any]]:
    """The rule groups of a file of `alerts/content` as they are written, with these thresholds in place."""

    def figure(match: re.Match[str]) -> str:
        value = getattr(thresholds, match[1])
        return repr(seconds(value) if isinstance(value, str) else value)

    written = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = yaml.load(_THRESHOLD.sub(figure, written), yaml.CSafeLoader)["groups"]
    return found


def _rule_file(content: Content, base_url: Template, estate: Estate) -> RuleFile:
    found = [
        {
            **group,
            "rules": [
                _by_the_house(rule, content, base_url)
                for rule in group["rules"]
                if answered(rule.get("alert", ""), estate)
            ],
        }
        for group in groups(content.name, estate.alerts.thresholds)
    ]
    return RuleFile(content.name, content.scope, {"groups": found})


def _by_the_house(rule: Mapping[str, Any], content: Content, base_url: Template) -> Mapping[str, Any]:
    """An alert with its team and its links; a recording rule as it is."""
    if "alert" not in rule:
        return rule
    # Series of one cluster bear no `cluster` in its own Prometheus: it is added when an alert leaves.
    cluster = "{{ $labels.cluster }}" if content.scope == "global" else "{{ $externalLabels.cluster }}"
    expr = rule["expr"].strip()
    return {
        **rule,
        "expr": f"({expr})\nunless on (cluster, namespace)\n{MUTE}\n" if content.muted else rule["expr"],
        "labels": {"team": TEAM, **rule["labels"]},
        "annotations": {
            **rule["annotations"],
            "runbook_url": _link(base_url, f"/runbooks/{rule['alert']}"),
            "dashboard_url": _link(base_url, f"/?cluster={cluster}"),
        },
    }


def _link(base_url: Template, path: str) -> Template:
    return base_url + path if isinstance(base_url, str) else text(base_url, path)
