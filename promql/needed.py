"""Which metrics must be there for a query to have a result."""

from __future__ import annotations

import promql_parser as promql

from promql.selectors import uses

_NOTHING: frozenset[str] = frozenset()
# Functions that have a result where there is no series.
_WITHOUT = ("absent", "absent_over_time", "vector", "time", "scalar")


def needed(tree: promql.Expr) -> frozenset[str]:
    """Names of metrics without which there is no result, whatever the others are. What `unless` takes away
    may be missing, and of the two sides of `or` one is enough.
    """
    match tree:
        case promql.BinaryExpr():
            left, right = needed(tree.lhs), needed(tree.rhs)
            operator = str(tree.op)
            return left if operator == "unless" else left & right if operator == "or" else left | right
        case promql.Call():
            if tree.func.name in _WITHOUT:
                return _NOTHING
            return frozenset().union(*(needed(argument) for argument in tree.args))
        case promql.AggregateExpr() | promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
            return needed(tree.expr)
        case promql.VectorSelector() | promql.MatrixSelector():
            return frozenset(use.name for use in uses(tree) if use.name)
        case _:
            return _NOTHING
