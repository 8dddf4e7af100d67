"""D-01: the document has the form of a classic dashboard at schema version 42."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from dashboards.lint import classic
from dashboards.lint.rule import Found, Rule, Subject
from dashboards.reading.json_text import Pointer

FIX = "let Grafana save it, or regenerate it: it writes this form itself"
_PLACE = re.compile(r"(?P<what>.*) - at `\$(?P<path>.*)`", re.DOTALL)
_STEP = re.compile(r"\.(?P<key>[A-Za-z_]\w*)|\[(?P<index>\d+)\]|\[\.\.\.\]")


def check(subject: Subject) -> Iterator[Found]:
    """One finding for each part of the document that is not as it must be."""
    dashboard = subject.dashboard
    raw, root = dashboard.raw, dashboard.root
    version = raw.get("schemaVersion")
    if version != classic.SCHEMA_VERSION:
        said = f"schemaVersion is {version!r}, not {classic.SCHEMA_VERSION}"
        yield Found((*root, "schemaVersion"), "", f"{said}: Grafana migrates it at each load", FIX)
    if "rows" in raw:
        yield Found((*root, "rows"), "", "it has `rows`, which schema version 16 took away", FIX)
    head = {key: value for key, value in raw.items() if key not in ("panels", "templating", "annotations")}
    if version is None:
        head["schemaVersion"] = classic.SCHEMA_VERSION
    yield from _of(head, classic.Head, root, "")
    for key in ("panels", "templating.list", "annotations.list"):
        yield from _list(raw, key, root)
    for panel in dashboard.panels:
        where = panel.name
        flat = {key: value for key, value in panel.raw.items() if key != "panels" or panel.type == "row"}
        yield from _of(flat, classic.Panel, panel.pointer, where)
    for variable in dashboard.variables:
        yield from _of(variable.raw, classic.Variable, variable.pointer, f"${variable.name}")
    for annotation in dashboard.annotations:
        raw_annotation = _at(raw, annotation.pointer[len(root) :])
        yield from _of(raw_annotation, classic.Annotation, annotation.pointer, annotation.name)


def _list(raw: Any, key: str, root: Pointer) -> Iterator[Found]:
    """A list of objects, or none."""
    pointer: Pointer = tuple(key.split("."))
    found: Any = raw
    for step in pointer:
        found = found.get(step) if isinstance(found, dict) else None
    if found is None:
        return
    if not isinstance(found, list):
        yield Found((*root, *pointer), "", f"{key} is no list", FIX)
        return
    for index, each in enumerate(found):
        if not isinstance(each, dict):
            yield Found((*root, *pointer, index), "", f"{key}[{index}] is no object", FIX)


def _at(raw: Any, pointer: Pointer) -> Any:
    for step in pointer:
        raw = raw[step]
    return raw


def _of(value: Any, form: type[Any], pointer: Pointer, where: str) -> Iterator[Found]:
    try:
        msgspec.convert(value, form)
    except msgspec.ValidationError as error:
        said = _PLACE.fullmatch(str(error))
        what, path = (said["what"], said["path"]) if said else (str(error), "")
        inside = tuple(_step(match) for match in _STEP.finditer(path))
        place = path.lstrip(".")
        message = f"{place}: {what}" if place else what
        yield Found((*pointer, *inside), where, message.replace("`", ""), FIX)


def _step(match: re.Match[str]) -> str | int:
    return match["key"] or int(match["index"] or 0)


RULE = Rule("D-01", "The document is valid at schema version 42", check)
