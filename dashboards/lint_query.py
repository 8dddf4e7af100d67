"""What must hold for a query on its own: it parses, asks for the chosen clusters, keeps them, and rates
counters.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import promql_parser as promql

from dashboards.interpolate import Choice, interpolated
from dashboards.values import Query

# A window that no author writes, so that it can be told from a fixed one.
_CHOICE = Choice(clusters=("prod-weu", "prod-neu"), scrape=15, interval=46)
_RATE_WINDOW = datetime.timedelta(seconds=_CHOICE.rate_interval)
_CLUSTERS = "(prod-weu|prod-neu)"
_LONG = datetime.timedelta(hours=1)
_RATES = {"rate", "irate", "increase"}
# Labels that Prometheus and our scrape configuration add to whatever an exporter says.
_TARGET_LABELS = {"__name__", "cluster", "component", "instance", "job", "le", "node", "quantile"}


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric that an exporter really has: its Prometheus type and labels."""

    type: str
    labels: frozenset[str] = frozenset()


Catalogue = Mapping[str, Metric]
Problem = tuple[str, str]
# Why Prometheus refuses a query, or nothing.
Refusal = Callable[[str], str]


def problems(
    query: Query,
    catalogue: Catalogue | None,
    refusal: Refusal | None = None,
    variables: Sequence[str] = (),
) -> Iterator[Problem]:
    """Codes and sentences of all that is wrong with a query.

    Without a catalogue, metrics are taken on trust. `refusal` is Prometheus' own word, which decides whether
    a query is right: the parser here refuses some that it takes, and takes some that it refuses
    (docs/dashboards.md lists them). `variables` are those of the dashboard besides `cluster`.
    """
    choice = replace(_CHOICE, variables=dict.fromkeys(variables, ()))
    try:
        text = interpolated(query.expr, choice)
    except ValueError as error:
        yield "dashboard-promql", f"the query cannot be sent: {error}"
        return
    if refusal is not None and (why := refusal(text)):
        yield "dashboard-promql", f"Prometheus refuses the query: {why}"
        return
    try:
        tree = promql.parse(text)
    except ValueError as error:
        if refusal is None:
            yield "dashboard-promql", f"the query does not parse: {error}"
        else:
            yield "dashboard-unread", f"Prometheus takes the query, but it cannot be looked into: {error}"
        return
    for selector, window, function in _selectors(tree):
        if not selector.name:
            yield "dashboard-metric", "a selector names no metric"
            continue
        yield from _selector(selector.name, selector.matchers.matchers, catalogue)
        yield from _window(selector.name, window, function, catalogue)
    keeps = _keeps_cluster(tree)
    if not keeps and not query.collapses:
        yield "dashboard-collapsed", "the result has no cluster label, and the query does not say why"
    if keeps and query.collapses:
        yield "dashboard-collapsed", "the query says why its result has no cluster label, but it has one"


def _selector(
    name: str, matchers: Sequence[promql.Matcher], catalogue: Catalogue | None
) -> Iterator[Problem]:
    # The inventory speaks of other clusters than the one it was taken on.
    label = "expected_cluster" if name == "singlepane_estate_cluster_info" else "cluster"
    if not any(
        each.name == label and each.op == promql.MatchOp.Re and each.value == _CLUSTERS for each in matchers
    ):
        yield "dashboard-cluster", f'{name} is not restricted by {label}=~"$cluster"'
    if catalogue is None or name in ("ALERTS", "ALERTS_FOR_STATE"):
        return
    metric = _known(name, catalogue)
    if metric is None:
        yield "dashboard-metric", f"no exporter has a metric {name}"
        return
    for each in matchers:
        if each.name not in metric.labels | _TARGET_LABELS:
            yield "dashboard-label", f"{name} has no label {each.name}"


def _window(
    name: str, window: datetime.timedelta | None, function: str, catalogue: Catalogue | None
) -> Iterator[Problem]:
    metric = _known(name, catalogue) if catalogue else None
    counter = metric.type == "counter" if metric else name.endswith(("_total", "_bucket"))
    # What happened in a day is a question of its own; a rate over a fixed window is wrong at most zooms.
    fixed = function == "increase" and window is not None and window >= _LONG
    if function in _RATES and window != _RATE_WINDOW and not fixed:
        yield "dashboard-window", f"{function} of {name} has a fixed window: write $__rate_interval"
    if counter and function not in _RATES:
        yield "dashboard-counter", f"{name} only ever grows: show its rate or increase"
    if not counter and function in _RATES:
        yield "dashboard-counter", f"{name} is no counter, and has no {function}"


def _known(name: str, catalogue: Catalogue) -> Metric | None:
    """A metric, or the series of a histogram or summary as the counters that they are."""
    if name in catalogue:
        return catalogue[name]
    for suffix in ("_bucket", "_sum", "_count"):
        base = catalogue.get(name.removesuffix(suffix))
        if name.endswith(suffix) and base and base.type in ("histogram", "summary"):
            return Metric("counter", base.labels)
    return None


def _selectors(
    tree: promql.Expr, function: str = "", window: datetime.timedelta | None = None
) -> Iterator[tuple[promql.VectorSelector, datetime.timedelta | None, str]]:
    """Every selector with its window and the function right around it."""
    match tree:
        case promql.VectorSelector():
            yield tree, window, function
        case promql.MatrixSelector():
            yield tree.vector_selector, tree.range, function
        case promql.Call():
            for argument in tree.args:
                yield from _selectors(argument, tree.func.name)
        case promql.BinaryExpr():
            yield from _selectors(tree.lhs)
            yield from _selectors(tree.rhs)
        case promql.AggregateExpr() | promql.UnaryExpr():
            yield from _selectors(tree.expr)
        case promql.ParenExpr() | promql.SubqueryExpr():
            yield from _selectors(tree.expr, function)


def _keeps_cluster(tree: promql.Expr) -> bool | None:
    """Whether the result's series have a cluster label; None for a number."""
    match tree:
        case promql.VectorSelector() | promql.MatrixSelector():
            return True
        case promql.AggregateExpr():
            return _aggregate_keeps(tree)
        case promql.BinaryExpr():
            return _binary_keeps(tree)
        case promql.Call():
            found = [_keeps_cluster(argument) for argument in tree.args]
            return next((each for each in found if each is not None), None)
        case promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
            return _keeps_cluster(tree.expr)
        case _:
            return None


def _aggregate_keeps(tree: promql.AggregateExpr) -> bool:
    if str(tree.op) in ("topk", "bottomk"):
        # They choose among series and leave each as it is.
        return _keeps_cluster(tree.expr) is True
    if tree.modifier is None:
        return False
    named = "cluster" in tree.modifier.labels
    kept = named if tree.modifier.type == promql.AggModifierType.By else not named
    return kept and _keeps_cluster(tree.expr) is True


def _binary_keeps(tree: promql.BinaryExpr) -> bool | None:
    left, right = _keeps_cluster(tree.lhs), _keeps_cluster(tree.rhs)
    if left is None or right is None:
        return left if right is None else right
    if str(tree.op) in ("and", "unless"):
        return left
    matching = tree.modifier.matching if tree.modifier else None
    if matching is not None and str(tree.op) != "or":
        named = "cluster" in matching.labels
        if named != (matching.type == promql.LabelModifierType.Include):
            return False
    return left and right
