"""Every metric, label and value that a rule, a case or a runbook names is one that its exporter has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import get_args

import promql_parser as promql

from alerts.recorded import OF_SLOS, OF_SLOTH
from alerts.rules import CONTENTS
from alerts.trials.cases import FOLDER, cases
from catalogue.metric import Metric
from catalogue.shipped import documents, shipped
from deploy.cluster_wiring import RUNS
from deploy.targets.kubernetes.objects import beside, observed
from estate.model.alerts import AlertSet
from promql.reading import walk
from tests.alerts.rendered import RUNBOOKS, every_rule

# Labels that our scrape configuration gives to whatever an exporter says,
# and where a target's own label pushes aside that of a series.
TARGET = frozenset({"cluster", "component", "exported_namespace", "instance", "job", "le"})
# Whose targets have the label `node` as well, and `up` of these.
ON_NODES = frozenset({"cadvisor", "kubelet", "node-exporter", "prometheus-scrape"})
# What the gate of alerts says of itself (deploy/gates), which the catalogue does not hold yet.
GATE = re.compile(r"alert_gate_\w+")


@dataclass(frozen=True, slots=True)
class Use:
    """A metric as it is used: where, and with which labels; a value of None may be any."""

    where: str
    name: str
    labels: tuple[tuple[str, str | None], ...]


@cache
def used() -> tuple[Use, ...]:
    """Every selector of every rule, case and runbook."""
    return tuple(_used())


def _used() -> Iterator[Use]:
    for group, rules in every_rule().items():
        for name, rule in rules.items():
            yield from _selectors(f"{group}: {name}", rule["expr"])
    for path in FOLDER.glob("*.yaml"):
        for name, case in cases(path.stem).items():
            for selector in case.series:
                yield from _selectors(f"case of {path.stem}: {name}", selector)
    for page in sorted(RUNBOOKS.glob("*.md")):
        for block in re.findall(r"```promql\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            yield from _selectors(f"runbook {page.stem}", block)


def _selectors(where: str, query: str) -> Iterator[Use]:
    for part, _ in walk(promql.parse(query)):
        if isinstance(part, promql.VectorSelector) and part.name:
            # A word in capitals is for the reader to fill in.
            own = (
                (each.name, None if each.op != promql.MatchOp.Equal or each.value.isupper() else each.value)
                for each in part.matchers.matchers
                if each.name != "__name__"
            )
            yield Use(where, part.name, tuple(own))


@cache
def _recorded() -> Mapping[str, frozenset[str]]:
    """What our own rules record, with the labels that it has."""
    found: dict[str, frozenset[str]] = {}
    for rules in every_rule().values():
        for name, rule in rules.items():
            if "record" in rule:
                by = re.findall(r"by \(([^)]*)\)", rule["expr"])
                names = {label for part in by for label in part.split(", ")} | set(rule.get("labels", ()))
                found[name] = frozenset(names)
    of_slos = frozenset({"cluster", "sloth_id", "sloth_service", "sloth_slo", "sloth_window", "team"})
    return found | dict.fromkeys(OF_SLOTH | OF_SLOS, of_slos)


def _labels(metric: Metric) -> frozenset[str]:
    on_nodes = any(each.split(" ")[0] in ON_NODES for each in metric.exporters)
    return frozenset(metric.labels) | TARGET | ({"node"} if on_nodes else set())


def test_every_metric_exists() -> None:
    """No name that was mistyped, renamed upstream, or never there."""
    unknown = {
        f"{use.where}: {use.name}"
        for use in used()
        if use.name not in _recorded()
        and shipped().series(use.name) is None
        and not shipped().named_at_run_time(use.name)
        and not GATE.fullmatch(use.name)
    }
    assert not unknown


def test_every_label_and_value_exists() -> None:
    """An alert on `phase="failed"` could never fire: the value is `Failed`."""
    wrong = set()
    for use in used():
        metric = shipped().series(use.name)
        if metric is None or use.name.startswith("ALERTS"):
            continue
        for label, value in use.labels:
            if label not in _labels(metric) and not metric.has(label):
                wrong.add(f"{use.where}: {use.name} has no label {label}")
            values = metric.labels.get(label)
            if value is not None and values is not None and value not in values:
                wrong.add(f"{use.where}: {use.name} has no {label}={value}")
    assert not wrong


def test_clusters_keep_what_rules_read() -> None:
    """What kubelets, API server and DNS say is thinned out at the scrape: no rule reads what was dropped."""
    kept = (
        *observed.KUBELET_METRICS,
        *observed.CONTAINER_METRICS,
        *observed.DNS_METRICS,
        *observed.API_SERVER_METRICS,
    )
    about = re.compile(r"kubelet_|container_|coredns_|apiserver_|aggregator_")
    dropped = {
        f"{use.where}: {use.name}"
        for use in used()
        if about.match(use.name) and not re.fullmatch("|".join(kept), use.name)
    }
    assert not dropped
    never = re.compile("|".join(beside.DROPPED))
    assert not {use.name for use in used() if use.name.startswith("kube_") and never.fullmatch(use.name)}


def test_needs_are_exporters_of_the_catalogue() -> None:
    """A file of rules, a target and an estate all call an exporter by the name that the catalogue has."""
    named = {document["exporter"] for document in documents()}
    assert named >= set(RUNS) | set(get_args(AlertSet))
    needed = {need for content in CONTENTS for need in content.needs}
    # Our own exporter, and rows of the estate.
    assert needed - {"azure", "slos"} <= set(RUNS) | set(get_args(AlertSet))
