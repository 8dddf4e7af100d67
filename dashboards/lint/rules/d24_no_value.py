"""D-24: missing data does not look like zero."""

from __future__ import annotations

import re
from collections.abc import Iterator

import promql_parser as promql

from dashboards.lint.rule import Found, Rule, Subject, asked, at
from dashboards.lint.table import columns, properties
from dashboards.reading.values import Panel

FIGURES = frozenset({"stat", "gauge", "bargauge"})
_ZERO = re.compile(r"\s*-?0+(?:\.0+)?\s*%?\s*")
FIX = 'set noValue to what is missing, such as "no targets"'


def check(subject: Subject) -> Iterator[Found]:
    """Zero errors and no data at all are the two ends of a night."""
    for panel in subject.dashboard.shown():
        if panel.library:
            continue
        text = panel.defaults.get("noValue")
        if isinstance(text, str) and text.strip() and _ZERO.fullmatch(text):
            yield at(panel, f"missing data is shown as {text!r}", FIX)
        elif panel.type in FIGURES and not text:
            yield at(panel, "it has no text for missing data", FIX)
        elif panel.type == "table" and not text and (names := _silent(panel)):
            said = f"column {names[0]} has" if len(names) == 1 else f"columns {', '.join(names)} have"
            yield at(panel, f"{said} no text for missing data", FIX)
    for query in subject.queries:
        if query.tree is not None and _made_up(query.tree):
            fix = "take it away and set noValue, or count what could be: `X or 0 * Y`"
            yield asked(query, "`or vector(…)` shows a number where there is no data", fix)


def _silent(panel: Panel) -> tuple[str, ...]:
    names = columns(panel) or ()
    return tuple(name for name in names if not properties(panel, name).get("noValue"))


def _made_up(tree: promql.Expr) -> bool:
    """Whether a number takes the place of what is missing."""
    match tree:
        case promql.BinaryExpr():
            if str(tree.op) == "or" and _is_vector(tree.rhs):
                return True
            # `X and Y` has a result where Y has one.
            return _made_up(tree.rhs) or (str(tree.op) != "and" and _made_up(tree.lhs))
        case promql.AggregateExpr() | promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
            return _made_up(tree.expr)
        case promql.Call():
            return any(_made_up(argument) for argument in tree.args)
        case _:
            return False


def _is_vector(tree: promql.Expr) -> bool:
    match tree:
        case promql.ParenExpr():
            return _is_vector(tree.expr)
        case promql.Call():
            return bool(tree.func.name == "vector")
        case _:
            return False


RULE = Rule("D-24", "Missing data does not look like zero", check)
