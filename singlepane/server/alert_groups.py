"""Alerts as the page shows them: equal ones together, each told from the next by what it does not share."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import quote

from singlepane.server.episodes import Known, about
from singlepane.server.facts import Facts, rank
from singlepane.server.rows import AlertGroup, AlertLine

# Rows of all groups together, and of one, before and after the reader asked for all: a page stays one that
# a browser can show.
LINES = {False: 100, True: 500}
GROUP_LINES = {False: 5, True: 100}
LABELS = 12
_TEXT, _VALUE = 400, 100
# A filter beyond that is no link that a browser or a proxy takes.
_FILTER = 2_000
# Said elsewhere in the row, or of every alert the same.
_TOLD = ("alertname", "severity", "cluster", "expected_cluster", "team")


def groups(
    facts: Facts, rows: Iterable[Known], runbooks: frozenset[str], alertmanager: str, most: int
) -> list[AlertGroup]:
    """Groups of alerts of one name, cluster and severity, in the order of their first. `most` is for lines.

    `alertmanager` is the address of its pages, empty for none; `runbooks` are the names that we serve.
    """
    found: dict[tuple[str, str, str, str], list[Known]] = {}
    for known in rows:
        labels = known.alert.labels
        key = (
            labels.get("alertname", ""),
            about(known.alert),
            labels.get("severity", ""),
            known.alert.status,
        )
        found.setdefault(key, []).append(known)
    return [_group(facts, members, runbooks, alertmanager, most) for members in found.values()]


def fitting(found: Sequence[AlertGroup], *, everything: bool) -> tuple[tuple[AlertGroup, ...], int]:
    """As many groups and lines as a page takes, and how many alerts are in no group that is shown."""
    left = LINES[everything]
    shown = []
    for group in found:
        if not left:
            break
        lines = group.lines[:left]
        left -= len(lines)
        shown.append(group.only(lines))
    return tuple(shown), sum(group.count for group in found[len(shown) :])


def _group(
    facts: Facts, members: Sequence[Known], runbooks: frozenset[str], alertmanager: str, most: int
) -> AlertGroup:
    first = members[0].alert
    name = first.labels.get("alertname", "(no alertname)")
    shared = _shared(known.alert.labels for known in members)
    texts = {_text(known.alert.annotations) for known in members}
    lines = tuple(
        AlertLine(
            labels=_shown({key: value for key, value in known.alert.labels.items() if key not in shared}),
            text=_text(known.alert.annotations) if len(texts) > 1 else "",
            since=known.alert.starts_at.timestamp(),
        )
        for known in members[:most]
    )
    absent = first.status == "resolved" and facts.fires(members[0])
    return AlertGroup(
        name=_short(name, _VALUE),
        severity=_short(first.labels.get("severity", "none"), _VALUE),
        rank=rank(members[0]),
        cluster=about(first),
        fires=facts.fires(members[0]),
        unheard=first.ends_at.timestamp() if absent else 0.0,
        count=len(members),
        text=texts.pop() if len(texts) == 1 else "",
        since=min(known.alert.starts_at for known in members).timestamp(),
        ended=max(known.updated for known in members),
        labels=_shown(shared),
        lines=lines,
        runbook=f"/runbooks/{name}" if name in runbooks else _one(members, "runbook_url"),
        # Each names its own time and namespace: the first is the worst.
        dashboard=web_url(first.annotations.get("dashboard_url", "")),
        silence=silence(alertmanager, shared) if facts.fires(members[0]) else "",
        source=_link(members, lambda known: known.alert.generator_url),
    )


def silence(alertmanager: str, labels: Mapping[str, str]) -> str:
    """Alertmanager's page for a new silence, filled in with these labels; empty where that would be too much.

    Contract: prometheus/alertmanager ui/app/src/Views/SilenceForm/Parsing.elm (`#/silences/new?filter=`).
    """
    # What was cut matches nothing.
    usable = {name: value for name, value in labels.items() if not value.endswith("…")}
    for chosen in (usable, {name: usable[name] for name in ("alertname", "cluster") if name in usable}):
        matchers = ", ".join(
            f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in sorted(chosen.items())
        )
        if "alertname" in chosen and len(matchers) <= _FILTER and web_url(alertmanager):
            return f"{alertmanager}#/silences/new?filter={quote(f'{{{matchers}}}', safe='')}"
    return ""


def web_url(url: str) -> str:
    """The URL when it is one of the web, else empty: `javascript:` and the like never become a link."""
    return url if re.fullmatch(r"https?://[^\s<>\"']+", url) else ""


def _shared(all_labels: Iterable[Mapping[str, str]]) -> dict[str, str]:
    found: dict[str, str] | None = None
    for labels in all_labels:
        found = (
            dict(labels)
            if found is None
            else {name: value for name, value in found.items() if labels.get(name) == value}
        )
    return found or {}


def _shown(labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    rows = [(name, value) for name, value in sorted(labels.items()) if name not in _TOLD]
    return tuple((_short(name, _VALUE), _short(value, _VALUE)) for name, value in rows[:LABELS])


def _text(annotations: Mapping[str, str]) -> str:
    text = annotations.get("summary") or annotations.get("description") or annotations.get("message", "")
    return _short(text, _TEXT)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _one(members: Sequence[Known], annotation: str) -> str:
    return _link(members, lambda known: known.alert.annotations.get(annotation, ""))


def _link(members: Sequence[Known], url: Callable[[Known], str]) -> str:
    """The address that all of them name, empty where they name several."""
    found = {url(known) for known in members}
    return web_url(found.pop()) if len(found) == 1 else ""
