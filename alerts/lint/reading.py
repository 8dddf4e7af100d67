"""Files of rules read: rule files of Prometheus and Thanos Rule, PrometheusRule objects, lists of these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import yaml

from alerts.lint.comments import FORM, Comment, comments
from alerts.lint.keys import unknown
from alerts.lint.nodes import child, documents, items, place, scalar, words
from alerts.lint.values import Excepted, Part, Written
from estate.findings import Finding, Position
from promql.reading import read as parsed

CODE = "A-01"
_FIX = "give a rule file of Prometheus or Thanos Rule (`groups:`), or PrometheusRule objects"


@dataclass(frozen=True, slots=True)
class Read:
    """A file: the rule files in it, what is wrong with it as a file, and all that comments except."""

    parts: tuple[Part, ...]
    found: tuple[Finding, ...]
    excepted: tuple[Excepted, ...] = ()


def read(text: str, file: str) -> Read:
    """What is in a file of rules."""
    nodes = documents(text, file)
    if isinstance(nodes, Finding):
        return Read((), (replace(nodes, code=CODE),))
    if not nodes:
        return Read((), (_finding(Position(file), "the file is empty", _FIX),))
    said = comments(text, file)
    found = [
        _finding(each.position, "this comment excepts nothing: it names no rule, or no reason", FORM)
        for each in said
        if each.excepted is None
    ]
    parts: list[Part] = []
    for number, node in enumerate(nodes):
        plain = child(node, "groups") is not None
        if plain and number:
            message = "Prometheus reads the first document of a rule file, and no other"
            found.append(_finding(place(file, node), message, "put it into a file of its own"))
        elif holders := [node] if plain else list(_objects(node)):
            for each in holders:
                groups = child(each, "groups")
                if not isinstance(groups, yaml.SequenceNode):
                    message = "`groups` is no list of groups"
                    found.append(_finding(place(file, groups or each), message, _FIX))
                    continue
                strange = [_finding(*row) for row in unknown(groups, file)]
                found += strange
                whole = text if plain and len(nodes) == 1 else None
                parts.append(replace(_part(groups, file, whole, text, said), sound=not strange))
        else:
            found.append(_finding(place(file, node), "this is no rule file and no PrometheusRule", _FIX))
    if not found and not any(part.rules for part in parts):
        found.append(_finding(Position(file), "there is no rule in it", "add one, or leave the file out"))
    excepted = tuple(each.excepted for each in said if each.excepted)
    return Read(tuple(parts), tuple(found), excepted)


def _finding(position: Position, message: str, fix: str) -> Finding:
    return Finding(CODE, "error", position, "", message, fix)


def _objects(node: yaml.Node) -> Iterator[yaml.Node]:
    """What is under `spec` of PrometheusRule objects."""
    kind = scalar(child(node, "kind"))
    if kind == "PrometheusRule":
        yield child(node, "spec") or node
    elif kind in ("List", "PrometheusRuleList"):
        for each in items(child(node, "items")):
            yield from _objects(each)


def _part(
    groups: yaml.SequenceNode, file: str, whole: str | None, text: str, said: Sequence[Comment]
) -> Part:
    """The rule file around groups: the file itself, or what of it lies in them, at the same columns."""
    rules = tuple(_rules(groups, file, said))
    names = tuple((scalar(child(each, "name")), each.start_mark.line + 1) for each in items(groups))
    if whole is not None:
        return Part(file, whole, 0, names, rules)
    start = groups.start_mark
    inside = text[start.index : groups.end_mark.index]
    return Part(file, f"groups:\n{' ' * start.column}{inside}\n", start.line - 1, names, rules)


def _rules(groups: yaml.Node, file: str, said: Sequence[Comment]) -> Iterator[Written]:
    nodes = [
        (scalar(child(group, "name")), number, rule)
        for group in items(groups)
        for number, rule in enumerate(items(child(group, "rules")), 1)
        if isinstance(rule, yaml.MappingNode)
    ]
    starts = [place(file, rule) for *_, rule in nodes]
    for index, (group, number, rule) in enumerate(nodes):
        mine = tuple(
            each.excepted for each in said if each.excepted and _owner(each.position, starts) == index
        )
        for kind in ("alert", "record"):
            if name := scalar(child(rule, kind)):
                expr = child(rule, "expr")
                tree = parsed(scalar(expr))
                yield Written(
                    kind="alert" if kind == "alert" else "record",
                    name=name,
                    group=group,
                    number=number,
                    position=starts[index],
                    expr=scalar(expr),
                    expr_position=place(file, expr) if expr else starts[index],
                    waits=scalar(child(rule, "for")),
                    labels=words(child(rule, "labels"), file),
                    annotations=words(child(rule, "annotations"), file),
                    excepted=mine,
                    tree=None if isinstance(tree, tuple) else tree,
                    unread=tree[0] if isinstance(tree, tuple) else "",
                )
                break


def _owner(comment: Position, starts: Sequence[Position]) -> int:
    """The rule that a comment stands in; or the next one, if it is not as far in as what is in a rule."""
    before = [index for index, start in enumerate(starts) if start.line <= comment.line]
    if before and comment.column >= starts[before[-1]].column:
        return before[-1]
    return len(before)
