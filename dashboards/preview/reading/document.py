"""A document as a `Dashboard`: sections, panels, variables. Takes any JSON; says what it left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dashboards.preview.reading.model import Dashboard, Panel, Section, Variable
from dashboards.preview.reading.old_rows import placed_rows
from dashboards.preview.reading.panel import panel
from dashboards.preview.reading.shape import flag, mapping, mappings, text, texts, whole
from dashboards.preview.reading.variable import variable
from estate.errors import SinglepaneError

MOST_PANELS = 300
MOST_VARIABLES = 100
LARGEST = 20 * 2**20


class NotADashboard(SinglepaneError):
    """The text is no dashboard's JSON."""

    exit_code = 2


def read(content: bytes, name: str) -> Dashboard:
    """The dashboard of a file. Raises NotADashboard with the line where JSON ends to be JSON."""
    if len(content) > LARGEST:
        raise NotADashboard(f"{name}: larger than {LARGEST >> 20} MiB", "No dashboard is so large.")
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotADashboard(f"{name}: not UTF-8: {error.reason}", "Save it as UTF-8.") from None
    except json.JSONDecodeError as error:
        raise NotADashboard(
            f"{name}:{error.lineno}:{error.colno}: not JSON: {error.msg}",
            "Export the dashboard from Grafana anew: Share, Export, Save to file.",
        ) from None
    except (RecursionError, ValueError) as error:
        raise NotADashboard(f"{name}: JSON that cannot be read: {error}", "Export it anew.") from None
    return dashboard(found, name)


def dashboard(found: object, name: str) -> Dashboard:
    """The dashboard of a document. Raises NotADashboard for what is none."""
    document = mapping(found)
    # Grafana's API wraps it; so do some collections of dashboards.
    document = mapping(document.get("dashboard")) or document
    if "spec" in document and "kind" in document:
        raise NotADashboard(
            f"{name}: a dashboard of the resource form (version 2)",
            "Export it as classic JSON: Share, Export, and switch “Export for sharing” to the classic model.",
        )
    if not (document.get("panels") or document.get("rows") or document.get("title")):
        raise NotADashboard(f"{name}: no dashboard", "A dashboard is a JSON object with a title and panels.")
    notes: list[str] = []
    rows = mappings(document.get("rows"), 200)
    panels = mappings(document.get("panels"))
    sections = placed_rows(rows) if rows and not panels else _sections(panels)
    count = sum(len(section.panels) for section in sections)
    if count > MOST_PANELS:
        notes.append(f"It has {count} panels; the first {MOST_PANELS} are shown.")
        sections = _first(sections, MOST_PANELS)
    variables: list[Variable] = []
    for row in mappings(mapping(document.get("templating")).get("list"), MOST_VARIABLES):
        one = variable(row)
        if one is not None and one.name not in {known.name for known in variables}:
            variables.append(one)
    time = mapping(document.get("time"))
    return Dashboard(
        uid=text(document.get("uid")),
        title=text(document.get("title")) or name,
        about=text(document.get("description")),
        tags=texts(document.get("tags")),
        since=text(time.get("from"), "now-6h") or "now-6h",
        until=text(time.get("to"), "now") or "now",
        sections=tuple(sections),
        variables=tuple(variables),
        notes=tuple(notes),
    )


def _sections(rows: list[Mapping[str, Any]]) -> list[Section]:
    """Headings are panels of type `row`: what follows one is under it, unless it is folded and holds them."""
    found = [Section("", ())]
    for number, row in enumerate(sorted(rows, key=_top)):
        if row.get("type") != "row":
            found[-1] = replace(found[-1], panels=(*found[-1].panels, panel(row, number)))
            continue
        inner = [panel(one, 10_000 + number * 100 + place) for place, one in enumerate(_held(row))]
        found.append(
            Section(
                title=text(row.get("title")),
                panels=tuple(inner),
                collapsed=flag(row.get("collapsed")),
                repeat=text(row.get("repeat")),
                number=whole(row.get("id"), number, 0, 10**9),
            )
        )
    return [_from_the_top(section) for section in found if section.panels or section.title]


def _held(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in sorted(mappings(row.get("panels")), key=_top) if one.get("type") != "row"]


def _top(row: Mapping[str, Any]) -> tuple[int, int]:
    place = mapping(row.get("gridPos"))
    return whole(place.get("y"), 0, 0, 100_000), whole(place.get("x"), 0, 0, 23)


def _from_the_top(section: Section) -> Section:
    """Each section has a grid of its own."""
    top = min((one.place.y for one in section.panels), default=0)
    return replace(section, panels=tuple(_moved(one, -top) for one in section.panels))


def _moved(one: Panel, down: int) -> Panel:
    return replace(one, place=replace(one.place, y=one.place.y + down))


def _first(sections: list[Section], most: int) -> list[Section]:
    kept = []
    for section in sections:
        kept.append(replace(section, panels=section.panels[:most]))
        most -= len(kept[-1].panels)
    return kept
