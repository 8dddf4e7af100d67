"""Maintenance that is done once: the silences of it in an Alertmanager, and what must change there. Pure.

Contract: https://github.com/prometheus/alertmanager/blob/v0.31.1/api/v2/openapi.yaml (postableSilence,
gettableSilence). A silence whose beginning is past begins at once; one whose end is past is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from estate.model import Estate, OneMaintenance
from estate.model.maintenance import LABELS, reach

CREATED_BY = "singlepane"
# Our comments begin with estate and row, so that estates may share an Alertmanager.
_OURS = re.compile(r"([-a-z0-9]+)/([-a-z0-9]+): ", re.ASCII)


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done with one silence. `now` is the silence as it is, `then` as it shall be."""

    action: Literal["create", "change", "expire", "keep"]
    name: str
    now: Mapping[str, Any] | None = None
    then: Mapping[str, Any] | None = None


def silence(estate: Estate, name: str, row: OneMaintenance) -> dict[str, Any]:
    """The silence of a row, as Alertmanager's API takes it. The Watchdog is in none."""
    matchers = [
        _matcher(label, "|".join(sorted(values)), regex=True)
        for label, values in zip(LABELS, reach(row), strict=True)
        if values is not None
    ]
    return {
        # A silence of nothing but what an alert is not would be refused.
        "matchers": [
            *(matchers or [_matcher("alertname", ".+", regex=True)]),
            _matcher("alertname", "Watchdog", equal=False),
        ],
        "startsAt": row.begin,
        "endsAt": row.end,
        "createdBy": CREATED_BY,
        "comment": f"{estate.name}/{name}: {row.comment}",
    }


def plan(estate: Estate, there: Iterable[Mapping[str, Any]], at: datetime) -> tuple[Change, ...]:
    """What must change so that our silences are those of the estate at this time; others' stay as they are.

    `there` are the silences of the Alertmanager. Rows that are over need none.
    """
    return tuple(_plan(estate, there, at))


def _plan(estate: Estate, there: Iterable[Mapping[str, Any]], at: datetime) -> Iterator[Change]:
    ours: dict[str, list[Mapping[str, Any]]] = {}
    for each in there:
        if name := _name(estate, each):
            ours.setdefault(name, []).append(each)
    for name, row in estate.alerts.maintenance.items():
        if not isinstance(row, OneMaintenance) or datetime.fromisoformat(row.end) <= at:
            continue
        then = silence(estate, name, row)
        found = sorted(ours.pop(name, []), key=lambda each: not _same(each, then, at))
        if not found:
            yield Change("create", name, then=then)
            continue
        same = _same(found[0], then, at)
        yield Change("keep" if same else "change", name, found[0], then)
        yield from (Change("expire", name, each) for each in found[1:])
    yield from (Change("expire", name, each) for name, rows in ours.items() for each in rows)


def _name(estate: Estate, each: Mapping[str, Any]) -> str:
    """The row that a silence is of, or nothing where it is not of this estate or is over."""
    mark = _OURS.match(each["comment"]) if each["createdBy"] == CREATED_BY else None
    if mark is None or mark[1] != estate.name or each["status"]["state"] == "expired":
        return ""
    return mark[2]


def _same(now: Mapping[str, Any], then: Mapping[str, Any], at: datetime) -> bool:
    begins, wanted = (datetime.fromisoformat(each["startsAt"]) for each in (now, then))
    ends = [datetime.fromisoformat(each["endsAt"]) for each in (now, then)]
    return (
        _compared(now) == _compared(then)
        and now["comment"] == then["comment"]
        and ends[0] == ends[1]
        # One that was made late began when it was made.
        and (begins == wanted or wanted < begins <= at)
    )


def _compared(each: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    keys = ("name", "value", "isRegex", "isEqual")
    return sorted(tuple(row.get(key, True) for key in keys) for row in each["matchers"])


def _matcher(name: str, value: str, *, regex: bool = False, equal: bool = True) -> dict[str, Any]:
    return {"name": name, "value": value, "isRegex": regex, "isEqual": equal}
