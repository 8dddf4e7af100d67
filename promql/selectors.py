"""What a query reads: every selector, with its window and what is right around it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

import promql_parser as promql


@dataclass(frozen=True, slots=True)
class Use:
    """A selector in its place.

    `window` is its range, if it has one; `function` is the one right around it, `aggregate` the operator
    (`sum`, `count`) right around it. Each is empty where there is none.
    """

    selector: promql.VectorSelector
    window: datetime.timedelta | None = None
    function: str = ""
    aggregate: str = ""

    @property
    def name(self) -> str:
        """The metric's name; empty where the selector asks for names by a pattern."""
        return self.selector.name or _named(self.selector)


def _named(selector: promql.VectorSelector) -> str:
    exact = (
        each.value
        for each in selector.matchers.matchers
        if each.name == "__name__" and each.op == promql.MatchOp.Equal
    )
    return next(exact, "")


def uses(tree: promql.Expr, function: str = "", aggregate: str = "") -> Iterator[Use]:
    """All selectors of a query, from left to right."""
    match tree:
        case promql.VectorSelector():
            yield Use(tree, None, function, aggregate)
        case promql.MatrixSelector():
            yield Use(tree.vector_selector, tree.range, function)
        case promql.Call():
            name = tree.func.name
            for argument in tree.args:
                yield from uses(argument, name)
        case promql.BinaryExpr():
            yield from uses(tree.lhs)
            yield from uses(tree.rhs)
        case promql.AggregateExpr():
            yield from uses(tree.expr, "", str(tree.op))
        case promql.UnaryExpr():
            yield from uses(tree.expr)
        case promql.ParenExpr():
            yield from uses(tree.expr, function, aggregate)
        case promql.SubqueryExpr():
            yield from uses(tree.expr, function)
