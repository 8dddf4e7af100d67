"""Answers of the query API as frames.

Contract: grafana/grafana pkg/promlib/converter and packages/grafana-prometheus/src/result_transformer.ts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from dashboards.preview.frames.frame import TIME, VALUE, Field, Frame
from dashboards.preview.reading.model import Target
from dashboards.preview.reading.shape import listing, mapping, mappings

MOST_SERIES = 2_000
MOST_ROWS = 20_000
AUTO = "__auto"
_LABEL = re.compile(r"\{\{\s*(.+?)\s*\}\}")

Sample = tuple[int, float]
Series = tuple[dict[str, str], list[Sample]]


def series(data: object) -> tuple[list[Series], str]:
    """The series of an answer's data, and a note where it was cut."""
    found = mapping(data)
    kind, result = found.get("resultType"), found.get("result")
    if kind in ("scalar", "string"):
        sample = _sample(result)
        return ([({}, [sample])] if sample else []), ""
    rows = mappings(result, MOST_SERIES)
    note = ""
    if len(listing(result)) > MOST_SERIES:
        note = f"{len(listing(result)):,} series; the first {MOST_SERIES:,} are read"
    read: list[Series] = []
    for row in rows:
        labels = {str(key): str(value) for key, value in mapping(row.get("metric")).items()}
        points = [row["value"]] if "value" in row else listing(row.get("values"))
        samples = [one for one in (_sample(point) for point in points) if one is not None]
        if samples:
            read.append((labels, samples))
        elif "histogram" in row or "histograms" in row:
            note = "native histograms are not drawn"
    return read, note


def _sample(point: object) -> Sample | None:
    if not isinstance(point, list) or len(point) != 2:
        return None
    try:
        return round(float(point[0]) * 1_000), float(point[1])
    except (TypeError, ValueError, OverflowError):
        return None


def frames(found: Sequence[Series], target: Target, step: int, several: bool) -> list[Frame]:
    """Series as the target's format asks. `several`: the panel has more than one query."""
    if target.form == "table":
        return [table(found, target, several)] if found else []
    if target.form == "heatmap":
        return buckets(found, target, step)
    return [_line(labels, samples, target, step) for labels, samples in found]


def _line(labels: Mapping[str, str], samples: Sequence[Sample], target: Target, step: int) -> Frame:
    times, values = _grid(samples, step)
    kept = {key: value for key, value in labels.items() if key != "__name__"}
    name = labels.get("__name__", "")
    legend = ""
    if target.legend and target.legend != AUTO:
        legend = filled(target.legend, labels)
    elif not labels or not target.legend:
        legend = metric(labels) or target.expr
    return Frame(
        (
            Field(TIME, "time", times, ref=target.ref),
            Field(VALUE, "number", values, kept, legend, target.ref),
        ),
        target.ref,
        name,
        step,
    )


def _grid(samples: Sequence[Sample], step: int) -> tuple[list[int], list[float | None]]:
    """Points at every step, so that a gap in the data is a gap in the line."""
    if step <= 0 or len(samples) < 2:
        return [when for when, _ in samples], [finite(value) for _, value in samples]
    times: list[int] = []
    values: list[float | None] = []
    before = samples[0][0] - step
    for when, value in samples:
        if when - before > step * 1.5:
            times.append(before + step)
            values.append(None)
        times.append(when)
        values.append(finite(value))
        before = when
    return times, values


def finite(value: float) -> float | None:
    """The value, or None for what cannot be drawn: not a number, or infinite."""
    return value if math.isfinite(value) else None


def table(found: Sequence[Series], target: Target, several: bool) -> Frame:
    """One row for each sample: its time, its labels, its value."""
    names = sorted({name for labels, _ in found for name in labels})
    rows = [(when, labels, value) for labels, samples in found for when, value in samples][:MOST_ROWS]
    rows.sort(key=lambda row: row[0])
    value_name = f"{VALUE} #{target.ref}" if several else VALUE
    columns = [Field(name, "string", [row[1].get(name) for row in rows], ref=target.ref) for name in names]
    return Frame(
        (
            Field(TIME, "time", [row[0] for row in rows], ref=target.ref),
            *columns,
            Field(value_name, "number", [finite(row[2]) for row in rows], ref=target.ref),
        ),
        target.ref,
    )


def buckets(found: Sequence[Series], target: Target, step: int) -> list[Frame]:
    """Cumulative buckets of a classic histogram, each as the number that fell into it alone."""

    def bound(row: Series) -> float:
        try:
            return float(row[0].get("le", "nan"))
        except ValueError:
            return math.nan

    with_bound = sorted((row for row in found if not math.isnan(bound(row))), key=bound)
    if not with_bound:
        return [_line(labels, samples, target, step) for labels, samples in found]
    made = []
    below: dict[int, float] = {}
    for labels, samples in with_bound:
        own = [(when, max(value - below.get(when, 0.0), 0.0)) for when, value in samples]
        below = dict(samples)
        line = _line(labels, own, target, step)
        le = labels["le"]
        made.append(
            Frame(
                (line.fields[0], Field(le, "number", line.fields[1].values, {"le": le}, le, target.ref)),
                target.ref,
                le,
                step,
            )
        )
    return made


def filled(legend: str, labels: Mapping[str, str]) -> str:
    """`{{label}}` replaced; a label that is not there leaves nothing."""
    return _LABEL.sub(lambda found: labels.get(found[1], ""), legend)


def metric(labels: Mapping[str, str]) -> str:
    """`name{a="b"}`, as Prometheus writes a series."""
    pairs = ", ".join(f'{key}="{value}"' for key, value in sorted(labels.items()) if key != "__name__")
    return labels.get("__name__", "") + (f"{{{pairs}}}" if pairs else "")


def numeric(frames_: Iterable[Frame]) -> list[tuple[Frame, Field]]:
    """All columns of numbers, each with its frame."""
    return [(frame, one) for frame in frames_ for one in frame.fields if one.kind == "number"]
