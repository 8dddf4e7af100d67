"""What a dashboard says, as values: no layout arithmetic, no Grafana JSON. `panels.py` makes both of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

# Ids of Grafana's units: grafana/grafana packages/grafana-data/src/valueFormats/categories.ts
Unit = Literal[
    "bool_yes_no",
    "bytes",
    "Bps",
    "cps",
    "currencyEUR",
    "dateTimeFromNow",
    "dtdurations",
    "ops",
    "percentunit",
    "reqps",
    "s",
    "short",
]
Color = Literal["green", "orange", "red", "blue", "text"]


@dataclass(frozen=True, slots=True)
class Query:
    """One PromQL query; Grafana fills in `{{label}}` in `legend`.

    `collapses` says why the result has no `cluster`: empty unless it has none; the lint asks for the reason.
    """

    expr: str
    legend: str = ""
    collapses: str = ""


@dataclass(frozen=True, slots=True)
class Steps:
    """Thresholds: `base` holds below the first step; a step is a value from which its colour holds."""

    base: Color
    steps: tuple[tuple[float, Color], ...] = ()


def from_value(value: float, color: Color = "red") -> Steps:
    """Green below the value, that colour from it on."""
    return Steps("green", ((value, color),))


@dataclass(frozen=True, slots=True)
class Panel:
    """What all panels share. `about` says what a reader learns and when to worry; `width` is of 24.

    `missing` is shown when the queries have no result, which is not the same as zero. `drill` is the uid of
    the dashboard that tells more, `owner` the team that answers for the panel; where they are empty, those of
    the dashboard hold.
    """

    title: str
    about: str
    width: int
    height: int = field(default=8, kw_only=True)
    missing: str = field(default="no data", kw_only=True)
    drill: str = field(default="", kw_only=True)
    owner: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class Number(Panel):
    """One figure, now."""

    unit: Unit
    query: Query
    steps: Steps


@dataclass(frozen=True, slots=True)
class Lines(Panel):
    """Lines over time, from 0 up. `top` fixes the upper end; `limit` draws a line across."""

    unit: Unit
    queries: tuple[Query, ...]
    top: int | None = None
    limit: Steps | None = None


@dataclass(frozen=True, slots=True)
class Bars(Panel):
    """A bar for each series, now, in the order in which the query gives them."""

    unit: Unit
    query: Query
    steps: Steps = Steps("blue")
    top: float | None = None


@dataclass(frozen=True, slots=True)
class Heat(Panel):
    """How the observations of a histogram spread over time: a query for its buckets, by `le`."""

    unit: Unit
    query: Query


@dataclass(frozen=True, slots=True)
class State:
    """What a value means, in words and a colour."""

    value: int
    text: str
    color: Color


@dataclass(frozen=True, slots=True)
class States(Panel):
    """A band for each series over time, coloured by the states that its values mean."""

    query: Query
    states: tuple[State, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: a query whose results carry the table's keys. `words` replaces values by text."""

    name: str
    unit: Unit
    query: Query
    steps: Steps | None = None
    missing: str = "-"
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rows(Panel):
    """A table, now: a row for each value of the labels `keys`, a column for each query.

    `link` is the uid of the dashboard that the first key opens, with that key chosen.
    """

    keys: tuple[str, ...]
    columns: tuple[Column, ...]
    sort: str = ""
    descending: bool = True
    link: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Panels under one heading, laid out left to right and then down.

    A `closed` one is a heading until a reader opens it, and asks nothing until then.
    """

    title: str
    panels: tuple[Panel, ...]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """What a reader may choose besides data source and clusters: values of a label, by a query that asks for
    the variables above it.
    """

    name: str
    label: str
    query: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard. `uid` never changes once shipped: links and bookmarks hold it.

    `clusters` is the query of the cluster variable. `drill` is where its panels lead, `owner` who answers for
    them. `tags` are those besides ours: `estate` is held to recorded series by the lint. One that is `local`
    is about what also runs under `singlepane up`, and has something to show there.
    """

    uid: str
    title: str
    about: str
    sections: tuple[Section, ...]
    clusters: str
    drill: str
    variables: tuple[Variable, ...] = ()
    owner: str = "platform"
    since: str = "now-1h"
    refresh: str = "30s"
    tags: tuple[str, ...] = ()
    local: bool = False

    def panels(self) -> tuple[Panel, ...]:
        """All panels in reading order."""
        return tuple(panel for section in self.sections for panel in section.panels)


def queries(panel: Panel) -> tuple[tuple[str, Query], ...]:
    """A panel's queries, each with the letter that Grafana knows it by."""
    match panel:
        case Number() | Bars() | Heat() | States():
            found: tuple[Query, ...] = (panel.query,)
        case Lines():
            found = panel.queries
        case Rows():
            found = tuple(column.query for column in panel.columns)
        case _:
            raise TypeError(f"{type(panel).__name__} is no kind of panel")
    return tuple((chr(ord("A") + number), query) for number, query in enumerate(found))
