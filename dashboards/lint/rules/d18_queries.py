"""D-18: opening a dashboard runs at most 30 queries."""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.lint.rule import Found, Rule, Subject

MOST = 30


def check(subject: Subject) -> Iterator[Found]:
    """Each opening costs the global query that many, again at each refresh. What is in a collapsed row is not
    asked before it is opened.
    """
    dashboard = subject.dashboard
    count = sum(
        not target.hidden for panel in dashboard.shown() if panel.row is None for target in panel.targets
    )
    if count > MOST:
        message = f"it runs {count} queries when opened, more than {MOST}"
        yield Found((*dashboard.root, "panels"), "", message, "collapse rows, or make two dashboards of it")


RULE = Rule("D-18", "At most 30 queries run when it is opened", check)
