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

from alerts import links, slos
from alerts.asks import answered
from estate.components import Address, RuleFile, Template, text
from estate.model import Estate
from estate.model.thresholds import Thresholds
from estate.quantities import seconds

FOLDER = Path(__file__).parent / "content"
# The singlepane server serves docs/runbooks at /runbooks/NAME, and dashboards at /dashboards/UID.
SERVER = text("http://", Address("server", "http"))
TEAM = "platform"
# A label of a namespace, and the value that keeps it silent; kube-state-metrics says it of all namespaces.
MUTE = 'kube_namespace_labels{label_singlepane_alerts="off"}'
THRESHOLD = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Content:
    """A file of `alerts/content`, who evaluates it (see `estate.components.RuleFile`), and the exporters
    that it is about: where one of them does not run, the file is of no use and is left out. `board` is the
    dashboard that its alerts lead to, without `singlepane-`.

    `muted`: its alerts that keep a namespace are not about those with `MUTE`.
    """

    name: str
    scope: Literal["cluster", "hub", "global"]
    board: str
    needs: tuple[str, ...] = ()
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Places:
    """Where links of alerts lead: the singlepane server, and what a dashboard's uid is put behind."""

    server: Template
    boards: Template


CONTENTS = (
    Content("heartbeat", "cluster", "estate"),
    Content("prometheus", "cluster", "prometheus"),
    Content("sidecars", "cluster", "thanos"),
    Content("clocks", "cluster", "cluster"),
    Content("exporters", "cluster", "exporters"),
    Content("estate", "cluster", "estate"),
    Content("azure", "cluster", "exporters"),
    Content("compaction", "hub", "thanos"),
    Content("alerting", "hub", "on-call"),
    Content("thanos", "hub", "thanos"),
    Content("certificates", "hub", "expiry"),
    Content("clusters", "global", "estate"),
    Content("days", "global", "prometheus"),
    Content("hosts", "cluster", "cluster", ("node-exporter",)),
    Content("nodes", "cluster", "cluster", ("kube-state-metrics", "kubelet")),
    Content("workloads", "cluster", "workload", ("cadvisor", "kube-state-metrics"), muted=True),
    Content("volumes", "cluster", "workload", ("kube-state-metrics", "kubelet"), muted=True),
    Content("dns", "cluster", "cluster", ("coredns",)),
    Content("apiserver", "cluster", "cluster", ("kube-apiserver",)),
    Content("apiservers", "global", "cluster", ("kube-apiserver",)),
    Content("usage", "cluster", "workload", ("cadvisor", "kube-state-metrics")),
    Content("issued-certificates", "cluster", "expiry", ("cert-manager",)),
    Content("secrets", "cluster", "expiry", ("external-secrets",)),
    Content("argo-cd", "cluster", "delivery", ("argo-cd",)),
    Content("probes", "cluster", "ingress", ("blackbox-exporter",)),
    Content("ingress-nginx", "cluster", "ingress", ("ingress-nginx",)),
    Content("gateways", "cluster", "ingress", ("istio",)),
    Content("external-dns", "cluster", "expiry", ("external-dns",)),
    Content("pipelines", "cluster", "delivery", ("azure-devops-exporter",)),
    Content("logs", "cluster", "logging", ("otel-collector",)),
    Content("log-agents", "cluster", "logging", ("fluent-bit",)),
    Content("autoscaler", "cluster", "cluster", ("cluster-autoscaler",)),
    Content("node-pools", "cluster", "cluster", ("karpenter",)),
    Content("azure-facts", "cluster", "azure", ("azure-resourcemanager-exporter",)),
    Content("azure-resources", "cluster", "azure", ("azure",)),
    Content("spending", "global", "cost", ("azure-resourcemanager-exporter",)),
    Content("slos", "global", "slo", ("slos",)),
)


def rule_files(
    estate: Estate, base_url: Template = SERVER, runs: Iterable[str] = (), boards: Template | None = None
) -> tuple[RuleFile, ...]:
    """The rule files that have something to look at, with the house rules and the estate's thresholds.

    `base_url` is where people reach the singlepane server, `boards` what a dashboard's uid is put behind: the
    pages of that server, unless said. `runs` are the exporters that the target brings along; those that the
    estate has or names (`alerts.sets`) are added.
    """
    there = {*runs, *estate.alerts.sets, *(row.kind for row in estate.exporters.values())}
    there |= {"slos"} if estate.slos else set()
    places = Places(base_url, boards if boards is not None else links.joined(base_url, "/dashboards/"))
    files = (_rule_file(content, places, estate) for content in CONTENTS if there.issuperset(content.needs))
    found = tuple(file for file in files if any(group["rules"] for group in file.document["groups"]))
    return (*found, slos.records(estate)) if estate.slos else found


def named(files: Iterable[RuleFile]) -> dict[str, Mapping[str, Any]]:
    """Every alert of these files by its name. Two files may have one under the same name, for different
    exporters.
    """
    return {
        rule["alert"]: rule
        for file in files
        for group in file.document["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }


def groups(name: str, thresholds: Thresholds) -> list[dict[str, Any]]:
    """The rule groups of a file of `alerts/content` as they are written, with these thresholds in place."""

    def figure(match: re.Match[str]) -> str:
        value = getattr(thresholds, match[1])
        return repr(seconds(value) if isinstance(value, str) else value)

    written = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = yaml.load(THRESHOLD.sub(figure, written), yaml.CSafeLoader)["groups"]
    return found


def _rule_file(content: Content, places: Places, estate: Estate) -> RuleFile:
    found = [
        {
            **group,
            "rules": [
                _by_the_house(rule, content, places)
                for rule in group["rules"]
                if answered(rule.get("alert", ""), estate)
            ],
        }
        for group in groups(content.name, estate.alerts.thresholds)
    ]
    return RuleFile(content.name, content.scope, {"groups": found})


def _by_the_house(rule: Mapping[str, Any], content: Content, places: Places) -> Mapping[str, Any]:
    """An alert with its team and its links; a recording rule as it is."""
    if "alert" not in rule:
        return rule
    # Series of one cluster bear no `cluster` in its own Prometheus: it is added when an alert leaves.
    cluster = "{{ $labels.cluster }}" if content.scope == "global" else "{{ $externalLabels.cluster }}"
    expr = rule["expr"].strip()
    muted = content.muted and "namespace" in expr
    return {
        **rule,
        "expr": f"({expr})\nunless on (cluster, namespace)\n{MUTE}\n" if muted else rule["expr"],
        "labels": {"team": TEAM, **rule["labels"]},
        "annotations": {
            **rule["annotations"],
            "runbook_url": links.runbook(rule, places.server),
            "dashboard_url": links.dashboard(rule, places.boards, content.board, cluster),
        },
    }
