"""`table`: rows and columns, each column under its field's rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from dashboards.preview.frames.frame import Field, Frame
from dashboards.preview.frames.naming import display_name
from dashboards.preview.frames.reducers import reduced
from dashboards.preview.panels.bargauge import share
from dashboards.preview.panels.drawing import NOTHING, Drawing, Subject
from dashboards.preview.panels.links import link, titles
from dashboards.preview.panels.stat import spark
from dashboards.preview.reading.shape import at, flag, mapping, mappings, number, text, texts
from dashboards.preview.showing.colours import TEXT, ink_on
from dashboards.preview.showing.display import Shown, shown
from dashboards.preview.showing.field import ends, rules, shown_name, visible
from dashboards.preview.transformations.merge import merge
from dashboards.preview.transformations.sort_by import order

MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    field: Field
    own: Mapping[str, Any]
    low: float
    high: float

    @property
    def cell(self) -> str:
        """`auto`, `color-text`, `color-background`, `gauge` …"""
        custom = mapping(self.own.get("custom"))
        kind = text(at(custom, "cellOptions", "type")) or text(custom.get("displayMode"), "auto")
        return {"gradient-gauge": "gauge", "lcd-gauge": "gauge", "basic": "gauge"}.get(kind, kind)


def table(subject: Subject) -> Drawing:
    """The first frame; several instant ones without a transformation are put into one, as Grafana's first
    frame is all that a reader would see.
    """
    frames = [frame for frame in subject.frames if frame.fields]
    if not any(len(frame) for frame in frames):
        return NOTHING
    frame = merge([_labelled(one) for one in frames], {})[0] if len(frames) > 1 else _labelled(frames[0])
    columns = []
    for field in frame.fields:
        name = display_name(field, frame, [frame])
        own = rules(subject.panel, field, frame, name)
        if visible(own):
            low, high = ends(own, field.values)
            columns.append(_Column(shown_name(own, field, name), field, own, low, high))
    if not columns:
        return NOTHING
    places = _order(subject, columns, len(frame))
    head = Markup().join(Markup('<th scope="col"{}>{}</th>').format(_align(one), one.name) for one in columns)
    body = Markup().join(_row(subject, columns, place) for place in places[:MOST_ROWS])
    head = (
        Markup("<thead><tr>{}</tr></thead>").format(head)
        if flag(subject.panel.options.get("showHeader"), True)
        else Markup()
    )
    more = len(places) - MOST_ROWS
    return Drawing(
        html=Markup('<div class="sheet" tabindex="0"><table>{}<tbody>{}</tbody>{}</table></div>').format(
            head, body, _foot(subject, columns)
        ),
        notes=(f"{more:,} more rows",) if more > 0 else (),
    )


def _labelled(frame: Frame) -> Frame:
    """A series in a table: its labels become columns where it is one point."""
    value = next((one for one in frame.fields if one.labels), None)
    if value is None or len(frame) != 1:
        return frame
    labels = [Field(key, "string", [label]) for key, label in sorted(value.labels.items())]
    times = [one for one in frame.fields if one.kind == "time"]
    others = [
        Field(one.name, one.kind, one.values, {}, "", one.ref) for one in frame.fields if one.kind != "time"
    ]
    return Frame((*times, *labels, *others), frame.ref)


def _order(subject: Subject, columns: Sequence[_Column], rows: int) -> list[int]:
    places = list(range(rows))
    for rule in reversed(mappings(subject.panel.options.get("sortBy"), 3)):
        wanted = text(rule.get("displayName"))
        column = next((one for one in columns if one.name == wanted), None)
        if column is not None:
            values = column.field.values
            full = [place for place in places if values[place] is not None]
            full.sort(key=lambda place: order(values[place]), reverse=rule.get("desc") is True)
            places = [*full, *(place for place in places if values[place] is None)]
    return places


def _row(subject: Subject, columns: Sequence[_Column], place: int) -> Markup:
    texts_ = {
        one.name: "" if one.field.values[place] is None else str(one.field.values[place]) for one in columns
    }
    return Markup("<tr>{}</tr>").format(Markup().join(_cell(subject, one, place, texts_) for one in columns))


def _cell(subject: Subject, column: _Column, place: int, row: Mapping[str, str]) -> Markup:
    value = column.field.values[place]
    if column.field.kind == "time" and "unit" not in column.own and value is not None:
        found = shown(value, {**column.own, "unit": "dateTimeAsIso"}, column.low, column.high)
    else:
        found = shown(value, column.own, column.low, column.high)
    words = Markup("{}").format(found.text)
    target = link(
        subject,
        column.own,
        {
            "__value.raw": row.get(column.name, ""),
            "__value.text": found.text,
            "__value.numeric": row.get(column.name, ""),
        },
        {**row, **{column.field.name: row.get(column.name, "")}},
    )
    if target:
        words = Markup('<a href="{}" title="{}" rel="noreferrer">{}</a>').format(
            target, titles(column.own), words
        )
    return _styled(column, found, value, words)


def _styled(column: _Column, found: Shown, value: Any, words: Markup) -> Markup:
    kind, tone = column.cell, found.tone
    if kind in ("color-background", "color-background-solid") and tone not in (TEXT, "transparent"):
        return Markup('<td{} style="background:{};color:{}">{}</td>').format(
            _align(column), tone, ink_on(tone), words
        )
    if kind == "color-text" and tone != TEXT:
        return Markup('<td{} class="tone" style="--tone:{}">{}</td>').format(_align(column), tone, words)
    if kind == "gauge" and found.number is not None:
        part = share(found.number, column.low, column.high)
        filling = "var(--ink)" if tone == TEXT else tone
        return Markup(
            '<td class="meter"><span><i style="--part:{:.4f};background:{}"></i></span>{}</td>'
        ).format(part, filling, words)
    if kind == "sparkline" and isinstance(value, list):
        return Markup("<td>{}</td>").format(spark(value, tone))
    return Markup("<td{}>{}</td>").format(_align(column), words)


def _align(column: _Column) -> Markup:
    """Numbers stand on the right, where the column does not say otherwise."""
    wanted = text(at(column.own, "custom", "align"), "auto")
    if wanted == "auto":
        mapped = bool(column.own.get("mappings"))
        wanted = "right" if column.field.kind == "number" and not mapped else "left"
    return Markup(' class="{}"').format(wanted if wanted in ("left", "center", "right") else "left")


def _foot(subject: Subject, columns: Sequence[_Column]) -> Markup:
    footer = mapping(subject.panel.options.get("footer"))
    if not flag(footer.get("show")):
        return Markup()
    calc = (texts(footer.get("reducer")) or ("sum",))[0]
    wanted = texts(footer.get("fields"))
    cells = []
    for place, one in enumerate(columns):
        counts = one.field.kind == "number" and (
            not any(wanted) or one.field.name in wanted or one.name in wanted
        )
        value = reduced(calc, one.field.values) if counts else None
        words = shown(value, one.own, one.low, one.high).text if number(value) is not None else ""
        cells.append(
            Markup("<td{}>{}</td>").format(_align(one), words or (calc.title() if not place else ""))
        )
    return Markup("<tfoot><tr>{}</tr></tfoot>").format(Markup().join(cells))
