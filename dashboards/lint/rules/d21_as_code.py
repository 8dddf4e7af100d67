"""D-21: the file is the only source: nobody edits it in the browser, and nothing of one Grafana is in it."""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.lint.rule import Found, Rule, Subject

# What an export or a save leaves behind.
_OF_ONE = ("__inputs", "__requires", "__elements", "iteration", "gnetId", "snapshot")


def check(subject: Subject) -> Iterator[Found]:
    """A change in the browser is lost with the next rollout; ids differ from Grafana to Grafana."""
    dashboard = subject.dashboard
    raw, root = dashboard.raw, dashboard.root
    if raw.get("editable") is not False:
        yield Found((*root, "editable"), "", "it can be edited in the browser", "set editable to false")
    if raw.get("id") is not None:
        message = f"it has the id {raw['id']!r} of one Grafana's database"
        yield Found((*root, "id"), "", message, "take the id away: the uid is enough")
    for key in _OF_ONE:
        if raw.get(key) not in (None, [], {}):
            yield Found((*root, key), "", f"{key} is left over from an export", f"take {key} away")


RULE = Rule("D-21", "The file is the only source", check)
