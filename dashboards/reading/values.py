"""A dashboard of any author as typed values. What is missing or of another type is empty here: rule D-01 says
so, and the other rules need not ask.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboards.reading.json_text import Places, Pointer

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DataSource:
    """What is asked: a type (`prometheus`) and a uid, which may be a variable; `given` is False for none."""

    type: str = ""
    uid: str = ""
    given: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """One query of a panel."""

    pointer: Pointer
    ref_id: str
    expr: str
    source: DataSource
    hidden: bool
    instant: bool
    raw: Raw


@dataclass(frozen=True, slots=True)
class Place:
    """Where a panel is on the grid of 24 columns."""

    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a dashboard, a panel or a value. `keeps_time` and `keeps_variables` are switches that Grafana
    has beside the address; `kind` is `dashboards` for a list by tag, `link` for an address.
    """

    pointer: Pointer
    url: str
    kind: str
    keeps_time: bool
    keeps_variables: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel. `row` is the pointer of the collapsed row that it is in; `library` says that it is kept
    elsewhere, so that nothing of it is here.
    """

    pointer: Pointer
    id: int | None
    type: str
    title: str
    description: str
    place: Place | None
    source: DataSource
    targets: tuple[Target, ...]
    defaults: Raw
    overrides: tuple[tuple[Pointer, Raw], ...]
    options: Raw
    transformations: Sequence[Any]
    links: tuple[Link, ...]
    row: Pointer | None
    library: bool
    raw: Raw

    @property
    def name(self) -> str:
        """How a person calls it."""
        return self.title or (f"panel {self.id}" if self.id is not None else f"{self.type or 'a'} panel")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a dashboard. `query` is its text; `options` are the values that the document holds."""

    pointer: Pointer
    name: str
    type: str
    query: str
    source: DataSource
    multi: bool
    include_all: bool
    all_value: str
    current: Any
    options: tuple[str, ...]
    refresh: int
    raw: Raw


@dataclass(frozen=True, slots=True)
class Annotation:
    """A query whose results are drawn over the panels."""

    pointer: Pointer
    name: str
    expr: str
    source: DataSource
    builtin: bool


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard. `panels` are all of them in reading order, rows and what is in them too; `root` is the
    pointer of the dashboard itself in its file.
    """

    file: str
    size: int
    root: Pointer
    raw: Raw
    uid: str
    title: str
    tags: tuple[str, ...]
    panels: tuple[Panel, ...]
    variables: tuple[Variable, ...]
    annotations: tuple[Annotation, ...]
    links: tuple[Link, ...]
    places: Places = field(repr=False, compare=False)

    def shown(self) -> tuple[Panel, ...]:
        """Panels without rows, which show nothing themselves."""
        return tuple(panel for panel in self.panels if panel.type != "row")

    def variable(self, name: str) -> Variable | None:
        """The variable of a name."""
        return next((each for each in self.variables if each.name == name), None)
