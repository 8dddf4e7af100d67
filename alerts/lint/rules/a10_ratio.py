"""A-10: a share of nearly nothing fires no alert."""

from __future__ import annotations

from collections.abc import Iterator

import promql_parser as promql

from alerts.lint.rule import Found, Rule, Subject, about
from promql.selectors import uses

RATES = ("rate", "irate", "increase")
_COMPARISONS = (">", ">=", "!=")


def check(subject: Subject) -> Iterator[Found]:
    """At night one request of one fails, and that is all of them. What is divided by is looked at where it is
    traffic: a rate, or an increase. A capacity is not 0.
    """
    for rule in subject.rules():
        if rule.kind == "alert" and rule.tree is not None:
            for divided in _unguarded(rule.tree):
                names = ", ".join(dict.fromkeys(use.name for use in uses(divided.rhs) if use.name))
                message = f"a share of {names or 'what happens'} is taken, however little there is of it"
                fix = "divide by (… > 0), or add `and` with the least of it that is worth an alert"
                yield about(rule, message, fix, rule.expr_position)


def _unguarded(tree: promql.Expr) -> Iterator[promql.BinaryExpr]:
    match tree:
        case promql.BinaryExpr():
            operator = str(tree.op)
            if operator == "/" and _traffic(tree.rhs) and not _guarded(tree.rhs):
                yield tree
            # `share > 0.1 and traffic > 1`: the other side guards all that is on this one.
            if operator != "and" or not _guarded(tree.rhs):
                yield from _unguarded(tree.lhs)
            if operator != "and" or not _guarded(tree.lhs):
                yield from _unguarded(tree.rhs)
        case promql.Call():
            for argument in tree.args:
                yield from _unguarded(argument)
        case promql.AggregateExpr() | promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
            yield from _unguarded(tree.expr)


def _traffic(tree: promql.Expr) -> bool:
    return any(use.function in RATES for use in uses(tree))


def _guarded(tree: promql.Expr) -> bool:
    """Whether an expression says nothing of what is too little."""
    match tree:
        case promql.ParenExpr() | promql.AggregateExpr():
            return _guarded(tree.expr)
        case promql.BinaryExpr():
            if str(tree.op) in _COMPARISONS:
                return _traffic(tree.lhs) and not _divides(tree.lhs)
            return str(tree.op) == "and" and (_guarded(tree.lhs) or _guarded(tree.rhs))
        case promql.Call():
            return tree.func.name == "clamp_min"
        case _:
            return False


def _divides(tree: promql.Expr) -> bool:
    match tree:
        case promql.BinaryExpr():
            return str(tree.op) == "/" or _divides(tree.lhs) or _divides(tree.rhs)
        case promql.Call():
            return any(_divides(argument) for argument in tree.args)
        case promql.AggregateExpr() | promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
            return _divides(tree.expr)
        case _:
            return False


RULE = Rule("A-10", "A share of nearly nothing fires no alert", check)
