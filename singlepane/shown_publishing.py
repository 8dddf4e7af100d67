"""What publishing dashboards would change, as text and as a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dashboards.publishing.plan import Change
from dashboards.publishing.publish import Plan
from singlepane.shown_plan import lines

SIGNS = {"create": "+", "change": "~", "delete": "-"}


def text(plan: Plan, where: str, fields: bool) -> Iterator[str]:
    """Lines for a person; `fields`: with every key that differs."""
    yield f"{where}, folder {plan.folder}{' (new)' if plan.made else ''}: {summary(plan)}"
    for change in plan.wanted:
        yield f"  {SIGNS[change.action]} {change.uid}  {change.title}{_how(change)}"
        for field in change.fields if fields else ():
            yield from (f"      {line}" for line in lines(field))
        if change.held:
            yield f"      HELD: {change.held}"
        if change.refused:
            yield f"      REFUSED: {change.refused}"


def document(plan: Plan, where: str, done: bool) -> dict[str, Any]:
    """The document of `-o json`. `done`: whether it was carried out."""
    return {
        "grafana": where,
        "folder": plan.folder,
        "folder_is_new": plan.made,
        "done": done,
        "same": len(plan.changes) - len(plan.wanted),
        "changes": [_change(each) for each in plan.wanted],
    }


def summary(plan: Plan) -> str:
    """Counts in words."""
    counts = {action: sum(each.action == action for each in plan.changes) for action in SIGNS}
    words = [f"{count} to {action}" for action, count in counts.items() if count]
    same = f"{len(plan.changes) - len(plan.wanted)} the same"
    return ", ".join([*words, same]) if words else f"no changes, {same}"


def _how(change: Change) -> str:
    words = [change.note] if change.note else []
    if change.fields:
        count = len(change.fields)
        words.append("1 key differs" if count == 1 else f"{count} keys differ")
    return f": {', '.join(words)}" if words else ""


def _change(change: Change) -> dict[str, Any]:
    return {
        "action": change.action,
        "uid": change.uid,
        "title": change.title,
        "note": change.note,
        "fields": [{"path": each.path, "before": each.before, "after": each.after} for each in change.fields],
        "held": change.held,
        "refused": change.refused,
    }
