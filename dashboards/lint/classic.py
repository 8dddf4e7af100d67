"""The form of a classic dashboard at schema version 42, as types.

Source: grafana/grafana kinds/dashboard/dashboard_kind.cue; the Foundation SDK's models have the same names
and types. What Grafana writes as null may be null. Keys that are not here are not looked at.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

SCHEMA_VERSION = 42

Choice = str | list[str] | None


class Classic(msgspec.Struct, rename="camel"):
    """What all of them share: keys in camel case."""


class TimeRange(Classic):
    """What is shown when the dashboard is opened."""

    from_: str = msgspec.field(name="from")
    to: str


class Source(Classic):
    """A data source."""

    type: str | None = None
    uid: str | None = None


class Grid(Classic):
    """A place on the grid of 24 columns."""

    h: int
    w: int
    x: int
    y: int


class Link(Classic):
    """A link of a dashboard or a panel."""

    title: str | None = None
    type: Literal["link", "dashboards"] | None = None
    url: str | None = None
    tags: list[str] | None = None
    as_dropdown: bool | None = None
    include_vars: bool | None = None
    keep_time: bool | None = None
    target_blank: bool | None = None


class Step(Classic):
    """Where a threshold begins; null is minus infinity."""

    color: str
    value: float | None = None


class Thresholds(Classic):
    """Thresholds of a field."""

    mode: Literal["absolute", "percentage"]
    steps: list[Step]


class Mapping(Classic):
    """A value that is shown as something else."""

    type: Literal["value", "range", "regex", "special"]
    options: dict[str, Any]


class Defaults(Classic):
    """How all fields of a panel are shown."""

    unit: str | None = None
    decimals: float | None = None
    min: float | None = None
    max: float | None = None
    no_value: str | None = None
    display_name: str | None = None
    description: str | None = None
    mappings: list[Mapping] | None = None
    thresholds: Thresholds | None = None
    color: dict[str, Any] | None = None
    links: list[Link] | None = None
    custom: dict[str, Any] | None = None


class Identified(Classic):
    """A matcher, a property or a transformation: an id with options."""

    id: str


class Override(Classic):
    """How some fields are shown."""

    matcher: Identified
    properties: list[Identified]


class Fields(Classic):
    """How values are shown."""

    defaults: Defaults
    overrides: list[Override]


class Target(Classic):
    """A query."""

    ref_id: str | None = None
    datasource: Source | None = None
    hide: bool | None = None
    expr: str | None = None
    instant: bool | None = None
    range: bool | None = None
    legend_format: str | None = None
    interval: str | None = None


class Panel(Classic):
    """A panel or a row."""

    type: str
    id: int | None = None
    title: str | None = None
    description: str | None = None
    transparent: bool | None = None
    datasource: Source | None = None
    grid_pos: Grid | None = None
    targets: list[Target] | None = None
    links: list[Link] | None = None
    repeat: str | None = None
    repeat_direction: Literal["h", "v"] | None = None
    max_per_row: float | None = None
    max_data_points: float | None = None
    interval: str | None = None
    time_from: str | None = None
    time_shift: str | None = None
    transformations: list[Identified] | None = None
    options: dict[str, Any] | None = None
    field_config: Fields | None = None
    collapsed: bool | None = None
    panels: list[dict[str, Any]] | None = None


class Option(Classic):
    """A value of a variable."""

    text: Choice = None
    value: Choice = None
    selected: bool | None = None


class Variable(Classic):
    """A variable."""

    type: Literal[
        "query",
        "adhoc",
        "groupby",
        "constant",
        "datasource",
        "interval",
        "textbox",
        "custom",
        "system",
        "snapshot",
        "switch",
    ]
    name: str
    label: str | None = None
    hide: Literal[0, 1, 2, 3] | None = None
    skip_url_sync: bool | None = None
    query: str | dict[str, Any] | None = None
    datasource: Source | None = None
    current: Option | None = None
    multi: bool | None = None
    include_all: bool | None = None
    all_value: str | None = None
    options: list[Option] | None = None
    refresh: Literal[0, 1, 2] | None = None
    sort: Literal[0, 1, 2, 3, 4, 5, 6, 7, 8] | None = None
    regex: str | None = None
    definition: str | None = None


class Annotation(Classic):
    """A query drawn over the panels."""

    name: str
    enable: bool
    icon_color: str
    datasource: Source | None = None
    hide: bool | None = None
    expr: str | None = None
    type: str | None = None


class Head(Classic):
    """A dashboard without what is in its lists."""

    schema_version: int
    id: int | None = None
    uid: str | None = None
    title: str | None = None
    description: str | None = None
    tags: list[str] | None = None
    timezone: str | None = None
    editable: bool | None = None
    graph_tooltip: Literal[0, 1, 2] | None = None
    time: TimeRange | None = None
    timepicker: dict[str, Any] | None = None
    fiscal_year_start_month: int | None = None
    live_now: bool | None = None
    week_start: str | None = None
    refresh: str | None = None
    version: int | None = None
    preload: bool | None = None
    panels: list[dict[str, Any]] | None = None
    templating: dict[str, Any] | None = None
    annotations: dict[str, Any] | None = None
    links: list[Link] | None = None
