"""The rules of one field: the panel's defaults with the overrides that mean it, in their order.

Contract: grafana/grafana packages/grafana-data/src/field/fieldOverrides.ts and
packages/grafana-data/src/transformations/matchers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dashboards.preview.asking.patterns import compiled, found
from dashboards.preview.frames.frame import Field, Frame
from dashboards.preview.frames.reducers import reduced
from dashboards.preview.reading.model import Panel
from dashboards.preview.reading.shape import mapping, mappings, number, text, texts

_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "gt": lambda value, limit: value > limit,
    "gte": lambda value, limit: value >= limit,
    "lt": lambda value, limit: value < limit,
    "lte": lambda value, limit: value <= limit,
    "eq": lambda value, limit: value == limit,
    "neq": lambda value, limit: value != limit,
}


def rules(panel: Panel, field: Field, frame: Frame, name: str) -> Mapping[str, Any]:
    """The field's configuration: `unit`, `custom`, `thresholds` and so on, as a document has them."""
    own: dict[str, Any] = {**panel.defaults, "custom": dict(mapping(panel.defaults.get("custom")))}
    for override in panel.overrides:
        if _means(mapping(override.get("matcher")), field, frame, name):
            for changed in mappings(override.get("properties"), 100):
                _set(own, text(changed.get("id")), changed.get("value"))
    return own


def _set(own: dict[str, Any], key: str, value: Any) -> None:
    if key.startswith("custom."):
        own["custom"][key.removeprefix("custom.")] = value
    elif key and key != "custom":
        own[key] = value


def _means(matcher: Mapping[str, Any], field: Field, frame: Frame, name: str) -> bool:
    kind, options = text(matcher.get("id")), matcher.get("options")
    match kind:
        case "byName":
            return text(options) in (name, field.name)
        case "byNames":
            listed = texts(mapping(options).get("names")) or texts(options)
            exclude = mapping(options).get("mode") == "exclude"
            return (name in listed) is not exclude
        case "byRegexp" | "byRegexpOrNames":
            pattern = text(options) or text(mapping(options).get("pattern"))
            expression = compiled(pattern) if pattern else None
            listed = texts(mapping(options).get("names"))
            return name in listed or (expression is not None and found(expression, name) is not None)
        case "byType":
            return text(options) == field.kind
        case "byFrameRefID":
            return text(options) == (field.ref or frame.ref)
        case "byValue":
            return _by_value(mapping(options), field)
        case "first" | "firstTimeField":
            return frame.fields[:1] == (field,)
        case "numeric" | "time":
            return field.kind == {"numeric": "number", "time": "time"}[kind]
        case _:
            return False


def _by_value(options: Mapping[str, Any], field: Field) -> bool:
    value = reduced(text(options.get("reducer"), "lastNotNull"), list(field.values))
    if isinstance(value, bool):
        return value
    limit, compare = number(options.get("value")), _COMPARED.get(text(options.get("op")))
    return (
        isinstance(value, (int, float))
        and limit is not None
        and compare is not None
        and compare(value, limit)
    )


def shown_name(own: Mapping[str, Any], field: Field, name: str) -> str:
    """`displayName`, in which `${__field.labels.x}` and the like are filled in; else the name."""
    form = text(own.get("displayName"))
    if not form:
        return name
    known = {"__field.name": field.name, "__field.displayName": name, "__series.name": name}

    def one(reference: re.Match[str]) -> str:
        key = reference[1].strip()
        if key.startswith("__field.labels."):
            return field.labels.get(key.removeprefix("__field.labels."), "")
        return known.get(key, reference[0])

    return re.sub(r"\$\{([^}]{1,200})\}", one, form)


def visible(own: Mapping[str, Any]) -> bool:
    """Whether the field is not hidden from the picture."""
    custom = mapping(own.get("custom"))
    return mapping(custom.get("hideFrom")).get("viz") is not True and custom.get("hidden") is not True


def ends(own: Mapping[str, Any], values: Sequence[Any]) -> tuple[float, float]:
    """`min` and `max` of the field, else of its values."""
    numbers = [one for one in values if isinstance(one, (int, float))]
    low, high = number(own.get("min")), number(own.get("max"))
    low = min(numbers, default=0.0) if low is None else low
    high = max(numbers, default=low) if high is None else high
    return low, high
