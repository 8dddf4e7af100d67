"""An alert explained: why it fires, on what it rests, who is told, and what it was tried with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import yaml

from alerts.asks import answered
from alerts.routing import EXPLANATIONS
from alerts.rules import CONTENTS, FOLDER, MUTE, THRESHOLD, Content
from alerts.told import Told, told
from alerts.trials.cases import Case, cases
from catalogue.catalogue import Catalogue
from estate.components import RuleFile
from estate.model import Estate
from promql.needed import needed
from promql.reading import read
from promql.selectors import uses

EVALUATED: Mapping[str, str] = {
    "cluster": "the Prometheus of every cluster, over what it scrapes itself",
    "hub": "the Prometheus of the hub, over the global parts",
    "global": "the ruler (Thanos Rule), over all clusters",
}


@dataclass(frozen=True, slots=True)
class Read:
    """A metric that the expression reads, and whom it comes from; nobody where that is not known. `needed`:
    without it the alert cannot fire.
    """

    metric: str
    type: str
    of: tuple[str, ...]
    needed: bool


@dataclass(frozen=True, slots=True)
class Threshold:
    """A figure of the estate in the expression, and the one that it has unless said."""

    key: str
    value: str
    default: str


@dataclass(frozen=True, slots=True)
class Trials:
    """What the alert was tried with, in words: `fires` and `silent` are variants beside the plain case."""

    seconds: int
    fires: tuple[str, ...]
    silent: tuple[str, ...]
    apart: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """One alert of a file. `held_back` and `holds_back` are alerts as matchers, with what must be equal."""

    alert: str
    file: str
    scope: str
    expr: str
    waits: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    thresholds: tuple[Threshold, ...]
    reads: tuple[Read, ...]
    told: tuple[Told, ...]
    held_back: tuple[str, ...]
    holds_back: tuple[str, ...]
    trials: Trials | None

    def document(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {**asdict(self), "evaluated_by": EVALUATED[self.scope]}


def explained(
    name: str, files: tuple[RuleFile, ...], estate: Estate, catalogue: Catalogue, at: datetime
) -> Iterator[Explained]:
    """Every alert of that name in the rules of an estate: two files may have one, for different exporters.
    Who is told is said of a firing at this time.
    """
    recorded = {
        record: file.name
        for file in files
        for group in file.document["groups"]
        for rule in group["rules"]
        if (record := rule.get("record"))
    }
    for file in files:
        for group in file.document["groups"]:
            for rule in group["rules"]:
                if rule.get("alert") == name:
                    yield _of(rule, file, estate, recorded, catalogue, at)


def why_not(name: str, estate: Estate) -> str:
    """Why an estate does not have an alert of ours; nothing where there is none of that name."""
    for content in CONTENTS:
        if name not in _written(content):
            continue
        if not answered(name, estate):
            return "no exporter of the estate reads the Azure metric that it is about"
        return f"nothing of this estate is {' or '.join(content.needs)}, which it needs"
    return ""


def _of(
    rule: Mapping[str, Any],
    file: RuleFile,
    estate: Estate,
    recorded: Mapping[str, str],
    catalogue: Catalogue,
    at: datetime,
) -> Explained:
    labels = {"alertname": rule["alert"], **rule["labels"]}
    trial = cases(file.name).get(rule["alert"]) if file.name != "heartbeat" else None
    return Explained(
        alert=rule["alert"],
        file=file.name,
        scope=file.scope,
        expr=rule["expr"].strip(),
        waits=rule.get("for", ""),
        labels=rule["labels"],
        annotations=rule["annotations"],
        thresholds=tuple(_thresholds(rule["alert"], file.name, estate)),
        reads=tuple(_reads(rule["expr"], recorded, catalogue)),
        told=told(estate.alerts, labels, at),
        held_back=tuple(_held_back(rule)),
        holds_back=tuple(
            _with_equal(row.target, row.equal) for row in EXPLANATIONS if _meant(row.source, rule["alert"])
        ),
        trials=_trials(trial) if isinstance(trial, Case) else None,
    )


def _reads(expr: str, recorded: Mapping[str, str], catalogue: Catalogue) -> Iterator[Read]:
    tree = read(expr)
    if isinstance(tree, tuple):
        return
    must = needed(tree)
    for name in dict.fromkeys(use.name for use in uses(tree) if use.name):
        metric = catalogue.series(name)
        if name in recorded:
            yield Read(name, "recorded", (f"our rules in {recorded[name]}",), name in must)
        elif metric:
            yield Read(name, metric.type, metric.exporters, name in must)
        elif catalogue.named_at_run_time(name):
            yield Read(name, "", ("an exporter that names it at run time",), name in must)
        else:
            yield Read(name, "", (), name in must)


def _thresholds(alert: str, file: str, estate: Estate) -> Iterator[Threshold]:
    content = next(each for each in CONTENTS if each.name == file)
    for key in dict.fromkeys(THRESHOLD.findall(_written(content)[alert])):
        mine = estate.alerts.thresholds
        yield Threshold(key, str(getattr(mine, key)), str(type(mine).model_fields[key].get_default()))


def _written(content: Content) -> Mapping[str, str]:
    """Expressions of a file by the names of their alerts, before figures are put in."""
    text = (FOLDER / f"{content.name}.yaml").read_text(encoding="utf-8")
    return {
        rule["alert"]: rule["expr"]
        for group in yaml.load(text, yaml.CSafeLoader)["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }


def _held_back(rule: Mapping[str, Any]) -> Iterator[str]:
    for row in EXPLANATIONS:
        if _meant(row.target, rule["alert"]) and not _meant(row.source, rule["alert"]):
            yield _with_equal(row.source, row.equal)
    if MUTE in rule["expr"]:
        yield f"the label of its namespace, {MUTE}"


def _with_equal(matcher: str, equal: tuple[str, ...]) -> str:
    return f"alertname{matcher}, of the same {', '.join(('cluster', *equal))}"


def _meant(matcher: str, alert: str) -> bool:
    """Whether a matcher of `alertname` is about an alert."""
    match = re.fullmatch(r'(=~|!~|!=|=)"(.*)"', matcher)
    if match is None:
        raise ValueError(f"{matcher!r} is no matcher")
    found = re.fullmatch(match[2], alert) is not None
    return found is not match[1].startswith("!")


def _trials(case: Case) -> Trials:
    return Trials(case.after, tuple(case.also), tuple(case.near), case.apart)
