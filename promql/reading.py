"""A query as a tree, or why it is none."""

from __future__ import annotations

import re
from collections.abc import Iterator

import promql_parser as promql

# Code, sentence, fix.
Found = tuple[str, str, str]
# A query that a person reads has some hundred characters. The parser goes down a level for each bracket.
LONGEST, DEEPEST = 20_000, 100
# What Prometheus 3.14 reads and this parser does not (docs/dashboards.md): computed durations, trimming,
# digits in groups.
_NEWER = re.compile(r"\b\d+_\d|\[[^\]]*[*/()+][^\]]*\]|:\s*(step|range)\(|offset\s*\(|</|>/")
RENAMED = {"holt_winters": "double_exponential_smoothing"}


def read(query: str) -> promql.Expr | Found:
    """The tree of a query, or the finding that says why there is none."""
    if len(query) > LONGEST or _depth(query) > DEEPEST:
        return ("query-invalid", "the query is longer or nested deeper than any that is read", "shorten it")
    for old, new in RENAMED.items():
        if re.search(rf"\b{old}\s*\(", _without_texts(query)):
            fix = f"write {new}, which needs --enable-feature=promql-experimental-functions"
            return ("query-renamed", f"{old} is {new} in Prometheus 3, and an experiment there", fix)
    try:
        return promql.parse(query)
    except ValueError as error:
        if _NEWER.search(_without_texts(query)):
            message = "the query has what only Prometheus itself can read: it is not looked into"
            return ("query-unread", message, "try it on the global query")
        return ("query-invalid", f"this is no PromQL: {' '.join(str(error).split())}", "")


def _without_texts(query: str) -> str:
    return re.sub(r"\"(\\.|[^\"\\])*\"|'(\\.|[^'\\])*'|`[^`]*`", '""', query)


def _depth(query: str) -> int:
    """Levels of brackets; a minus in front nests as well."""
    depth = deepest = signs = 0
    for sign in _without_texts(query):
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        signs = signs + 1 if sign in "+-" else signs * sign.isspace()
        deepest = max(deepest, depth + signs)
    return deepest


def walk(tree: promql.Expr, function: str = "") -> Iterator[tuple[promql.Expr, str]]:
    """Every part of a query with the function right around it."""
    yield tree, function
    match tree:
        case promql.Call():
            for argument in tree.args:
                yield from walk(argument, tree.func.name)
        case promql.BinaryExpr():
            yield from walk(tree.lhs)
            yield from walk(tree.rhs)
        case promql.AggregateExpr() | promql.UnaryExpr():
            yield from walk(tree.expr)
        case promql.ParenExpr():
            yield from walk(tree.expr, function)
        case promql.SubqueryExpr():
            yield from walk(tree.expr)
        case promql.MatrixSelector():
            yield tree.vector_selector, function
