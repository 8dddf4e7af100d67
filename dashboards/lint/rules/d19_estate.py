"""D-19: a dashboard over the whole estate reads recorded series alone."""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.lint.rule import Found, Rule, Subject, asked

# The tag of a dashboard over all clusters.
TAG = "estate"
# Few series a cluster by nature: health, alerts, and what an estate knows of itself.
SMALL = frozenset({"ALERTS", "ALERTS_FOR_STATE", "up"})
PREFIXES = ("singlepane_", "slo:", "sloth_")


def check(subject: Subject) -> Iterator[Found]:
    """With a hundred clusters a raw metric is a million series; a recorded one is a hundred."""
    if TAG not in subject.dashboard.tags:
        return
    for query in subject.queries:
        for name in dict.fromkeys(use.name for use in query.uses):
            if name and ":" not in name and name not in SMALL and not name.startswith(PREFIXES):
                message = f"{name} is read raw, over all clusters at once"
                yield asked(query, message, "record it per cluster, and read that")


RULE = Rule("D-19", "Dashboards over the estate read recorded series", check)
