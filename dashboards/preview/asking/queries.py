"""The queries of one panel: what is asked, and the frames that come back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboards.interpolation.durations import milliseconds
from dashboards.interpolation.filling import unknown
from dashboards.interpolation.steps import Step, aligned, step
from dashboards.preview.asking.api import Answer, Api
from dashboards.preview.asking.scope import Scope
from dashboards.preview.asking.times import moment
from dashboards.preview.frames.frame import Frame
from dashboards.preview.frames.results import frames, series
from dashboards.preview.reading.model import Panel, Target

# A column of Grafana's grid on a wide screen, in pixels: a line has no more points than its panel has pixels.
COLUMN = 58
OTHER_SOURCES = "not shown: it asks a data source of kind “{}”"
BUILT_IN = frozenset(
    {
        "__interval",
        "__interval_ms",
        "__rate_interval",
        "__rate_interval_ms",
        "__range",
        "__range_s",
        "__range_ms",
        "__from",
        "__to",
    }
)


@dataclass(frozen=True, slots=True)
class Result:
    """What a panel has to show. `errors` of queries that failed, `notes` of what a reader should know.

    `asked` are the queries as they were sent, `warnings` what the API said beside its answers, such as that
    a store did not answer; `scope` is the panel's own time.
    """

    frames: tuple[Frame, ...]
    scope: Scope
    errors: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    frames: tuple[Frame, ...] = ()
    errors: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


async def result(panel: Panel, scope: Scope, api: Api) -> Result:
    """All queries of a panel at once."""
    scope = _own_time(panel, replace(scope, values={**scope.values, **panel.scope}))
    wanted = [target for target in panel.targets if not target.hidden]
    several = len(wanted) > 1
    parts = await asyncio.gather(*(_part(panel, target, scope, api, several) for target in wanted))
    return Result(
        frames=tuple(frame for part in parts for frame in part.frames),
        scope=scope,
        errors=tuple(dict.fromkeys(one for part in parts for one in part.errors)),
        notes=tuple(dict.fromkeys(one for part in parts for one in part.notes)),
        asked=tuple(one for part in parts for one in part.asked),
        warnings=tuple(dict.fromkeys(one for part in parts for one in part.warnings)),
    )


async def _part(panel: Panel, target: Target, scope: Scope, api: Api, several: bool) -> _Part:
    if target.source not in ("", "prometheus", "datasource", "mixed", "grafana-azureprometheus-datasource"):
        return _Part(notes=(OTHER_SOURCES.format(target.source),))
    if not target.expr.strip():
        return _Part()
    length = _step(panel, target, scope)
    expr = scope.filled(target.expr, length)
    missing = unknown(expr, BUILT_IN)
    notes: tuple[str, ...] = (f"{target.ref}: nothing fills in ${', $'.join(missing)}",) if missing else ()
    kinds = [kind for kind, wanted in (("range", target.ranged), ("instant", target.instant)) if wanted]
    if target.instant and target.ranged and panel.kind not in ("timeseries", "table"):
        kinds = ["range"]
    answers = await asyncio.gather(*(_ask(kind, expr, length, scope, api) for kind in kinds))
    made: list[Frame] = []
    errors: list[str] = []
    warnings: tuple[str, ...] = ()
    for kind, answer in zip(kinds, answers, strict=True):
        if answer.error:
            errors.append(f"{target.ref}: {answer.error}")
            continue
        found, note = series(answer.data)
        notes += tuple(f"{target.ref}: {one}" for one in (note,) if one)
        warnings += answer.warnings
        made += frames(found, target, length.step if kind == "range" else 0, several)
    return _Part(tuple(made), tuple(errors), notes, (expr,), warnings)


async def _ask(kind: str, expr: str, length: Step, scope: Scope, api: Api) -> Answer:
    if kind == "instant":
        return await api.ask("/api/v1/query", {"query": expr, "time": f"{scope.end / 1_000:.3f}"})
    begin, end = aligned(scope.begin, scope.end, length.step)
    return await api.ask(
        "/api/v1/query_range",
        {
            "query": expr,
            "start": f"{begin / 1_000:.3f}",
            "end": f"{end / 1_000:.3f}",
            "step": f"{length.step / 1_000:.3f}",
        },
    )


def _step(panel: Panel, target: Target, scope: Scope) -> Step:
    points = panel.points or panel.place.w * COLUMN
    least = scope.filled(target.interval) if target.interval.strip("${}") in scope.values else target.interval
    return step(
        scope.begin, scope.end, points, scope.scrape, scope.filled(panel.interval), least, target.factor
    )


def _own_time(panel: Panel, scope: Scope) -> Scope:
    """`timeFrom` and `timeShift`: a panel that looks at another time than its dashboard."""
    begin, end = scope.begin, scope.end
    if panel.time_from:
        text = panel.time_from if panel.time_from.startswith("now") else f"now-{panel.time_from}"
        begin = moment(text, end / 1_000) or begin
    shift = milliseconds(panel.time_shift) or 0
    return replace(scope, begin=max(begin - shift, 0), end=max(end - shift, 1))


def plain(frames_: Sequence[Frame]) -> bool:
    """Whether there is nothing at all to show."""
    return not any(len(frame) for frame in frames_)
