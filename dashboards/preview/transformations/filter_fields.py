"""`filterFieldsByName`, `filterFields`, `filterByRefId`: columns or frames by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dashboards.preview.asking.patterns import compiled, found
from dashboards.preview.frames.frame import Frame
from dashboards.preview.frames.naming import display_name
from dashboards.preview.reading.shape import at, mapping, text, texts


def filter_fields(frames: Sequence[Frame], options: Mapping[str, Any]) -> list[Frame]:
    """`include` and `exclude`, each a list of names, a pattern, or both."""
    include, exclude = (_rule(options.get(key)) for key in ("include", "exclude"))
    made = []
    for frame in frames:
        fields = []
        for one in frame.fields:
            name = display_name(one, frame, frames)
            if (include is None or _named(name, *include)) and (
                exclude is None or not _named(name, *exclude)
            ):
                fields.append(one)
        made.append(replace(frame, fields=tuple(fields)))
    return [frame for frame in made if frame.fields]


def _rule(found_: object) -> tuple[tuple[str, ...], str] | None:
    rule = mapping(found_)
    if not rule:
        return None
    names = texts(rule.get("names")) or texts(at(rule, "options", "names"))
    pattern = text(rule.get("pattern"))
    if rule.get("id") in ("byRegexp", "byName"):
        pattern = text(rule.get("options")) if rule["id"] == "byRegexp" else pattern
        names = names or ((text(rule.get("options")),) if rule["id"] == "byName" else ())
    return names, pattern


def _named(name: str, names: tuple[str, ...], pattern: str) -> bool:
    expression = compiled(pattern) if pattern else None
    return name in names or (expression is not None and found(expression, name) is not None)


def filter_by_ref(frames: Sequence[Frame], options: Mapping[str, Any]) -> list[Frame]:
    """`include` is the letter of a query, or several as `/A|B/`."""
    wanted = text(options.get("include"))
    expression = compiled(f"^(?:{wanted.strip('/')})$") if wanted else None
    if expression is None:
        return list(frames)
    return [frame for frame in frames if found(expression, frame.ref)]
