"""Keys of rule files that no program reads, and durations that are none.

Contract: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/, and of Thanos Rule
https://thanos.io/tip/components/rule.md/ (`partial_response_strategy`). promtool is told to let unknown keys
pass, for it does not know the one of Thanos; and of a duration it does not say where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from alerts.lint.nodes import child, entries, items, place, scalar
from estate.findings import Position
from estate.suggest import closest

GROUP = ("name", "interval", "query_offset", "limit", "labels", "rules", "partial_response_strategy")
_DURATIONS = ("interval", "query_offset", "for", "keep_firing_for")
_DURATION = re.compile(r"0|(?=\d)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?|")
RULE = ("record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations")


def unknown(groups: yaml.Node, file: str) -> Iterator[tuple[Position, str, str]]:
    """Place, sentence and fix of each."""
    for group in items(groups):
        yield from _of(group, GROUP, "a group", file)
        for rule in items(child(group, "rules")):
            yield from _of(rule, RULE, "a rule", file)


def _of(node: yaml.Node, known: tuple[str, ...], what: str, file: str) -> Iterator[tuple[Position, str, str]]:
    for key, value in entries(node):
        if key.value in _DURATIONS and not _DURATION.fullmatch(scalar(value)):
            message = f"{scalar(value)!r} is no duration"
            yield place(file, value), message, "write numbers with units, such as 30s or 1h30m"
        if key.value not in known:
            like = closest(key.value, known)
            fix = f"did you mean {like}?" if like else f"it has {', '.join(known)}"
            yield place(file, key), f"{what} has no key {key.value!r}", fix
