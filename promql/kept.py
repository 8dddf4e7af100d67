"""Whether a result still says which cluster it is of, and where it was lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import promql_parser as promql

# Operators that pick series and leave their labels as they are.
_PICKING = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
# Functions whose result is one series without labels, or a number.
_NUMBERS = frozenset({"time", "pi", "scalar"})
_BARE = frozenset({"vector"})
_SETS = frozenset({"and", "unless"})


@dataclass(frozen=True, slots=True)
class Kept:
    """`has`: whether series of the result have the label; None for a number. `lost`: by what, in PromQL."""

    has: bool | None
    lost: str = ""


_NUMBER = Kept(None)


def kept(tree: promql.Expr, label: str) -> Kept:
    """Whether the result's series have the label that its selectors have."""
    match tree:
        case promql.VectorSelector() | promql.MatrixSelector():
            return Kept(True)
        case promql.AggregateExpr():
            return _aggregate(tree, label)
        case promql.BinaryExpr():
            return _binary(tree, label)
        case promql.Call():
            return _call(tree, label)
        case promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
            return kept(tree.expr, label)
        case _:
            return _NUMBER


def _aggregate(tree: promql.AggregateExpr, label: str) -> Kept:
    inner = kept(tree.expr, label)
    operator = str(tree.op)
    if operator in _PICKING or not inner.has:
        return inner if inner.has is not None else Kept(False, operator)
    if tree.modifier is None:
        return Kept(False, f"{operator} without `by`")
    named = label in tree.modifier.labels
    by = tree.modifier.type == promql.AggModifierType.By
    if named == by:
        return Kept(True)
    return Kept(False, f"{operator} {'by' if by else 'without'} ({', '.join(tree.modifier.labels)})")


def _binary(tree: promql.BinaryExpr, label: str) -> Kept:
    left, right = kept(tree.lhs, label), kept(tree.rhs, label)
    if left.has is None or right.has is None:
        return right if left.has is None else left
    operator = str(tree.op)
    if operator in _SETS:
        return left
    if operator == "or":
        return left if not left.has else right
    modifier = tree.modifier
    many, labels = _many(modifier)
    if many:
        side = left if many == "left" else right
        return Kept(True) if label in labels else side
    if not _matched(modifier, label):
        return Kept(False, _written(tree))
    return left if not left.has else right


def _many(modifier: promql.BinModifier | None) -> tuple[str, tuple[str, ...]]:
    """The side whose labels stay under `group_left` or `group_right`, and the labels that are added."""
    if modifier is None or modifier.card is None:
        return "", ()
    if modifier.card == promql.VectorMatchCardinality.ManyToOne:
        return "left", tuple(modifier.group_labels or ())
    if modifier.card == promql.VectorMatchCardinality.OneToMany:
        return "right", tuple(modifier.group_labels or ())
    return "", ()


def _matched(modifier: promql.BinModifier | None, label: str) -> bool:
    """Whether series are matched by the label too."""
    matching = modifier.matching if modifier else None
    if matching is None:
        return True
    return bool((label in matching.labels) == (matching.type == promql.LabelModifierType.Include))


def _written(tree: promql.BinaryExpr) -> str:
    """The operator with its matching, as in a query."""
    return f"{tree.op} {tree.modifier.matching}" if tree.modifier else str(tree.op)


def _call(tree: promql.Call, label: str) -> Kept:
    name, arguments = tree.func.name, tree.args
    if name in _NUMBERS:
        return _NUMBER
    if name in _BARE:
        return Kept(False, f"{name}()")
    if name in ("absent", "absent_over_time"):
        return Kept(False, f"{name}()")
    if name in ("label_replace", "label_join") and _text(arguments, 1) == label:
        return Kept(True)
    found = [kept(argument, label) for argument in arguments]
    return next((each for each in found if each.has is not None), _NUMBER)


def _text(arguments: list[promql.Expr], place: int) -> str:
    literal = arguments[place] if place < len(arguments) else None
    return str(literal.val) if isinstance(literal, promql.StringLiteral) else ""


def joined_across(tree: promql.Expr, label: str) -> Iterator[str]:
    """Operations on two sides that both have the label and are not matched by it: `/ on (node)`."""
    match tree:
        case promql.BinaryExpr():
            if kept(tree.lhs, label).has and kept(tree.rhs, label).has and not _matched(tree.modifier, label):
                yield _written(tree)
            yield from joined_across(tree.lhs, label)
            yield from joined_across(tree.rhs, label)
        case promql.Call():
            for argument in tree.args:
                yield from joined_across(argument, label)
        case promql.AggregateExpr() | promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
            yield from joined_across(tree.expr, label)
