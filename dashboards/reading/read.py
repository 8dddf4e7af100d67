"""From a file's text to a dashboard. Contract: grafana/grafana kinds/dashboard/dashboard_kind.cue, and what
versions before it wrote (`rows`, data sources by name).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dashboards.reading.json_text import Places, Pointer, Unreadable, values
from dashboards.reading.values import (
    Annotation,
    Dashboard,
    DataSource,
    Link,
    Panel,
    Place,
    Raw,
    Target,
    Variable,
)

# A browser does not load larger ones, and a file that is no dashboard can be.
LARGEST = 20_000_000


def read(text: str, file: str) -> Dashboard:
    """The dashboard in a text: by itself, or as Grafana's API returns it. Raises Unreadable."""
    if len(text) > LARGEST:
        raise Unreadable(f"it has {len(text)} characters, more than any dashboard")
    raw = values(text.removeprefix("\ufeff"))
    root: Pointer = ()
    if not isinstance(raw, dict):
        raise Unreadable(f"it holds {_kind(raw)}, not a dashboard", 1, 1)
    if isinstance(raw.get("dashboard"), dict):
        raw, root = raw["dashboard"], ("dashboard",)
    elif isinstance(raw.get("spec"), dict) and str(raw.get("apiVersion", "")).startswith("dashboard."):
        version = str(raw["apiVersion"]).rpartition("/")[2]
        if not version.startswith(("v0", "v1")):
            raise Unreadable(f"it is a dashboard of schema {_short(version)}: export the classic one", 1, 1)
        raw, root = raw["spec"], ("spec",)
    if not ({"panels", "rows", "templating", "schemaVersion"} & raw.keys()):
        raise Unreadable("it is JSON, but no dashboard: it has neither panels nor a schemaVersion", 1, 1)
    return Dashboard(
        file=file,
        size=len(text.encode(errors="replace")),
        root=root,
        raw=raw,
        uid=_text(raw, "uid"),
        title=_text(raw, "title"),
        tags=tuple(tag for tag in _list(raw, "tags") if isinstance(tag, str)),
        panels=tuple(_panels(raw, root)),
        variables=tuple(_variables(raw, root)),
        annotations=tuple(_annotations(raw, root)),
        links=tuple(_links(raw, root)),
        places=Places(text.removeprefix("\ufeff")),
    )


def _short(text: str) -> str:
    return text if len(text) < 40 else text[:40] + "…"


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _text(raw: Raw, key: str) -> str:
    found = raw.get(key)
    return found if isinstance(found, str) else ""


def _list(raw: Raw, key: str) -> list[Any]:
    found = raw.get(key)
    return found if isinstance(found, list) else []


def _object(raw: Raw, key: str) -> Raw:
    found = raw.get(key)
    return found if isinstance(found, dict) else {}


def _objects(raw: Raw, key: str, at: Pointer) -> Iterator[tuple[Pointer, Raw]]:
    """Objects of a list, each with its pointer."""
    for index, each in enumerate(_list(raw, key)):
        if isinstance(each, dict):
            yield (*at, key, index), each


def _number(raw: Raw, key: str) -> float | None:
    found = raw.get(key)
    return found if isinstance(found, int | float) and not isinstance(found, bool) else None


def _source(raw: Raw) -> DataSource:
    found = raw.get("datasource")
    if isinstance(found, str) and found:
        return DataSource("", found, True)
    if isinstance(found, dict) and (found.get("uid") or found.get("type")):
        return DataSource(_text(found, "type"), _text(found, "uid"), True)
    return DataSource()


def _panels(raw: Raw, at: Pointer) -> Iterator[Panel]:
    for pointer, panel in _objects(raw, "panels", at):
        yield _panel(panel, pointer, None)
        if panel.get("type") == "row":
            row = pointer if panel.get("collapsed") is True else None
            for inside, child in _objects(panel, "panels", pointer):
                yield _panel(child, inside, row)
    # Before version 16 panels were in rows, which had heights and no grid.
    for pointer, old in _objects(raw, "rows", at):
        for inside, child in _objects(old, "panels", pointer):
            yield _panel(child, inside, pointer if old.get("collapse") is True else None)


def _panel(raw: Raw, at: Pointer, row: Pointer | None) -> Panel:
    fields = _object(raw, "fieldConfig")
    number = raw.get("id")
    return Panel(
        pointer=at,
        id=number if isinstance(number, int) and not isinstance(number, bool) else None,
        type=_text(raw, "type"),
        title=_text(raw, "title").strip(),
        description=_text(raw, "description").strip(),
        place=_place(raw),
        source=_source(raw),
        targets=tuple(_target(target, pointer) for pointer, target in _objects(raw, "targets", at)),
        defaults=_object(fields, "defaults"),
        overrides=tuple(_objects(fields, "overrides", (*at, "fieldConfig"))),
        options=_object(raw, "options"),
        transformations=_list(raw, "transformations"),
        links=(*_links(raw, at), *_value_links(fields, (*at, "fieldConfig"))),
        row=row,
        library=isinstance(raw.get("libraryPanel"), dict),
        raw=raw,
    )


def _place(raw: Raw) -> Place | None:
    grid = _object(raw, "gridPos")
    x, y, w, h = (_number(grid, key) for key in "xywh")
    return None if x is None or y is None or w is None or h is None else Place(x, y, w, h)


def _target(raw: Raw, at: Pointer) -> Target:
    return Target(
        pointer=at,
        ref_id=_text(raw, "refId"),
        expr=_text(raw, "expr"),
        source=_source(raw),
        hidden=raw.get("hide") is True,
        instant=raw.get("instant") is True,
        raw=raw,
    )


def _links(raw: Raw, at: Pointer) -> Iterator[Link]:
    for pointer, link in _objects(raw, "links", at):
        yield Link(
            pointer,
            _text(link, "url") or _text(link, "dashUri"),
            _text(link, "type") or "link",
            link.get("keepTime") is True,
            link.get("includeVars") is True,
        )


def _value_links(fields: Raw, at: Pointer) -> Iterator[Link]:
    """Links of values: those of all fields, and those of single ones."""
    yield from _links(_object(fields, "defaults"), (*at, "defaults"))
    for pointer, override in _objects(fields, "overrides", at):
        for inside, row in _objects(override, "properties", pointer):
            if row.get("id") == "links":
                yield from _links({"links": row.get("value")}, inside)


def _variables(raw: Raw, at: Pointer) -> Iterator[Variable]:
    for pointer, each in _objects(_object(raw, "templating"), "list", (*at, "templating")):
        query = each.get("query")
        refresh = each.get("refresh")
        yield Variable(
            pointer=pointer,
            name=_text(each, "name"),
            type=_text(each, "type"),
            query=_text(query, "query") if isinstance(query, dict) else _text(each, "query"),
            source=_source(each),
            multi=each.get("multi") is True,
            include_all=each.get("includeAll") is True,
            all_value=_text(each, "allValue"),
            current=_object(each, "current").get("value"),
            options=tuple(_text(row, "value") for _, row in _objects(each, "options", pointer)),
            refresh=int(refresh) if isinstance(refresh, int) else 0,
            raw=each,
        )


def _annotations(raw: Raw, at: Pointer) -> Iterator[Annotation]:
    for pointer, each in _objects(_object(raw, "annotations"), "list", (*at, "annotations")):
        source = _source(each)
        yield Annotation(
            pointer=pointer,
            name=_text(each, "name"),
            expr=_text(each, "expr"),
            source=source,
            builtin=each.get("builtIn") == 1 or source.uid in ("-- Grafana --", "grafana"),
        )
