"""D-04: every panel has a title and a description."""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.lint.rule import Found, Rule, Subject, at


def check(subject: Subject) -> Iterator[Found]:
    """What a panel shows and when to worry is known to whoever made it, and to nobody at night."""
    dashboard = subject.dashboard
    if not dashboard.title.strip():
        yield Found((*dashboard.root, "title"), "", "the dashboard has no title", "say what it shows")
    for panel in dashboard.shown():
        if panel.library:
            continue
        if not panel.title and panel.type != "text":
            yield at(panel, "there is no title", "name what is shown")
        if not panel.description and panel.type != "text":
            yield at(panel, "there is no description", "say what it shows and when to worry")


RULE = Rule("D-04", "Every panel has a title and a description", check)
