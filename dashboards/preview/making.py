"""From a dashboard and a reader's choices to everything that its page shows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from dashboards.interpolation.filling import title
from dashboards.preview.asking.api import Api
from dashboards.preview.asking.choices import Choice, choices
from dashboards.preview.asking.queries import Result, plain, result
from dashboards.preview.asking.scope import Scope
from dashboards.preview.asking.times import moment
from dashboards.preview.panels import PANELS, UNASKED
from dashboards.preview.panels.drawing import Drawing, Subject
from dashboards.preview.panels.lists import ALERTS, unknown
from dashboards.preview.reading.model import Dashboard, Panel, Section, Target
from dashboards.preview.repeats import laid_out
from dashboards.preview.transformations import transformed

HOUR = 3_600_000
MOST_WARNINGS = 5


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader asks for. `since` and `until` as Grafana writes times, empty for the dashboard's own;
    `chosen` values by variable; `now` in seconds since 1970; `scrape` in milliseconds; `opened` the numbers
    of folded rows to show, None for all of them; `links` what stands before a uid in addresses, or empty.
    """

    now: float
    since: str = ""
    until: str = ""
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    scrape: int = 15_000
    opened: frozenset[int] | None = None
    links: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One panel as it is shown. `errors` make its badge red, `notes` are said below it."""

    panel: Panel
    title: str
    drawing: Drawing
    errors: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """`failed`, `empty`, `partial` (the API warned), `noted` or `shown`."""
        if self.errors:
            return "failed"
        if self.drawing.empty:
            return "empty"
        if self.warnings:
            return "partial"
        return "noted" if self.notes else "shown"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A section: its heading and its tiles; a folded one has none."""

    title: str
    number: int
    folded: bool
    count: int
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """All of it, as values."""

    dashboard: Dashboard
    title: str
    choices: tuple[Choice, ...]
    shelves: tuple[Shelf, ...]
    scope: Scope
    since: str
    until: str
    wish: Wish
    problems: tuple[str, ...] = ()

    def tiles(self) -> tuple[Tile, ...]:
        """All tiles in reading order."""
        return tuple(tile for shelf in self.shelves for tile in shelf.tiles)


async def page(dashboard: Dashboard, wish: Wish, api: Api) -> Page:
    """Ask everything, draw everything. Never raises for what the dashboard or the API say."""
    since, until, begin, end, problems = _times(dashboard, wish)
    scope = Scope(begin, end, max(wish.scrape, 1), {})
    chosen = await choices(dashboard.variables, wish.chosen, scope, api)
    scope = replace(scope, values={one.variable.name: one.value for one in chosen})
    sections = laid_out(dashboard.sections, chosen)
    shelves = await asyncio.gather(*(_shelf(section, wish, scope, api) for section in sections))
    warned = dict.fromkeys(one for shelf in shelves for tile in shelf.tiles for one in tile.warnings)
    said = [f"{one.variable.label}: {one.problem}" for one in chosen if one.problem]
    return Page(
        dashboard=dashboard,
        title=title(dashboard.title, scope.values),
        choices=tuple(chosen),
        shelves=tuple(shelves),
        scope=scope,
        since=since,
        until=until,
        wish=wish,
        problems=(*dashboard.notes, *problems, *said, *list(warned)[:MOST_WARNINGS]),
    )


def _times(dashboard: Dashboard, wish: Wish) -> tuple[str, str, int, int, tuple[str, ...]]:
    """The range: the reader's, else the dashboard's, else the last hour, and what was wrong with it."""
    problems = []
    since, until = wish.since or dashboard.since, wish.until or dashboard.until
    begin, end = moment(since, wish.now), moment(until, wish.now, upper=True)
    if begin is None or end is None or begin >= end:
        problems.append(f"“{since[:40]}” to “{until[:40]}” is no time; the last hour is shown.")
        since, until = "now-1h", "now"
        end = round(wish.now * 1_000)
        begin = end - HOUR
    return since, until, begin, end, tuple(problems)


async def _shelf(section: Section, wish: Wish, scope: Scope, api: Api) -> Shelf:
    folded = section.collapsed and wish.opened is not None and section.number not in wish.opened
    own = section.panels[0].scope if section.panels else {}
    tiles = [] if folded else await asyncio.gather(*(_tile(one, wish, scope, api) for one in section.panels))
    return Shelf(
        title(section.title, {**scope.values, **own}),
        section.number,
        folded,
        len(section.panels),
        tuple(tiles),
    )


async def _tile(panel: Panel, wish: Wish, scope: Scope, api: Api) -> Tile:
    if panel.kind == "alertlist":
        panel = replace(panel, targets=(Target("A", ALERTS, instant=True, ranged=False),))
    if panel.kind in UNASKED:
        panel = replace(panel, targets=())
    found = await result(panel, scope, api)
    heading = title(panel.title, found.scope.values)
    drawing, left_out = drawn(panel, found, wish.links)
    notes = (*panel.notes, *found.notes, *left_out, *drawing.notes)
    if panel.kind in UNASKED or panel.kind == "alertlist":
        drawing = replace(drawing, empty=False)
    return Tile(
        panel, heading, drawing, found.errors, tuple(dict.fromkeys(notes)), found.asked, found.warnings
    )


def drawn(panel: Panel, found: Result, links: str) -> tuple[Drawing, tuple[str, ...]]:
    """A panel's picture, and what its transformations left out."""
    frames, left_out = transformed(found.frames, panel.transformations)
    draw = PANELS.get(panel.kind, unknown)
    drawing = draw(Subject(panel, frames, found, links))
    if panel.targets and plain(frames) and not drawing.html:
        drawing = replace(drawing, empty=True)
    return drawing, left_out
