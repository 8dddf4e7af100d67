"""What a panel becomes: markup, a figure for plotly.js, or both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from dashboards.preview.asking.queries import Result
from dashboards.preview.frames.frame import Frame
from dashboards.preview.reading.model import Panel


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a legend: `trace` are the numbers of the figure's traces that it stands for."""

    name: str
    tone: str
    values: tuple[str, ...] = ()
    traces: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Legend:
    """What stands beside or below a figure."""

    entries: tuple[Entry, ...] = ()
    columns: tuple[str, ...] = ()
    right: bool = False
    table: bool = False
    more: int = 0


@dataclass(frozen=True, slots=True)
class Drawing:
    """`figure` has plotly's `data` and `layout`; `html` is markup whose texts are escaped already.

    `empty`: there was nothing to show.
    """

    figure: Mapping[str, Any] | None = None
    html: Markup = field(default_factory=Markup)
    legend: Legend = field(default_factory=Legend)
    notes: tuple[str, ...] = ()
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """What is drawn: a panel, its frames after all transformations, and where its links lead.

    `links` is what stands before a dashboard's uid in an address of this preview, or empty without one.
    """

    panel: Panel
    frames: Sequence[Frame]
    result: Result
    links: str = ""


NOTHING = Drawing(empty=True)
