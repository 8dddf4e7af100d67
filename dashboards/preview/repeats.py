"""Panels and rows that repeat for each value of a variable, and where they then stand.

Contract: grafana/grafana public/app/features/dashboard/state/DashboardModel.ts (repeatPanel, repeatRow).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dashboards.interpolation.formats import Value
from dashboards.preview.asking.choices import ALL, Choice
from dashboards.preview.reading.model import Panel, Place, Section

MOST = 50


def laid_out(sections: Sequence[Section], choices: Sequence[Choice]) -> list[Section]:
    """Sections with every repetition made, at most `MOST` of one panel or row."""
    known = {one.variable.name: one for one in choices}
    made: list[Section] = []
    for section in sections:
        for scope in _scopes(section.repeat, known):
            panels = tuple(replace(panel, scope=scope) for panel in section.panels)
            made.append(replace(section, panels=_repeated(panels, known)))
    return made


def _scopes(name: str, known: Mapping[str, Choice]) -> list[dict[str, Value]]:
    """One scope for each chosen value of a variable, or one that changes nothing."""
    choice = known.get(name) if name else None
    if choice is None:
        return [{}]
    words = {value: text for text, value in choice.options}
    values = [value for _, value in choice.options] if ALL in choice.chosen else list(choice.chosen)
    many = choice.variable.multi or choice.variable.include_all
    return [{name: Value((value,), many, shown=words.get(value, value))} for value in values[:MOST]] or [{}]


def _repeated(panels: tuple[Panel, ...], known: Mapping[str, Choice]) -> tuple[Panel, ...]:
    """Repetitions side by side in lines of `maxPerRow`, or below each other; what stood below moves down."""
    made: list[Panel] = []
    shift = 0
    for panel in sorted(panels, key=lambda one: (one.place.y, one.place.x)):
        place = replace(panel.place, y=panel.place.y + shift)
        scopes = _scopes(panel.repeat, known)
        if not panel.repeat or panel.repeat in panel.scope or len(scopes) < 1:
            made.append(replace(panel, place=place))
            continue
        across = 1 if panel.down else min(len(scopes), panel.per_row)
        width = place.w if panel.down else max(24 // across, 1)
        for number, scope in enumerate(scopes):
            row, column = divmod(number, across)
            x = place.x if panel.down else column * width
            own = Place(x, place.y + row * place.h, width, place.h)
            made.append(replace(panel, place=own, scope={**panel.scope, **scope}))
        shift += (-(-len(scopes) // across) - 1) * place.h
    return tuple(made)
