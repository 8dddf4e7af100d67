"""The variables of a dashboard: what could be chosen, and what is.

Contract: grafana/grafana packages/grafana-prometheus/src/metric_find_query.ts (label_values, label_names,
metrics, query_result) and public/app/features/variables for regex, sorting and All.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dashboards.interpolation.durations import short
from dashboards.interpolation.filling import references
from dashboards.interpolation.formats import Value
from dashboards.interpolation.steps import step
from dashboards.preview.asking.api import Answer, Api
from dashboards.preview.asking.patterns import compiled, found
from dashboards.preview.asking.scope import Scope
from dashboards.preview.frames.results import metric, series
from dashboards.preview.reading.model import Variable
from dashboards.preview.reading.shape import texts

ALL = "$__all"
AUTO = "$__auto"
MOST_OPTIONS = 2_000
MOST_CHOSEN = 500
_CALL = re.compile(r"^\s*(label_values|label_names|metrics|query_result)\s*\((.*)\)\s*$", re.S)
_LABEL = re.compile(r"^(?:(.*),)?\s*([a-zA-Z_]\w*)\s*$", re.S)


@dataclass(frozen=True, slots=True)
class Choice:
    """A variable with its options as (text, value) and the values that are chosen. `problem` says why there
    are none.
    """

    variable: Variable
    options: tuple[tuple[str, str], ...]
    chosen: tuple[str, ...]
    problem: str = ""

    @property
    def value(self) -> Value:
        """What texts are filled with."""
        row = self.variable
        many = row.multi or row.include_all
        if ALL in self.chosen:
            if row.all_value:
                return Value((row.all_value,), many, row.all_value, "All")
            return Value(tuple(value for _, value in self.options), many, shown="All")
        words = {value: text for text, value in self.options}
        return Value(self.chosen, many, shown=" + ".join(words.get(one, one) for one in self.chosen))


async def choices(
    variables: Sequence[Variable], asked: Mapping[str, Sequence[str]], scope: Scope, api: Api
) -> list[Choice]:
    """All variables, each after those that its query asks for. `asked` is what the reader chose."""
    made: dict[str, Choice] = {}
    waiting = {row.name: row for row in variables}
    while waiting:
        ready = [
            row
            for row in waiting.values()
            if not ((references(row.query) | references(row.regex)) & waiting.keys() - {row.name})
        ]
        # Variables that ask for each other in a circle are taken in their order.
        now = ready or [next(iter(waiting.values()))]
        known = replace(scope, values={**scope.values, **{name: one.value for name, one in made.items()}})
        for one in await asyncio.gather(*(_choice(row, asked.get(row.name), known, api) for row in now)):
            made[one.variable.name] = one
            del waiting[one.variable.name]
    return [made[row.name] for row in variables]


async def _choice(row: Variable, asked: Sequence[str] | None, scope: Scope, api: Api) -> Choice:
    options, problem = await _options(row, scope, api)
    kept = tuple(options[:MOST_OPTIONS])
    if len(options) > MOST_OPTIONS:
        problem = problem or f"{len(options):,} values; the first {MOST_OPTIONS:,} can be chosen"
    chosen = _chosen(row, kept, tuple(asked) if asked else ())
    if chosen == (AUTO,):
        length = step(scope.begin, scope.end, row.auto_count, scope.scrape, row.auto_least)
        return Choice(row, ((f"auto ({short(length.interval)})", AUTO), *kept), (short(length.interval),))
    return Choice(row, kept, chosen, problem)


def _chosen(row: Variable, options: tuple[tuple[str, str], ...], asked: tuple[str, ...]) -> tuple[str, ...]:
    """What the reader asked for, as it is; else what the dashboard was saved with, where that still is; else
    the first option.
    """
    limit = MOST_CHOSEN if row.multi else 1
    if asked:
        wanted = tuple(ALL if one in (ALL, "All") and row.include_all else one for one in asked)
        return (ALL,) if ALL in wanted else wanted[:limit]
    if row.kind in ("textbox", "constant"):
        return row.current or (row.query,)
    values = [value for _, value in options]
    if row.include_all and (ALL in row.current or "All" in row.current):
        return (ALL,)
    if row.kind == "interval" and (row.auto and any(one.startswith(AUTO) for one in row.current)):
        return (AUTO,)
    saved = tuple(one for one in row.current if one in values)
    if saved:
        return saved[:limit]
    if row.include_all:
        return (ALL,)
    return (values[0],) if values else ("",)


async def _options(row: Variable, scope: Scope, api: Api) -> tuple[list[tuple[str, str]], str]:
    match row.kind:
        case "datasource":
            return [("Prometheus", "prometheus")], ""
        case "query":
            answer = await _asked(row, scope, api)
            if answer.error:
                return [], answer.error
            return _sorted(_picked(texts(answer.data), scope.filled(row.regex)), row.sort), ""
        case "custom" | "interval":
            return list(row.options), ""
        case "textbox" | "constant" | "switch":
            return [(one, one) for one in row.current or (row.query,)], ""
        case _:
            return [], f"a variable of kind “{row.kind}” is not filled in"


async def _asked(row: Variable, scope: Scope, api: Api) -> Answer:
    """The values that the variable's query finds, as a list of texts."""
    expr = scope.filled(row.query)
    call = _CALL.match(expr)
    name, inner = (call[1], call[2]) if call else ("series", expr)
    times = {"start": f"{scope.begin / 1_000:.3f}", "end": f"{scope.end / 1_000:.3f}"}
    match name:
        case "label_names":
            return await api.ask("/api/v1/labels", times, post=False)
        case "metrics":
            answer = await api.ask("/api/v1/label/__name__/values", times, post=False)
            wanted = compiled(inner.strip())
            if wanted is None:
                return Answer(error="the expression in metrics() is none, or could run for long")
            return replace(answer, data=[one for one in texts(answer.data) if found(wanted, one)])
        case "label_values":
            split = _LABEL.match(inner)
            if split is None:
                # `label_values(metric, )` asks for nothing, and Grafana finds nothing.
                return Answer(data=[])
            form: dict[str, str | list[str]] = {**times}
            if split[1] and split[1].strip():
                form["match[]"] = [split[1].strip()]
            return await api.ask(f"/api/v1/label/{split[2]}/values", form, post=False)
        case "query_result":
            answer = await api.ask("/api/v1/query", {"query": inner, "time": times["end"]})
            rows, _ = series(answer.data)
            shown = [
                f"{metric(labels)} {samples[-1][1]:g} {samples[-1][0]}" for labels, samples in rows if samples
            ]
            return replace(answer, data=shown)
    if not expr.strip():
        return Answer(data=[])
    answer = await api.ask("/api/v1/series", {"match[]": [expr], **times}, post=False)
    found_series = answer.data if isinstance(answer.data, list) else []
    rows_ = [row for row in found_series if isinstance(row, dict)]
    return replace(answer, data=sorted({metric({str(k): str(v) for k, v in row.items()}) for row in rows_}))


def _picked(values: Sequence[str], regex: str) -> list[tuple[str, str]]:
    """What the variable's regular expression lets through, or the group of it that is meant."""
    if not regex:
        return [(one, one) for one in dict.fromkeys(values)]
    pattern = compiled(regex)
    if pattern is None:
        return [(one, one) for one in dict.fromkeys(values)]
    made: dict[str, str] = {}
    for one in values:
        match = found(pattern, one)
        if match is None:
            continue
        groups = match.groupdict()
        value = (
            groups.get("value")
            or next((group for group in match.groups() if group), None)
            or (one if not match.groups() else "")
        )
        if value:
            made.setdefault(value, groups.get("text") or value)
    return [(text, value) for value, text in made.items()]


def _sorted(options: list[tuple[str, str]], how: int) -> list[tuple[str, str]]:
    """1, 2 by letter; 3, 4 by the number in it; 5, 6 by letter whatever its case; 7, 8 naturally."""
    if not 1 <= how <= 8:
        return options

    def digits(row: tuple[str, str]) -> float:
        number = re.search(r"\d+", row[0][:100])
        return float(number[0]) if number else -1.0

    def natural(row: tuple[str, str]) -> list[tuple[int, float, str]]:
        return [
            (0, float(part), "") if part.isascii() and part.isdigit() else (1, 0.0, part)
            for part in re.split(r"(\d{1,18})", row[0][:200])
        ]

    keys = {
        0: lambda row: row[0],
        1: digits,
        2: lambda row: row[0].lower(),
        3: natural,
    }
    return sorted(options, key=keys[(how - 1) // 2], reverse=how % 2 == 0)
