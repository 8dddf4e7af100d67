"""Exceptions of our own rules, from where they are written to the files that an estate is built of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from alerts.lint.reading import read
from alerts.lint.values import Excepted, Written
from alerts.rules import FOLDER


def with_exceptions(text: str, name: str) -> str:
    """The text of a rule file (or of an object around it) with the comments of `alerts/content/NAME.yaml`,
    each above its rule.
    """
    kept = _kept(name)
    if not kept:
        return text
    lines = text.split("\n")
    rules = [rule for part in read(text, name).parts for rule in part.rules]
    for rule in reversed(rules):
        indent = " " * (rule.position.column - 3)
        above = [f"{indent}# lint: {_said(row)} because {row.reason}" for row in kept.get(_key(rule), ())]
        lines[rule.position.line - 1 : rule.position.line - 1] = above
    return "\n".join(lines)


@cache
def _kept(name: str) -> Mapping[tuple[str, str], tuple[Excepted, ...]]:
    path = FOLDER / f"{name}.yaml"
    if not path.exists():
        return {}
    parts = read(path.read_text(encoding="utf-8"), path.name).parts
    return {_key(rule): rule.excepted for part in parts for rule in part.rules if rule.excepted}


def _key(rule: Written) -> tuple[str, str]:
    return rule.group, rule.name


def _said(row: Excepted) -> str:
    return f"{row.rule} {row.check}".strip()
