"""A dashboard as the preview sees it, whatever version of Grafana wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from dashboards.interpolation.formats import Value

Form = Literal["time_series", "table", "heatmap"]


@dataclass(frozen=True, slots=True)
class Target:
    """One query of a panel. `source` is the kind of its data source, empty where it is not said."""

    ref: str
    expr: str
    legend: str = ""
    form: Form = "time_series"
    instant: bool = False
    ranged: bool = True
    hidden: bool = False
    interval: str = ""
    factor: int = 1
    source: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a panel stands on the grid of 24 columns."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel. `defaults`, `overrides` and `options` stay as the document has them.

    `scope` are values that hold in it alone, because it is one of several made by `repeat`.
    """

    number: int
    kind: str
    title: str
    about: str
    place: Place
    targets: tuple[Target, ...] = ()
    transformations: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    overrides: tuple[Mapping[str, Any], ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    interval: str = ""
    points: int = 0
    time_from: str = ""
    time_shift: str = ""
    repeat: str = ""
    down: bool = False
    per_row: int = 4
    transparent: bool = False
    scope: Mapping[str, Value] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Panels under one heading; the first section may have none."""

    title: str
    panels: tuple[Panel, ...]
    collapsed: bool = False
    repeat: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the dashboard; `options` and `current` are (text, value)."""

    name: str
    label: str
    kind: str
    query: str = ""
    regex: str = ""
    sort: int = 0
    multi: bool = False
    include_all: bool = False
    all_value: str = ""
    current: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    hidden: bool = False
    auto: bool = False
    auto_count: int = 30
    auto_least: str = "10s"


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The whole of it. `since` and `until` as Grafana writes times: `now-1h`, or a moment."""

    uid: str
    title: str
    about: str
    tags: tuple[str, ...]
    since: str
    until: str
    sections: tuple[Section, ...]
    variables: tuple[Variable, ...]
    notes: tuple[str, ...] = ()

    def panels(self) -> tuple[Panel, ...]:
        """All panels in reading order."""
        return tuple(panel for section in self.sections for panel in section.panels)
