"""Where panels stand on Grafana's grid of 24 columns. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dashboards.values import Panel, Section

WIDTH = 24


@dataclass(frozen=True, slots=True)
class Place:
    """Height, width, and the upper left corner, in cells of the grid."""

    height: int
    width: int
    left: int
    top: int


@dataclass(frozen=True, slots=True)
class Laid:
    """A section with the place of its heading and of each of its panels."""

    section: Section
    heading: Place
    panels: tuple[tuple[Panel, Place], ...]


def laid_out(sections: Iterable[Section]) -> Iterator[Laid]:
    """Each section below the one before: a heading, then rows filled from the left.

    A closed section takes the room of its heading; its panels have the places that they take once opened.
    """
    top = 0
    for section in sections:
        heading = Place(1, WIDTH, 0, top)
        top += 1
        placed, bottom = _filled(section.panels, top)
        yield Laid(section, heading, placed)
        top = top if section.closed else bottom


def _filled(panels: Sequence[Panel], top: int) -> tuple[tuple[tuple[Panel, Place], ...], int]:
    placed: list[tuple[Panel, Place]] = []
    left, tallest = 0, 0
    for panel in panels:
        if left + panel.width > WIDTH:
            top, left, tallest = top + tallest, 0, 0
        placed.append((panel, Place(panel.height, panel.width, left, top)))
        left, tallest = left + panel.width, max(tallest, panel.height)
    return tuple(placed), top + tallest
