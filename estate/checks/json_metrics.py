"""Metrics out of JSON: names that Prometheus takes, and JMESPath that compiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jmespath
from jmespath.exceptions import EmptyExpressionError, LexerError, ParseError
from jmespath.functions import Functions

from estate.model import Estate, JsonExporter, JsonMetric
from estate.problems import Problem
from estate.spelling import shown
from estate.suggest import offer
from estate.tree import Path

LONGEST = 1_000


def json_metrics(estate: Estate) -> Iterator[Problem]:
    """Metric names are unique in an exporter and say by their end whether they count."""
    for name, exporter in estate.exporters.items():
        if not isinstance(exporter, JsonExporter):
            continue
        first: dict[str, int] = {}
        for index, metric in enumerate(exporter.metrics):
            path: Path = ("exporters", name, "metrics", index)
            if metric.name is not None:
                yield from _suffix(metric, path)
                other = first.setdefault(metric.name, index)
                if other != index:
                    message = f"{metric.name!r} is the name of metrics.{other} already"
                    yield Problem("metric-twice", (*path, "name"), message, "give each metric its own name")
            yield from _expressions(metric, path)


def _suffix(metric: JsonMetric, path: Path) -> Iterator[Problem]:
    total = metric.name.endswith("_total")
    if metric.type == "counter" and not total:
        message, fix = f"the counter {metric.name!r} does not end in _total", f"write {metric.name}_total"
    elif metric.type == "gauge" and total:
        message, fix = f"{metric.name!r} ends in _total, but is a gauge", "write type: counter, or rename it"
    else:
        return
    yield Problem("counter-suffix", (*path, "name"), message, fix)


def _expressions(metric: JsonMetric, path: Path) -> Iterator[Problem]:
    yield from _expression(metric.items, (*path, "items"))
    yield from _expression(metric.value, (*path, "value"))
    for label, expression in metric.labels.items():
        yield from _expression(expression, (*path, "labels", label))


def _expression(expression: str | None, path: Path) -> Iterator[Problem]:
    if expression is None:
        return
    code, fix = "jmespath-invalid", "see https://jmespath.org/tutorial.html"
    if len(expression) > LONGEST:
        yield Problem(code, path, f"a JMESPath has at most {LONGEST:,} characters", "take a shorter one")
        return
    try:
        parsed = jmespath.compile(expression).parsed
        functions = dict.fromkeys(_functions(parsed))
    except RecursionError:
        yield Problem(code, path, f"{shown(expression)} is nested too deep", "take a simpler one")
        return
    except ValueError as error:
        yield Problem(code, path, f"{shown(expression)} is not a JMESPath: {_reason(error)}", fix)
        return
    for function in functions:
        if function not in Functions.FUNCTION_TABLE:
            message = f"{shown(expression)} calls {function}(), which JMESPath does not have"
            yield Problem(code, path, message, offer(function, sorted(Functions.FUNCTION_TABLE), fix))


def _reason(error: ValueError) -> str:
    if isinstance(error, EmptyExpressionError):
        return "it is empty"
    if isinstance(error, LexerError):
        return f"at character {error.lexer_position + 1}, {error.message[:1].lower()}{error.message[1:80]}"
    if isinstance(error, ParseError) and error.token_value:
        return f"at character {error.lex_position + 1}, {shown(error.token_value)} means nothing"
    return "it ends too early"


def _functions(parsed: Mapping[str, Any]) -> Iterator[str]:
    if parsed["type"] == "function_expression":
        yield parsed["value"]
    for part in parsed["children"]:
        if isinstance(part, dict):
            yield from _functions(part)
