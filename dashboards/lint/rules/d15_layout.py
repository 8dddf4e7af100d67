"""D-15: ids and letters are unique, and panels have places of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from dashboards.lint.rule import Found, Rule, Subject, at
from dashboards.reading.json_text import Pointer
from dashboards.reading.values import Panel, Place

COLUMNS = 24
# Above that, two of them are not compared each with each: a file of a million panels is no dashboard.
MOST = 500


def check(subject: Subject) -> Iterator[Found]:
    """Links and alerts name a panel by its id, transformations a query by its letter."""
    panels = subject.dashboard.panels
    ids = Counter(panel.id for panel in panels if panel.id is not None)
    for panel in panels:
        if panel.id is None:
            yield at(panel, "it has no id", "number the panels")
        elif ids[panel.id] > 1:
            yield at(panel, f"another panel has the id {panel.id} too", "give it an id of its own")
        yield from _letters(panel)
        if panel.place is None:
            yield at(panel, "it has no place on the grid", "give it a gridPos")
        elif panel.place.x < 0 or panel.place.w < 1 or panel.place.x + panel.place.w > COLUMNS:
            yield at(panel, f"it reaches out of the grid of {COLUMNS} columns", "move it to the left")
    rows: dict[Pointer | None, list[tuple[Panel, Place]]] = {}
    for panel in panels:
        if panel.place is not None:
            rows.setdefault(panel.row, []).append((panel, panel.place))
    for together in rows.values():
        yield from _overlaps(together)


def _letters(panel: Panel) -> Iterator[Found]:
    letters = Counter(target.ref_id for target in panel.targets)
    for letter, count in letters.items():
        if not letter:
            yield at(panel, f"{count} of its queries have no refId", "call them A, B, C")
        elif count > 1:
            yield at(panel, f"{count} of its queries have the refId {letter}", "call them A, B, C")


def _overlaps(placed: Sequence[tuple[Panel, Place]]) -> Iterator[Found]:
    """From top to bottom, so that a panel is compared with those alone that reach down to it."""
    open_: list[tuple[Panel, Place]] = []
    for panel, place in sorted(placed[:MOST], key=lambda row: (row[1].y, row[1].x)):
        open_ = [row for row in open_ if row[1].y + row[1].h > place.y]
        for other, its in open_:
            if its.x < place.x + place.w and place.x < its.x + its.w:
                yield at(panel, f"it overlaps {other.name}", "give it a place of its own")
                break
        open_.append((panel, place))


RULE = Rule("D-15", "Ids and letters are unique, and no panels overlap", check)
