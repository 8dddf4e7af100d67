"""Cases: `alerts/trials/cases/GROUP.yaml` has one for each rule of `alerts/content/GROUP.yaml`.

```yaml
NodeNotReady:
  expects: {severity: warning, component: nodes, node: n1}
  series:
    kube_node_status_condition{node="n1", condition="Ready", status="true"}: {good: 1, bad: 0}
  near:
    unknown is not false: {"condition=": 1}
```
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import promql_parser as promql
import yaml

from estate.quantities import seconds

FOLDER = Path(__file__).parent / "cases"


@dataclass(frozen=True, slots=True)
class Values:
    """What a series is while all is well, and while it is not (see `values.py`)."""

    good: str
    bad: str


@dataclass(frozen=True, slots=True)
class Case:
    """What an alert is tried with.

    `expects`: its labels, without `team`. `apart`: labels by which one alert is told from the next; for each
    there is a twin of all series that differs in it alone and is well. `near`: what, put in the place of some
    of the bad values, must not even make it wait; `also`: what must make it fire as well. `lead`: seconds of
    all well before; `after` seconds of bad values the expression is true, `until` seconds after their end it
    is no more. `interval`: seconds between evaluations.
    """

    expects: Mapping[str, str]
    series: Mapping[str, Values]
    near: Mapping[str, Mapping[str, Values]]
    also: Mapping[str, Mapping[str, Values]] = field(default_factory=dict)
    apart: tuple[str, ...] = ()
    interval: int = 60
    lead: int = 600
    after: int = 0
    until: int = 0


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a recording rule makes of series: samples by their labels, `at` seconds after the first."""

    series: Mapping[str, str]
    gives: Mapping[str, float]
    at: int = 600
    interval: int = 60


def cases(group: str) -> Mapping[str, Case | Recorded]:
    """The cases of a group by the name of their rule. Raises ValueError for one that is not well written."""
    document = yaml.load((FOLDER / f"{group}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    return {name: _recorded(row) if "gives" in row else _case(name, row) for name, row in document.items()}


def labels(selector: str) -> Mapping[str, str]:
    """The labels of a series as it is written, without its name."""
    tree = promql.parse(selector)
    if not isinstance(tree, promql.VectorSelector):
        raise ValueError(f"{selector!r} is no series")  # noqa: TRY004 (it is the text that is wrong)
    return {each.name: each.value for each in tree.matchers.matchers if each.name != "__name__"}


def _case(name: str, row: Mapping[str, Any]) -> Case:
    known = {"expects", "series", "near", "also", "apart", "interval", "lead", "after", "until"}
    if unknown := row.keys() - known:
        raise ValueError(f"{name}: a case has no {', '.join(sorted(unknown))}")
    series = {selector: _values(each) for selector, each in row["series"].items()}
    expects = {label: str(value) for label, value in row["expects"].items()}
    interval = seconds(row.get("interval", "1m"))
    shared = set().union(*(labels(selector) for selector in series))
    apart = row.get("apart", [label for label in expects if label in shared and label != "cluster"])
    return Case(
        expects,
        series,
        _variants(name, series, row.get("near", {})),
        _variants(name, series, row.get("also", {})),
        tuple(apart),
        interval,
        seconds(row["lead"]) if "lead" in row else 10 * interval,
        seconds(row["after"]) if "after" in row else 0,
        seconds(row["until"]) if "until" in row else 0,
    )


def _recorded(row: Mapping[str, Any]) -> Recorded:
    return Recorded(
        {selector: str(value) for selector, value in row["series"].items()},
        {sample: float(value) for sample, value in row["gives"].items()},
        seconds(row.get("at", "10m")),
        seconds(row.get("interval", "1m")),
    )


def _values(row: Any) -> Values:
    if isinstance(row, Mapping):
        return Values(str(row["good"]), str(row["bad"]))
    return Values(str(row), str(row))


def _variants(
    name: str, series: Mapping[str, Values], rows: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Mapping[str, Values]]:
    """Overrides by series: what a variant writes is a part of the one series that it means.

    A bare value is what it is while all is not well.
    """
    found: dict[str, dict[str, Values]] = {}
    for variant, overrides in rows.items():
        found[variant] = {}
        for part, values in overrides.items():
            meant = [selector for selector in series if part in selector]
            if len(meant) != 1:
                raise ValueError(f"{name}, {variant}: {part!r} is in {len(meant)} of the series")
            well = series[meant[0]].good
            found[variant][meant[0]] = (
                _values(values) if isinstance(values, Mapping) else Values(well, str(values))
            )
    return found
