"""A plan as text, as Markdown for a pull request, and as a document."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from deploy.targets.kubernetes.changes.planning import SECRET, Change, ClusterPlan
from estate.differing import Field

SIGNS = {"create": "+", "change": "~", "recreate": "!", "delete": "-"}
LONGEST = 120
MOST_LINES = 40


def text(plans: Iterable[ClusterPlan]) -> Iterator[str]:
    """Lines for a person: clusters, objects, fields, and what is lost."""
    for plan in plans:
        yield f"{plan.cluster}: {summary(plan)}"
        if plan.unknown:
            yield f"  {plan.unknown}"
        for change in plan.changes:
            release = f" (release {change.release})" if change.release else ""
            yield f"  {SIGNS[change.action]} {change.kind} {change.name}{release}"
            for field in change.fields:
                yield from (f"      {line}" for line in lines(field))
            for each in change.consequences:
                yield f"      LOST [{each.code}]: {each.what}"
            for owner in change.owners:
                yield f"      HELD: {owner}"
            if change.refused:
                yield f"      REFUSED: {change.refused}"
                yield from (f"      {line}" for line in change.remedy.splitlines())


def markdown(plans: Iterable[ClusterPlan]) -> Iterator[str]:
    """The same for a pull request: one section for each cluster that changes."""
    for plan in plans:
        yield f"### {plan.cluster}: {summary(plan)}\n"
        for each in plan.dangers:
            yield f"> **{each.code}**: {each.what}\n"
        if plan.unknown:
            yield f"{plan.unknown}\n"
        if plan.changes:
            yield "```diff"
            for line in text([plan]):
                yield line.removeprefix("  ")
            yield "```\n"


def document(plans: Iterable[ClusterPlan]) -> dict[str, Any]:
    """The document of `-o json`."""
    return {"clusters": [_cluster(plan) for plan in plans]}


def summary(plan: ClusterPlan) -> str:
    """Counts in words."""
    if plan.unknown:
        return "not known"
    counts = {action: sum(change.action == action for change in plan.changes) for action in SIGNS}
    words = [f"{count} to {action}" for action, count in counts.items() if count]
    refused = sum(bool(change.refused) for change in plan.changes)
    if refused:
        words.append(f"{refused} refused")
    return ", ".join([*words, f"{plan.same} the same"]) if words else f"no changes, {plan.same} the same"


def lines(field: Field) -> Iterator[str]:
    """One field: in a line, or text of several lines as a difference."""
    before, after = field.before, field.after
    if isinstance(before, str) and isinstance(after, str) and "\n" in before + after:
        yield f"{field.path}:"
        rows = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1))[2:]
        yield from (f"  {row}" for row in rows[:MOST_LINES])
        if len(rows) > MOST_LINES:
            yield f"  … {len(rows) - MOST_LINES} lines more"
    elif before == after == SECRET:
        yield f"{field.path}: differs, and is secret"
    elif before is None:
        yield f"{field.path}: {_shown(after)} is added"
    elif after is None:
        yield f"{field.path}: {_shown(before)} is removed"
    else:
        yield f"{field.path}: {_shown(before)} -> {_shown(after)}"


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    text = text.replace("\n", "⏎")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _cluster(plan: ClusterPlan) -> dict[str, Any]:
    return {
        "cluster": plan.cluster,
        "same": plan.same,
        "unknown": plan.unknown,
        "changes": [_change(change) for change in plan.changes],
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "action": change.action,
        "release": change.release,
        "kind": change.kind,
        "name": change.name,
        "fields": [{"path": each.path, "before": each.before, "after": each.after} for each in change.fields],
        "consequences": [{"code": each.code, "what": each.what} for each in change.consequences],
        "held_by": list(change.owners),
        "refused": change.refused,
    }
