"""One variable of a document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dashboards.preview.reading.model import Variable
from dashboards.preview.reading.shape import at, flag, mappings, text, texts, whole

_NAME = re.compile(r"\w{1,50}")
_PAIR = re.compile(r"(.+?)\s:\s(.+)")


def variable(row: Mapping[str, Any]) -> Variable | None:
    """The variable, or None where it has no name that a text could hold."""
    name = text(row.get("name"))
    if not _NAME.fullmatch(name):
        return None
    kind = text(row.get("type"))
    query = text(row.get("query")) or text(at(row, "query", "query")) or text(row.get("definition"))
    options = tuple(
        (text(one.get("text")), text(one.get("value")))
        for one in mappings(row.get("options"), 2_000)
        if text(one.get("value")) and text(one.get("value")) != "$__all"
    )
    if kind in ("custom", "interval"):
        options = _listed(query) or options
    return Variable(
        name=name,
        label=text(row.get("label")) or name,
        kind=kind,
        query=query,
        regex=text(row.get("regex")),
        sort=whole(row.get("sort"), 0, 0, 8),
        multi=flag(row.get("multi")),
        include_all=flag(row.get("includeAll")),
        all_value=text(row.get("allValue")),
        current=_current(at(row, "current", "value")),
        options=options,
        hidden=row.get("hide") in (2, "hideVariable"),
        auto=flag(row.get("auto")),
        auto_count=whole(row.get("auto_count"), 30, 1, 500),
        auto_least=text(row.get("auto_min"), "10s"),
    )


def _current(value: object) -> tuple[str, ...]:
    return tuple(one for one in (texts(value) or (text(value),)) if one)


def _listed(query: str) -> tuple[tuple[str, str], ...]:
    """`a, b, name : value` as (text, value)."""
    found = []
    for part in re.split(r"(?<!\\),", query)[:2_000]:
        plain = part.strip().replace("\\,", ",")
        pair = _PAIR.fullmatch(plain)
        if plain:
            found.append((pair[1], pair[2]) if pair else (plain, plain))
    return tuple(found)
