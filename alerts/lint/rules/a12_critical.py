"""A-12: at most 35 % of alerts wake somebody."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.lint.rule import Found, Rule, Subject

MOST = 0.35
# Of a few alerts a share says nothing.
FEWEST = 10


def check(subject: Subject) -> Iterator[Found]:
    """What wakes people for everything is not listened to. It is a matter of all alerts of a run together: so
    it is a warning, and no comment excepts it.
    """
    if not subject.share:
        return
    alerts = [rule for rule in subject.rules() if rule.kind == "alert"]
    critical = [
        rule for rule in alerts if "severity" in rule.labels and rule.labels["severity"].text == "critical"
    ]
    if len(alerts) < FEWEST or len(critical) <= MOST * len(alerts):
        return
    share = f"{len(critical)} of {len(alerts)} alerts are critical, more than {MOST:.0%}"
    fix = "leave those critical by which users are hurt now, data is lost, or you are blind"
    yield Found(critical[0].position, None, share, fix, "warning")


RULE = Rule("A-12", "At most 35 % of alerts wake somebody", check)
