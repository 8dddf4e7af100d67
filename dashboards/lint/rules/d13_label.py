"""D-13: labels that are asked for exist on the metric."""

from __future__ import annotations

from collections.abc import Iterator

import promql_parser as promql

from dashboards.lint.rule import Found, Rule, Subject, asked


def check(subject: Subject) -> Iterator[Found]:
    """A matcher of a label that is not there finds nothing; grouping by one makes one group of all."""
    for query in subject.queries:
        missing: dict[str, None] = {}
        for use in query.uses:
            for each in use.selector.matchers.matchers:
                # `x=""` asks for series without the label.
                if each.value and not _has(subject, use.name, each.name):
                    missing[f"{use.name} has no label {each.name}"] = None
        if query.tree is not None:
            for name, label in _grouped(query.tree):
                if not _has(subject, name, label):
                    missing[f"{name} has no label {label} to group by"] = None
        for message in missing:
            yield asked(query, message, "take the label away, or the metric that has it")


def _has(subject: Subject, name: str, label: str) -> bool:
    """Whether a series of a metric can have a label, as far as it is known."""
    catalogue = subject.options.catalogue
    metric = catalogue.series(name) if catalogue and name else None
    known = metric is None or label in subject.options.target_labels or metric.has(label)
    return known or label.startswith(("singlepane_variable_", "label_", "annotation_"))


def _grouped(tree: promql.Expr) -> Iterator[tuple[str, str]]:
    """Metrics with the labels that they are grouped by, where nothing in between can add one."""
    match tree:
        case promql.AggregateExpr():
            modifier, source = tree.modifier, _source(tree.expr)
            if source and modifier is not None and modifier.type == promql.AggModifierType.By:
                yield from ((source, label) for label in modifier.labels)
            yield from _grouped(tree.expr)
        case promql.BinaryExpr():
            yield from _grouped(tree.lhs)
            yield from _grouped(tree.rhs)
        case promql.Call():
            for argument in tree.args:
                yield from _grouped(argument)
        case promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
            yield from _grouped(tree.expr)


def _source(tree: promql.Expr) -> str:
    """The one metric whose labels an expression has; nothing where it has others too."""
    match tree:
        case promql.VectorSelector():
            return tree.name or ""
        case promql.MatrixSelector():
            return tree.vector_selector.name or ""
        case promql.ParenExpr() | promql.SubqueryExpr():
            return _source(tree.expr)
        case promql.Call():
            arguments = tree.args
            added = tree.func.name.startswith("label_")
            return "" if added or len(arguments) != 1 else _source(arguments[0])
        case _:
            return ""


RULE = Rule("D-13", "Labels that are asked for exist on the metric", check)
