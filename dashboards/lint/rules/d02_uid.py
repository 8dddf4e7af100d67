"""D-02: the uid is set, plain, short enough, and no other dashboard's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dashboards.lint.rule import Found, Rule, Subject

# Grafana refuses longer ones.
LONGEST = 40
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")


def check(subject: Subject) -> Iterator[Found]:
    """Links and bookmarks hold the uid: it must be there and never change."""
    dashboard = subject.dashboard
    uid, pointer = dashboard.uid, (*dashboard.root, "uid")
    if not uid:
        fix = "give it a uid of its own: Grafana makes up another one at each import"
        yield Found(pointer, "", "there is no uid", fix)
        return
    if not _PLAIN.fullmatch(uid):
        yield Found(pointer, "", f"uid {uid!r} has signs that an address does not take", "use a-z, 0-9 and -")
    if len(uid) > LONGEST:
        message = f"uid {uid!r} has {len(uid)} characters: Grafana takes {LONGEST}"
        yield Found(pointer, "", message, f"shorten it to {LONGEST}")
    for other in subject.others:
        if other is not dashboard and other.uid == uid:
            message = f"uid {uid!r} is also that of {other.file}"
            yield Found(pointer, "", message, "give one of them another: Grafana keeps only one")


RULE = Rule("D-02", "The uid is set, unique and at most 40 characters long", check)
