"""`renameByRegex`: names of columns by a pattern."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dashboards.preview.asking.patterns import LONGEST_SUBJECT, compiled
from dashboards.preview.frames.frame import Frame
from dashboards.preview.frames.naming import display_name
from dashboards.preview.reading.shape import text


def rename_by_regex(frames: Sequence[Frame], options: Mapping[str, Any]) -> list[Frame]:
    """`$1` in `renamePattern` is the first group; times keep their name."""
    pattern, new = compiled(text(options.get("regex"))), text(options.get("renamePattern"))
    if pattern is None:
        return list(frames)
    many = 0 if text(options.get("regex")).endswith("/g") else 1

    def renamed(name: str) -> str:
        return pattern.sub(lambda found: _written(new, found), name[:LONGEST_SUBJECT], count=many)

    made = []
    for frame in frames:
        fields = []
        for one in frame.fields:
            name = display_name(one, frame, frames)
            changed = name if one.kind == "time" else renamed(name)
            fields.append(replace(one, name=changed, legend=changed) if changed != name else one)
        made.append(replace(frame, fields=tuple(fields)))
    return made


def _written(new: str, found: re.Match[str]) -> str:
    def group(reference: re.Match[str]) -> str:
        number = int(reference[1])
        return (found[number] or "") if number <= found.re.groups else reference[0]

    return re.sub(r"\$(\d)", group, new)
